//! What the records of a batch refer to: the contexts and the loggers that came before them in it.

use crate::forms::Forms;
use vigie_core::{Context, Logger, Telemetry};

/// What a batch has said so far that later records refer to.
pub struct Scene<'a> {
    pub telemetry: &'a Telemetry,
    pub forms: &'a Forms,
    /// Whether the keys of the forms are resolved under the rules in force.
    pub are_current: bool,
    pub contexts: Vec<Context>,
    /// Contexts without a span, for what they carry.
    pub carried: Vec<Context>,
    pub bound: Vec<Logger>,
}

static NOTHING: Context = Context::root();

impl Scene<'_> {
    /// The context of a number under which attributes were given.
    #[inline]
    pub fn carried(&self, number: usize) -> &Context {
        self.carried.get(number).unwrap_or(&NOTHING)
    }
}
