//! What thins out log records, as it is configured.

use crate::model::severity::Severity;
use std::time::Duration;

/// How many classes of severities there are below ERROR, which no share leaves out.
pub const CLASSES: usize = 4;

/// The names of these classes, each with its place.
pub const CLASS_NAMES: [(&str, usize); CLASSES] = [("trace", 0), ("debug", 1), ("info", 2), ("warn", 3)];

/// What thins out log records. What is not said leaves nothing out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VolumePlan {
    /// The shares that are kept, 0 to 1, by the class of severities.
    pub shares: [Option<f64>; CLASSES],
    /// Shares of their own for the records that they fit; the first one that fits is taken.
    pub rules: Option<Vec<LogRule>>,
    /// How many records of one kind are kept in a second.
    pub per_second: Option<PerSecond>,
    /// For how long records that are equal are counted in place of being written.
    pub fold: Option<Duration>,
    /// Which records wait for their trace to fail.
    pub trail: Option<TrailPlan>,
}

impl VolumePlan {
    /// Lays a stronger source over this one.
    pub fn overlay(&mut self, stronger: Self) {
        for (own, other) in self.shares.iter_mut().zip(stronger.shares) {
            *own = other.or(*own);
        }
        self.rules = stronger.rules.or(self.rules.take());
        self.per_second = stronger.per_second.or(self.per_second);
        self.fold = stronger.fold.or(self.fold);
        self.trail = stronger.trail.or(self.trail);
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A share for the records of some loggers.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRule {
    /// The logger, which stands for those below its name too; any without it.
    pub logger: Option<String>,
    /// The class of severities; all of them without it.
    pub class: Option<usize>,
    /// The share that is kept, 0 to 1.
    pub share: f64,
}

/// So many records of one logger, severity and template are kept in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerSecond {
    /// The first ones of a second, all of them.
    pub first: u64,
    /// Of those that follow in the same second each so manieth; none without it.
    pub then_one_in: Option<u64>,
}

/// Which records wait for their trace to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailPlan {
    /// The least severity of those that wait.
    pub level: Severity,
    /// So many of a trace at most, the last ones.
    pub records: usize,
}

/// The place of a severity among the classes; none from ERROR on.
pub(super) fn class_of(severity: Severity) -> Option<usize> {
    let place = usize::from(severity.number().saturating_sub(1)) / 4;
    Some(place).filter(|place| *place < CLASSES)
}
