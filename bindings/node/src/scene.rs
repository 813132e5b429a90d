//! What the records of a batch refer to: contexts, what they carry, bound loggers, and the forms.

use crate::columns::long;
use crate::forms::Forms;
use vigie_core::{Context, Logger, Telemetry, TraceId};

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
    /// The loggers that lines have named so far.
    pub named: Vec<Logger>,
}

/// So many names are remembered in a batch.
const NAMES: usize = 32;

static NOTHING: Context = Context::root();

impl Scene<'_> {
    /// The context of a number under which attributes were given.
    #[inline]
    pub fn carried(&self, number: usize) -> &Context {
        self.carried.get(number).unwrap_or(&NOTHING)
    }

    /// The logger that a line names.
    pub fn named(&mut self, name: &str) -> Logger {
        if let Some(known) = self.named.iter().find(|logger| logger.name() == name) {
            return known.clone();
        }
        let made = self.telemetry.logger(name);
        // Names that are made of data must not be looked for one by one.
        if self.named.len() < NAMES {
            self.named.push(made.clone());
        }
        made
    }

    /// The bound logger of a number; none for 0.
    #[inline]
    pub fn bound(&self, number: usize) -> Option<&Logger> {
        self.bound.get(number.checked_sub(1)?)
    }
}

/// The identifier of a trace that was cut into four integers, the highest first.
#[inline]
pub fn trace_id([a, b, c, d]: [i32; 4]) -> TraceId {
    TraceId::from((u128::from(long(a, b)) << 64) | u128::from(long(c, d)))
}
