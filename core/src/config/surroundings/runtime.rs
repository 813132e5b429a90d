//! What runs the program, as its binding tells it.

/// An interpreter or a virtual machine, such as CPython 3.11.7.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runtime {
    /// Its name, such as `cpython`.
    pub name: String,
    /// Its version, such as `3.11.7`.
    pub version: String,
    /// What else it says of itself; may be empty.
    pub description: String,
}

impl Runtime {
    /// Name and version in one text.
    pub(super) fn of(text: &str) -> Self {
        let (name, version) = text.trim().split_once(' ').unwrap_or((text, ""));
        Self { name: name.to_owned(), version: version.to_owned(), description: String::new() }
    }
}
