//! Vigie's core: log records, spans, metrics, context and outputs; knows no host language.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod buffer;
pub mod clock;
pub mod encode;
mod error;
pub mod generation;
mod guard;
pub mod model;
pub mod stats;

pub use error::{Error, ErrorCode, Problem, Result};
pub use guard::guard;
