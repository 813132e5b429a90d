//! A variable of the environment that configures: what its reader takes, and what the documentation says of it.

use super::setting::Takes;

/// A variable, with its siblings for single signals where it has any.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name; behind it those of its siblings.
    pub names: &'static [&'static str],
    /// The paths of the keys that it sets; none for a variable that may set any.
    pub keys: &'static [&'static str],
    /// What it may be.
    pub takes: Takes,
    /// An example.
    pub example: &'static str,
}

impl Variable {
    /// Its name, without those of its siblings.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}
