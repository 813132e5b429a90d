//! What the native side keeps for one JavaScript environment (the main thread or a worker).
//! Not for the process-wide telemetry, which all environments share.

use crate::forms::Forms;
use crate::meter::{Instrument, Series};
use std::sync::Arc;
use vigie_core::Capture;

/// Everything that numbers in JavaScript refer to.
#[derive(Default)]
pub struct Instance {
    /// Loggers and forms of records; batches hold the state that they were made under.
    pub forms: Arc<Forms>,
    pub instruments: Vec<Instrument>,
    pub series: Vec<Series>,
    pub captures: Vec<Option<Capture>>,
}
