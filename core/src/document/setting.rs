//! One key of an object of the document: what the reader checks names against, and what the documentation says.

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// What is accepted, in the words of an error message.
    pub accepts: &'static str,
    /// What holds without it; empty when it has to be given.
    pub default: &'static str,
    /// An example, as JSON.
    pub example: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether this build has it. A key that it has not is a named error.
    pub is_built: bool,
}
