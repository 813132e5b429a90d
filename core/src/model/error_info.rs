//! An error as a host language describes it.
//!
//! Not for Vigie's own errors: see `error`.

use super::attributes::Attributes;

/// How many errors deep an error is recorded, by way of causes and of members alike.
pub const CAUSE_DEPTH: usize = 8;

/// How many members of an aggregate or a group are recorded.
pub const MEMBERS: usize = 8;

/// How many errors one record holds altogether: groups of groups would be millions within the limits above.
pub const MOST_ERRORS: usize = 64;

/// What is known of an error, ready to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorInfo {
    /// The type's name as its language prints it.
    pub type_name: String,
    /// The message.
    pub message: String,
    /// The stack in the language's own form; empty when there is none.
    pub stack: String,
    /// What caused it; deeper than [`CAUSE_DEPTH`] is left out.
    pub cause: Option<Box<ErrorInfo>>,
    /// The members of an aggregate or a group; more than [`MEMBERS`] are left out.
    pub errors: Vec<ErrorInfo>,
    /// What else it says of itself, written by an [`ErrorScribe`](crate::ErrorScribe).
    pub attributes: Attributes,
}

impl ErrorInfo {
    /// Describes a Rust error and its sources. Rust tells no type of a `dyn Error`, so `type` stays
    /// away, and no stack.
    #[must_use]
    pub fn of(error: &dyn std::error::Error) -> Self {
        Self::at_depth(error, 0)
    }

    /// What the status of a span says of it: its type and its message, or the one that there is.
    #[must_use]
    pub fn status_message(&self) -> String {
        match (self.type_name.as_str(), self.message.as_str()) {
            ("", message) => message.to_owned(),
            (type_name, "") => type_name.to_owned(),
            (type_name, message) => format!("{type_name}: {message}"),
        }
    }

    fn at_depth(error: &dyn std::error::Error, depth: usize) -> Self {
        let cause = error.source().filter(|_| depth < CAUSE_DEPTH);
        Self {
            message: error.to_string(),
            cause: cause.map(|cause| Box::new(Self::at_depth(cause, depth + 1))),
            ..Self::default()
        }
    }
}
