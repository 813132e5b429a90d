//! An error as a host language describes it.
//!
//! Not for Vigie's own errors: see `error`.

/// How many causes deep an error is recorded.
pub const CAUSE_DEPTH: usize = 8;

/// Type, message, stack and cause of an error, ready to be written.
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
}

impl ErrorInfo {
    /// Describes a Rust error and its sources. Rust tells no type of a `dyn Error`, so `type` stays
    /// away, and no stack.
    #[must_use]
    pub fn of(error: &dyn std::error::Error) -> Self {
        Self::at_depth(error, 0)
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
