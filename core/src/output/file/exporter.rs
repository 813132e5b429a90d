//! A file of JSON lines: whole lines only, also after a crash, on a full disk and under rotation.
//!
//! Not for rotating: see `rotate`. When another program renames the file, the exporter notices and opens the path anew.

use super::notes::{self, FileNotes};
use super::open::Open;
use super::rotate::Rotator;
use super::rotation::Rotation;
use crate::buffer::records::Batch;
use crate::output::exporter::{Export, Exporter};
use crate::output::notes::Notes;
use crate::output::progress::Progress;
use crate::stats::DropReason;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the path is compared with the open file, and a file that cannot be opened is tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Written at a time, so that a slow disk is seen to move.
const PIECE_BYTES: usize = 256 * 1024;

/// So often in a row a file may be put aside just after it was opened.
const OPENINGS: u32 = 5;

/// Appends to a file.
#[derive(Debug)]
pub(super) struct FileExporter {
    path: PathBuf,
    /// The permissions of a file that is made; without them the umask decides.
    mode: Option<u32>,
    /// Nothing while it cannot be opened.
    open: Option<Open>,
    /// Why it cannot be opened, when that is so.
    why: String,
    looked: Instant,
    /// Puts the file aside, where that is asked for.
    rotator: Option<Rotator>,
    notes: Arc<FileNotes>,
}

impl FileExporter {
    /// Opens `path` for appending, made with its folders where missing, and heals a tail that a
    /// crash tore.
    ///
    /// # Errors
    /// When the path cannot be opened for appending.
    pub(super) fn open(path: &Path, mode: Option<u32>) -> io::Result<Self> {
        let mut open = Open::new(path, mode)?;
        if open.is_regular() {
            notes::adopt(path, |lines| open.write_lines(lines));
        }
        Ok(Self::of(path, mode, Some(open), String::new()))
    }

    /// The same, and the file is put aside as `rotation` says. What is no file of its own, such as a pipe, never is.
    pub(super) fn rotating(mut self, rotation: Option<&Rotation>) -> Self {
        self.rotator = rotation.map(|rotation| Rotator::new(&self.path, self.mode, rotation));
        if let (Some(rotator), Some(open)) = (&mut self.rotator, &self.open) {
            rotator.opened(open);
        }
        self
    }

    /// The same for a path that cannot be opened yet: it is tried again, and what comes meanwhile is lost.
    pub(super) fn waiting(path: &Path, mode: Option<u32>, why: &io::Error) -> Self {
        Self::of(path, mode, None, why.to_string())
    }

    fn of(path: &Path, mode: Option<u32>, open: Option<Open>, why: String) -> Self {
        let notes = Arc::new(FileNotes::beside(path));
        Self { path: path.to_owned(), mode, open, why, looked: Instant::now(), rotator: None, notes }
    }

    /// The open file with room for `bytes` more, which is the process's own and the one that the path names. Opened anew when it is
    /// not.
    fn own(&mut self, bytes: usize) -> Option<&mut Open> {
        if let Some(lost) = self.open.take_if(|open| !open.is_own()) {
            // Somebody closed the descriptor, and its number may lead to a file of theirs, which is not ours to close.
            std::mem::forget(lost);
            self.looked = Instant::now();
            self.open_anew();
        }
        // A file that processes put aside is compressed as soon as none of them writes to it, so that each looks before each write.
        let look = if self.rotator.is_some() { Duration::ZERO } else { LOOK_EVERY };
        if self.looked.elapsed() >= look {
            self.looked = Instant::now();
            self.follow_path();
        }
        if let (Some(rotator), Some(open)) = (&mut self.rotator, &self.open)
            && open.is_regular()
            && rotator.make_room(open, bytes)
        {
            self.follow_path();
        }
        self.open.as_mut()
    }

    /// Opens the path where it does not name the open file. A file that was put aside between its opening and its lock is not the
    /// last one.
    fn follow_path(&mut self) {
        for _ in 0..OPENINGS {
            if self.open.as_ref().is_some_and(|open| open.is_at(&self.path)) || !self.open_anew() {
                return;
            }
        }
    }

    /// Whether the path could be opened; the file that was open stays where it could not.
    fn open_anew(&mut self) -> bool {
        match Open::new(&self.path, self.mode) {
            Ok(open) => {
                if let Some(rotator) = &mut self.rotator {
                    rotator.opened(&open);
                }
                if let Some(before) = self.open.replace(open) {
                    before.disown();
                }
                true
            }
            Err(error) => {
                self.why = error.to_string();
                false
            }
        }
    }
}

impl Drop for FileExporter {
    fn drop(&mut self) {
        // A descriptor that leads elsewhere by now is not ours to close.
        std::mem::forget(self.open.take_if(|open| !open.is_own()));
    }
}

impl Exporter for FileExporter {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        let mut delivered = 0;
        for piece in batch.pieces(u64::MAX, PIECE_BYTES) {
            let Some(open) = self.own(piece.bytes().len()) else {
                progress.failed(format!("it cannot be opened: {}", self.why));
                return match delivered {
                    0 => Export::Refused(DropReason::Io),
                    delivered => Export::Partial { delivered, reason: DropReason::Io },
                };
            };
            if let Err((records, reason)) = open.write(&piece, progress) {
                return Export::Partial { delivered: delivered + records, reason };
            }
            delivered += piece.len();
        }
        Export::Delivered
    }

    fn notes(&self) -> Option<Arc<dyn Notes>> {
        let is_regular = self.open.as_ref().is_some_and(Open::is_regular);
        is_regular.then(|| Arc::clone(&self.notes) as Arc<dyn Notes>)
    }

    fn is_prompt(&self) -> bool {
        self.open.as_ref().is_none_or(|open| open.is_prompt())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
