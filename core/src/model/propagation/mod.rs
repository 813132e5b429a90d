//! The formats in which context crosses process borders, one [`Propagator`] each.
//! Not for carriers and settings: `telemetry::propagate` decides what is read and written.
//!
//! All headers are untrusted: limits are checked before anything is allocated, and what cannot be read is
//! left out without an error.

pub mod baggage;
pub mod correlation;
mod propagator;
mod registry;
mod text;
pub mod trace_context;
pub mod traceparent;
pub mod tracestate;

pub use propagator::{Field, Headers, Incoming, Outgoing, Propagator, Values};
pub use registry::{Propagators, UNBUILT, accepted, field, fields, find};

#[cfg(test)]
mod tests;
