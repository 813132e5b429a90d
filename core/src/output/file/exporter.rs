//! A file of JSON lines: whole lines only, also after a crash, on a full disk and under rotation.
//!
//! Not for rotating: when another program renames the file, the exporter notices and opens the path anew.

use super::notes::{self, FileNotes};
use super::tail;
use crate::buffer::records::{Batch, Records};
use crate::model::signal::Signal;
use crate::output::exporter::{Export, Exporter};
use crate::output::notes::Notes;
use crate::output::progress::Progress;
use crate::platform;
use crate::stats::DropReason;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the path is compared with the open file, and a file that cannot be opened is tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Written at a time, so that a slow disk is seen to move.
const PIECE_BYTES: usize = 256 * 1024;

/// How often a wait for a reader looks whether it is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

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
    notes: Arc<FileNotes>,
}

/// A file that is open.
#[derive(Debug)]
struct Open {
    file: File,
    /// What the descriptor led to when it was opened.
    opened: Option<Metadata>,
    /// The file ends in half a line, which the next write closes.
    torn: bool,
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

    /// The same for a path that cannot be opened yet: it is tried again, and what comes meanwhile is lost.
    pub(super) fn waiting(path: &Path, mode: Option<u32>, why: &io::Error) -> Self {
        Self::of(path, mode, None, why.to_string())
    }

    fn of(path: &Path, mode: Option<u32>, open: Option<Open>, why: String) -> Self {
        let notes = Arc::new(FileNotes::beside(path));
        Self { path: path.to_owned(), mode, open, why, looked: Instant::now(), notes }
    }

    /// The open file, which is the process's own and the one that the path names. Opened anew when it is not.
    fn own(&mut self) -> Option<&mut Open> {
        if let Some(lost) = self.open.take_if(|open| !open.is_own()) {
            // Somebody closed the descriptor, and its number may lead to a file of theirs, which is not ours to close.
            std::mem::forget(lost);
            self.open = self.opened();
            self.looked = Instant::now();
        } else if self.looked.elapsed() >= LOOK_EVERY {
            self.looked = Instant::now();
            let stays = self.open.as_ref().is_some_and(|open| open.is_at(&self.path));
            if !stays && let Some(fresh) = self.opened() {
                self.open = Some(fresh);
            }
        }
        self.open.as_mut()
    }

    fn opened(&mut self) -> Option<Open> {
        Open::new(&self.path, self.mode).map_err(|error| self.why = error.to_string()).ok()
    }
}

impl Open {
    fn new(path: &Path, mode: Option<u32>) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| {
                io::Error::new(error.kind(), format!("its folder cannot be made: {error}"))
            })?;
        }
        let file = platform::open_append(path, mode)?;
        let opened = file.metadata().ok();
        let torn = opened.as_ref().is_some_and(Metadata::is_file) && tail::heal(path, &file);
        Ok(Self { file, opened, torn })
    }

    /// Whether the descriptor leads to what was opened.
    fn is_own(&self) -> bool {
        match (&self.opened, self.file.metadata()) {
            (Some(opened), Ok(now)) => platform::same_file(opened, &now),
            // Where nothing can be told of it, it is believed.
            (None, Ok(_)) => true,
            (_, Err(_)) => false,
        }
    }

    fn is_regular(&self) -> bool {
        self.opened.as_ref().is_some_and(Metadata::is_file)
    }

    /// Whether `path` still names it. What is no file of its own, such as a pipe, is not followed.
    fn is_at(&self, path: &Path) -> bool {
        let Some(opened) = self.opened.as_ref().filter(|opened| opened.is_file()) else { return true };
        std::fs::metadata(path).is_ok_and(|now| platform::same_file(opened, &now))
    }

    fn write(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        if self.torn {
            self.torn = self.file.write_all(b"\n").is_err();
        }
        let mut delivered = 0;
        for piece in batch.pieces(u64::MAX, PIECE_BYTES) {
            let (written, result) = self.write_all(piece.bytes(), progress);
            if let Err(reason) = result {
                let (records, whole) = piece.whole_within(written);
                self.undo_half_line(written - whole);
                return Export::Partial { delivered: delivered + records, reason };
            }
            delivered += piece.len();
        }
        Export::Delivered
    }

    /// Writes lines that somebody else has rendered; whether all of them are in the file.
    fn write_lines(&mut self, lines: &[u8]) -> bool {
        let mut records = Records::default();
        lines.split_inclusive(|byte| *byte == b'\n').for_each(|line| records.push(Signal::Spans, line));
        self.write(&records.batch(), &Progress::default()) == Export::Delivered
    }

    fn write_all(&mut self, batch: &[u8], progress: &Progress) -> (usize, Result<(), DropReason>) {
        let mut done = 0;
        while let Some(rest) = batch.get(done..).filter(|rest| !rest.is_empty()) {
            match self.file.write(rest) {
                Ok(0) => return (done, Err(refused(ErrorKind::WriteZero.into(), progress))),
                Ok(written) => {
                    done += written;
                    progress.moved();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // This is a named pipe, which was opened without waiting for its reader.
                Err(error) if error.kind() == ErrorKind::WouldBlock && !self.is_regular() => {
                    if progress.is_ended() {
                        progress.failed("its reader takes nothing");
                        return (done, Err(DropReason::Shutdown));
                    }
                    platform::wait_writable(&self.file, LOOK_AGAIN);
                }
                Err(error) => return (done, Err(refused(error, progress))),
            }
        }
        (done, Ok(()))
    }

    /// Takes half a line at the end back, or remembers to close it.
    fn undo_half_line(&mut self, half: usize) {
        if half == 0 {
            return;
        }
        self.torn = !self.try_cut(half).unwrap_or(false);
    }

    /// Cuts `half` bytes off when nobody else writes to the file.
    fn try_cut(&mut self, half: usize) -> io::Result<bool> {
        if !self.is_regular() || !platform::try_own_file(&self.file) {
            return Ok(false);
        }
        let end = self.file.stream_position()?;
        let cut = self.file.metadata()?.len() == end;
        if cut {
            self.file.set_len(end.saturating_sub(half as u64))?;
        }
        platform::share_file(&self.file);
        Ok(cut)
    }
}

/// Says what the system has against a write.
fn refused(error: io::Error, progress: &Progress) -> DropReason {
    progress.failed(match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => format!("there is no room: {error}"),
        _ => format!("it cannot be written: {error}"),
    });
    DropReason::Io
}

impl Drop for FileExporter {
    fn drop(&mut self) {
        // A descriptor that leads elsewhere by now is not ours to close.
        std::mem::forget(self.open.take_if(|open| !open.is_own()));
    }
}

impl Exporter for FileExporter {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        match self.own() {
            Some(open) => open.write(batch, progress),
            None => {
                progress.failed(format!("it cannot be opened: {}", self.why));
                Export::Refused(DropReason::Io)
            }
        }
    }

    fn notes(&self) -> Option<Arc<dyn Notes>> {
        let is_regular = self.open.as_ref().is_some_and(Open::is_regular);
        is_regular.then(|| Arc::clone(&self.notes) as Arc<dyn Notes>)
    }

    fn is_prompt(&self) -> bool {
        self.open.as_ref().is_none_or(|open| platform::is_prompt(&open.file))
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
