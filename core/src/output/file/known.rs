//! What is known of a file that was opened, so that it is known again under another name.

use crate::platform::{self, FileId};
use std::fs::{File, Metadata};

#[derive(Debug)]
pub(super) struct Known {
    /// Nothing where the system does not tell it.
    pub id: Option<FileId>,
    /// No pipe and no device.
    pub is_regular: bool,
}

impl Known {
    /// The description is of this file.
    pub(super) fn of(file: &File, meta: &Metadata) -> Self {
        Self { id: platform::file_id(file, meta), is_regular: meta.is_file() }
    }
}
