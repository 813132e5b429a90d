//! How runs end.

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It came to its end.
    Ok,
    /// It failed.
    Error,
    /// Somebody stopped it.
    Cancelled,
    /// Nobody said how it ended: it was given up on the way, or forgotten.
    Abandoned,
    /// It stopped on purpose, to be taken up again.
    Interrupted,
}

impl RunState {
    /// The five names.
    pub const ACCEPTED: &'static str = "ok, error, cancelled, abandoned, interrupted";

    /// The state's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Ok, Self::Error, Self::Cancelled, Self::Abandoned, Self::Interrupted]
            .into_iter()
            .find(|state| state.as_str() == name)
    }

    /// How the runs went that were open below one that ended like this.
    pub(super) const fn of_orphans(self) -> Self {
        match self {
            Self::Ok | Self::Abandoned => Self::Abandoned,
            Self::Error | Self::Cancelled => Self::Cancelled,
            Self::Interrupted => Self::Interrupted,
        }
    }
}
