//! The two text formats that a Prometheus server reads, and how it wants names that not every one of them can read.

/// Which of the two text formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text exposition format 0.0.4.
    Prometheus,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

/// What becomes of a name that is not made of ASCII letters, digits and `_` alone (Prometheus, "Content negotiation").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escaping {
    /// Every other character is `_`.
    #[default]
    Underscores,
    /// It stays as it is, in quotes.
    AllowUtf8,
    /// `.` is `_dot_`, `_` is `__`, and so is every other character.
    Dots,
    /// Every other character is its number between underscores, behind `U__`.
    Values,
}

impl Escaping {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Underscores, Self::AllowUtf8, Self::Dots, Self::Values];

    /// The word that scrapers ask for it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Underscores => "underscores",
            Self::AllowUtf8 => "allow-utf-8",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }
}
