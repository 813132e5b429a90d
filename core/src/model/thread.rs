//! A thread of the process, as records name it.

use super::cut::prefix;

/// Its number and its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// The number that the host language or else the operating system gives it.
    pub id: u64,
    /// Its name; empty for none.
    pub name: Box<str>,
}

/// So much of a name is kept.
const NAME_BYTES: usize = 256;

impl Thread {
    /// A thread of this number and name.
    #[must_use]
    pub fn new(id: u64, name: &str) -> Self {
        Self { id, name: prefix(name, NAME_BYTES).into() }
    }

    /// Reads a number and a name, such as `7 worker`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, name) = text.split_once(' ').unwrap_or((text, ""));
        id.parse().ok().map(|id| Self::new(id, name))
    }
}
