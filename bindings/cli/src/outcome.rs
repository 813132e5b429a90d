//! How a command ends: with what it found, or with why it could not do its work.

use std::path::Path;

/// What a command found; an `Err` beside it means that it could not do its work.
pub(crate) enum Verdict {
    Satisfied,
    NotSatisfied,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    Io(std::io::Error),
    Message(String),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Io(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Io(error) => write!(f, "{error}"),
            Failure::Message(text) => f.write_str(text),
        }
    }
}

/// Why a file could not be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Message(format!("{}: {error}", path.display()))
}
