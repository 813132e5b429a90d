//! The kinds of events that are known.

/// Elastic Common Schema's `event.category`, and ours.
pub const CATEGORIES: [(&str, &str); 23] = named([
    "api",
    "authentication",
    "configuration",
    "database",
    "document",
    "email",
    "file",
    "host",
    "iam",
    "llm",
    "malware",
    "network",
    "package",
    "process",
    "registry",
    "retrieval",
    "session",
    "threat",
    "tool",
    "vulnerability",
    "web",
    "workflow",
    "business",
]);

/// Each word, and what it stands for: itself.
const fn named<const N: usize>(words: [&'static str; N]) -> [(&'static str, &'static str); N] {
    let mut pairs = [("", ""); N];
    let mut at = 0;
    // The only loop that a constant may have.
    #[allow(clippy::indexing_slicing, reason = "evaluated when this is compiled")]
    while at < N {
        pairs[at] = (words[at], words[at]);
        at += 1;
    }
    pairs
}
