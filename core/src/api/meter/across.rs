//! How the values that several processes have for one series become one.

use std::collections::BTreeMap;

/// How gauges and up-down counters become one, by their names.
pub type Rulebook = BTreeMap<String, Across>;

/// A rule for one instrument. Counters and histograms are always added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    /// All values added up, those of processes that have ended too.
    Sum,
    /// The values of the processes that live added up.
    LiveSum,
    /// The least value of a process that lives.
    Min,
    /// The greatest value of a process that lives.
    Max,
    /// The value that was set last, by whichever process.
    Last,
}

impl Across {
    /// By their names in configuration.
    pub const NAMES: [(&str, Self); 5] = [
        ("sum", Self::Sum),
        ("live_sum", Self::LiveSum),
        ("min", Self::Min),
        ("max", Self::Max),
        ("last", Self::Last),
    ];

    /// Whether the value of a process that has ended counts.
    #[must_use]
    pub const fn keeps_ended(self) -> bool {
        matches!(self, Self::Sum | Self::Last)
    }
}
