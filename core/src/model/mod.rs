//! Pure data: identifiers, resource, context, attributes, severity, propagation formats.
//!
//! Nothing here encodes a line, holds a lock or does input or output.

pub mod attributes;
pub mod baggage;
pub mod category;
pub mod context;
pub mod cut;
pub mod enrichment;
pub mod error_info;
pub mod exception_signals;
pub mod ids;
pub mod metric;
pub mod propagation;
pub mod resource;
pub mod severity;
pub mod signal;
pub mod span;
pub mod thread;
