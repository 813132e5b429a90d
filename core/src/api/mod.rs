//! What users hold: loggers, tracers, meters.
//!
//! Nothing here decides where records go or holds process-wide state.

pub mod meter;
