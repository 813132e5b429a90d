//! Pure data: identifiers, context, attributes, severity, templates, propagation formats.
//!
//! Nothing here encodes a line, holds a lock or does input or output.

pub mod attributes;
pub mod context;
pub mod ids;
pub mod severity;
pub mod signal;
pub mod template;
