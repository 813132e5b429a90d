//! Notes in a spool: a segment that is replaced as a whole, and sent by whoever takes it over from a dead process.

use super::directory::Directory;
use super::frame;
use super::id::SegmentId;
use super::relay::Identity;
use super::segment::head;
use crate::buffer::records::Batch;
use crate::output::notes::{NoteFile, Notes, Parts};
use std::sync::{Mutex, PoisonError};

/// The notes of one output.
#[derive(Debug)]
pub(super) struct SpoolNotes {
    file: NoteFile,
    key: String,
    origin: Vec<u8>,
    parts: Mutex<Parts>,
}

impl SpoolNotes {
    pub(super) fn new(directory: &Directory, identity: &Identity, origin: Vec<u8>) -> Self {
        Self { file: directory.note_file(), key: identity.key.clone(), origin, parts: Mutex::default() }
    }
}

impl Notes for SpoolNotes {
    fn replace(&self, source: u64, records: &Batch<'_>) {
        let mut frames = Vec::new();
        records.records().for_each(|(signal, record)| frame::write(&mut frames, signal, record));
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match parts.with(source, frames) {
            Some(frames) => {
                let mut content = head(&self.key, &self.origin, &SegmentId::new());
                content.extend_from_slice(&frames);
                // A disk that takes no notes says so when it takes no records.
                let _ = self.file.write(&content);
            }
            None => self.file.remove(),
        }
    }

    fn end(&self) {
        self.file.remove();
    }
}
