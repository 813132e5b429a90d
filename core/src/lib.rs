//! Vigie's core: log records, spans, metrics, context and outputs; knows no host language.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod api;
pub mod buffer;
pub mod clock;
pub mod config;
pub mod encode;
mod error;
pub mod export;
pub mod generation;
mod guard;
pub mod model;
mod platform;
pub mod stats;

pub use error::{Error, ErrorCode, Problem, Result};
pub use guard::guard;
