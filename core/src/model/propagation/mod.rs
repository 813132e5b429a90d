//! The formats in which context crosses process borders, one [`Propagator`] each.
//! Not for carriers and settings: `telemetry::propagate` decides what is read and written.
//!
//! All headers are untrusted: limits are checked before anything is allocated, and what cannot be read is
//! left out without an error.

mod b3;
pub mod baggage;
pub mod correlation;
mod headers;
mod identity;
mod jaeger;
pub mod ot;
mod propagator;
mod registry;
mod selection;
mod text;
pub mod trace_context;
pub mod traceparent;
pub mod tracestate;
mod x_trace_id;
mod xray;

pub use headers::{Headers, Values};
pub use propagator::{Decision, Field, Incoming, Outgoing, Propagator, Remote, Role, Room};
pub use registry::{Propagators, UNBUILT, find, names, variables, written};
pub use selection::{MOST_BYTES, Selected, Selection};

#[cfg(test)]
mod set_tests;
#[cfg(test)]
mod tests;
