//! Pure data: identifiers, context, attributes, severity, templates, propagation formats.
//!
//! Nothing here encodes a line, holds a lock or does input or output.

pub mod attributes;
pub mod baggage;
pub mod context;
pub mod error_info;
pub mod ids;
pub mod metric;
pub mod propagation;
pub mod severity;
pub mod signal;
pub mod span;
pub mod template;
