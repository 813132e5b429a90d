//! Vigie's core: log records, spans, metrics, context and outputs; knows no host language.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod error;

pub use error::{Error, ErrorCode, Problem, Result};
