//! A file of JSON lines: whole lines only, also after a crash, on a full disk and under rotation.
//!
//! Not for rotating: see `rotate`. When another program renames the file, the exporter notices and opens the path anew; what that loses
//! is written once more: see `outside`.

use super::notes::{self, FileNotes};
use super::open::Open;
use super::outside::Outside;
use super::rotate::Rotator;
use super::rotation::Rotation;
use crate::buffer::records::{Batch, Records};
use crate::model::signal::Signal;
use crate::output::exporter::{Export, Exporter};
use crate::output::notes::Notes;
use crate::output::progress::Progress;
use crate::platform;
use crate::stats::DropReason;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the path is compared with the open file, and a file that cannot be opened is tried again.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);

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
    pub(super) looked: Instant,
    /// Puts the file aside, where that is asked for.
    rotator: Option<Rotator>,
    /// Sees to what other programs do to it, where nobody puts it aside here.
    pub(super) outside: Option<Outside>,
    notes: Arc<FileNotes>,
    /// Whether what is written has to be on the disk.
    is_durable: bool,
    /// Why what was written to a file that is not open any more may not be there.
    unsure: Option<io::Error>,
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
        self.outside = self.outside.take().filter(|_| rotation.is_none());
        if let (Some(rotator), Some(open)) = (&mut self.rotator, &self.open) {
            rotator.opened(open);
        }
        self
    }

    /// The same, and what it says is delivered is on the disk.
    ///
    /// # Errors
    /// When the folder that the file was made in cannot be brought to the disk.
    pub(super) fn durable(mut self) -> io::Result<Self> {
        self.is_durable = true;
        if self.open.as_ref().is_some_and(Open::is_regular) {
            platform::sync_folders(&self.path)?;
        }
        Ok(self)
    }

    /// The same for a path that cannot be opened yet: it is tried again, and what comes meanwhile is lost.
    pub(super) fn waiting(path: &Path, mode: Option<u32>, why: &io::Error) -> Self {
        Self::of(path, mode, None, why.to_string())
    }

    fn of(path: &Path, mode: Option<u32>, open: Option<Open>, why: String) -> Self {
        let notes = Arc::new(FileNotes::beside(path));
        Self {
            path: path.to_owned(),
            mode,
            open,
            why,
            looked: Instant::now(),
            rotator: None,
            outside: Some(Outside::new()),
            notes,
            is_durable: false,
            unsure: None,
        }
    }

    /// Sees to it that the open file is the process's own and the one that the path names, with room for `bytes` more: it is opened
    /// anew when it is not. Whether there is one.
    fn own(&mut self, bytes: usize) -> bool {
        if let Some(lost) = self.open.take_if(|open| !open.is_own()) {
            // Somebody closed the descriptor, and its number may lead to a file of theirs, which is not ours to close.
            std::mem::forget(lost);
            self.looked = Instant::now();
            self.outside = self.outside.take().map(|_| Outside::new());
            self.open_anew();
        }
        // A file that processes put aside is compressed as soon as none of them writes to it, so that each looks before each write.
        let look = if self.rotator.is_some() { Duration::ZERO } else { LOOK_EVERY };
        let is_gone = self.open.as_ref().is_some_and(Open::is_gone);
        let is_much = self.outside.as_ref().is_some_and(Outside::wants_a_look);
        if self.looked.elapsed() >= look || is_gone || is_much {
            self.looked = Instant::now();
            self.follow_path();
        }
        if let (Some(rotator), Some(open)) = (&mut self.rotator, &self.open)
            && open.is_regular()
            && rotator.make_room(open, bytes)
        {
            self.follow_path();
        }
        self.open.is_some()
    }

    /// Brings what was written to the disk, where that is asked for.
    fn sync(&mut self) -> io::Result<()> {
        let before = self.unsure.take().map_or(Ok(()), Err);
        match &self.open {
            Some(open) if self.is_durable => before.and(open.sync()),
            _ => before,
        }
    }

    /// Writes a batch; what became of it is what the files took.
    fn write_batch(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        let mut delivered = 0;
        for piece in batch.pieces(u64::MAX, PIECE_BYTES) {
            if !self.own(piece.bytes().len()) {
                progress.failed(format!("it cannot be opened: {}", self.why));
                return match delivered {
                    0 => Export::Refused(DropReason::Io),
                    delivered => Export::Partial { delivered, reason: DropReason::Io },
                };
            }
            self.write_lost(progress);
            if let Err((records, reason)) = self.write(&piece, progress) {
                return Export::Partial { delivered: delivered + records, reason };
            }
            delivered += piece.len();
        }
        Export::Delivered
    }

    /// Writes once more what other programs have lost.
    fn write_lost(&mut self, progress: &Progress) {
        let (Some(outside), Some(open)) = (&mut self.outside, &self.open) else { return };
        let lines = outside.lost(&self.path, open);
        if lines.is_empty() {
            return;
        }
        let mut records = Records::default();
        lines.split_inclusive(|byte| *byte == b'\n').for_each(|line| records.push(Signal::Logs, line));
        let batch = records.batch();
        if let Err((written, _)) = self.write(&batch, progress)
            && let Some(outside) = &mut self.outside
        {
            // They are in the books already, so that they come again.
            outside.owe(batch.split_at(written).1.bytes());
        }
    }

    /// Writes a piece; where that fails, how many records of it are whole, and why.
    fn write(&mut self, piece: &Batch<'_>, progress: &Progress) -> Result<(), (u64, DropReason)> {
        let Some(open) = &mut self.open else { return Err((0, DropReason::Io)) };
        let result = open.write(piece, progress);
        if let Some(outside) = self.outside.as_mut().filter(|_| open.is_regular()) {
            let (whole, _) = piece.split_at(result.err().map_or(piece.len(), |(records, _)| records));
            outside.wrote(open.wrote_from(), whole.bytes());
        }
        result
    }

    /// Opens the path where it does not name the open file. A file that was put aside between its opening and its lock is not the
    /// last one.
    fn follow_path(&mut self) {
        for _ in 0..OPENINGS {
            if self.open.as_ref().is_some_and(|open| open.is_at(&self.path)) {
                self.outside.iter_mut().for_each(Outside::is_at_its_path);
                return;
            }
            if !self.open_anew() {
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
                let before = self.open.replace(open).inspect(Open::disown);
                if self.is_durable {
                    let named = platform::sync_folders(&self.path);
                    self.unsure = before.as_ref().map_or(Ok(()), Open::sync).and(named).err();
                }
                if let Some(outside) = &mut self.outside {
                    outside.left(&self.path, before.filter(Open::is_regular));
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
        let written = self.write_batch(batch, progress);
        match self.sync() {
            Ok(()) => written,
            Err(error) => {
                // The system may have given up what it could not write: nothing of the batch is certain.
                progress.failed(format!("it cannot be brought to the disk: {error}"));
                Export::Refused(DropReason::Io)
            }
        }
    }

    fn close(&mut self) {
        let (Some(outside), Some(open)) = (&mut self.outside, &mut self.open) else { return };
        if !open.is_own() {
            return;
        }
        if open.is_gone() {
            if !outside.is_copied(&self.path) {
                // It was removed, and stays away.
                return;
            }
            self.follow_path();
        }
        self.write_lost(&Progress::default());
        // Nobody is left to be told.
        let _ = self.sync();
    }

    fn notes(&self) -> Option<Arc<dyn Notes>> {
        let is_regular = self.open.as_ref().is_some_and(Open::is_regular);
        is_regular.then(|| Arc::clone(&self.notes) as Arc<dyn Notes>)
    }

    fn is_prompt(&self) -> bool {
        !self.is_durable && self.open.as_ref().is_none_or(|open| open.is_prompt())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
