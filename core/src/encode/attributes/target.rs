//! What attributes belong to, which decides what their names mean.

/// What the attributes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A log line: reserved and well-known names have their meaning.
    Log,
    /// A span: what is beyond the limit is counted in the line.
    Span,
    /// An event, a link or a series: all names are plain.
    Nested,
    /// A series that is probably known: plain values are noted down only, and encoded if it is not.
    Draft,
}
