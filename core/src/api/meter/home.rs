//! What instruments need of the telemetry that made them.
//!
//! Not implemented here: the telemetry floor does.

use super::registry::Registry;
use std::sync::Arc;

/// Owner of the current registry. Instruments ask it once per generation.
pub trait MeterHome: Send + Sync {
    /// The registry of this generation. Opens nothing: creating an instrument is not use.
    ///
    /// After [`crate::generation::current`] returned a number, this must not return a registry of an earlier
    /// generation: swap the registry first and advance then; after fork make a fresh one here.
    fn registry(&self) -> Arc<Registry>;

    /// Told of the first measurement, so that telemetry nobody configured configures itself.
    /// False when nothing shall be recorded: disabled, or shut down.
    fn open(&self) -> bool;
}
