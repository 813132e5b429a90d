//! A file of notes: held by its process, replaced as a whole, so that a kill leaves the last notes or those before.

use crate::output::own_files::{create_held, disown, own};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The file, which is there while something stands in it.
#[derive(Debug)]
pub(in crate::output) struct NoteFile {
    path: PathBuf,
    /// After fork the child has its own.
    process_id: u32,
    held: Mutex<Option<File>>,
}

impl NoteFile {
    /// A file that is made by the first notes.
    pub(in crate::output) fn new(path: PathBuf) -> Self {
        Self { path, process_id: std::process::id(), held: Mutex::default() }
    }

    /// Puts these notes in the place of what stood there.
    ///
    /// # Errors
    /// Whatever the operating system says; what stood there stays then.
    pub(in crate::output) fn write(&self, content: &[u8]) -> io::Result<()> {
        if !self.is_own() {
            return Ok(());
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        own(&self.path);
        *held = Some(create_held(&self.path, content)?);
        Ok(())
    }

    /// Nothing is noted any more.
    pub(in crate::output) fn remove(&self) {
        if !self.is_own() {
            return;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            // One that stays is read as the notes of a crash, which is better than none after one.
            let _ = fs::remove_file(&self.path);
            *held = None;
            disown(&self.path);
        }
    }

    fn is_own(&self) -> bool {
        self.process_id == std::process::id()
    }
}

impl Drop for NoteFile {
    fn drop(&mut self) {
        self.remove();
    }
}
