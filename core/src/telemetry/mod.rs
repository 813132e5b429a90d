//! Telemetry as a whole: set-up, life cycle, and the way to loggers, spans and instruments.
//!
//! Nothing here encodes or writes; it puts the lower floors together.

mod books;
mod build;
mod capture;
mod carry;
mod handle;
pub mod host;
mod levels;
mod lifecycle;
mod losses;
mod metrics;
mod propagate;
mod state;
pub mod trial;
mod watch;

pub use capture::Capture;
pub use handle::Telemetry;
