//! What users hold: loggers, tracers, meters, and the hub through which they reach the pipeline.
//!
//! Nothing here decides where records go or holds process-wide state.

pub mod categories;
pub mod current;
pub mod error_scribe;
mod exception;
pub mod hub;
mod identity;
pub mod levels;
pub mod log_record;
pub mod logger;
pub mod loggers;
pub mod meter;
mod names;
pub mod open_roots;
pub mod pipeline;
mod recent;
pub mod record_builder;
mod recording;
mod root;
pub mod sampler;
pub mod span_start;
mod spare;
pub mod tail;
pub mod threads;
pub mod tracer;
pub mod volume;
