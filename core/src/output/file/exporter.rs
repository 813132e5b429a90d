//! A file of JSON lines: whole lines only, also after a crash, on a full disk and under rotation.
//!
//! Not for rotating: when another program renames the file, the exporter notices and opens the path anew.

use super::tail;
use crate::buffer::records::Batch;
use crate::output::exporter::{Export, Exporter, Progress};
use crate::platform;
use crate::stats::DropReason;
use std::fs::{File, Metadata};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often the path is compared with the open file.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Written at a time, so that a slow disk is seen to move.
const PIECE_BYTES: usize = 256 * 1024;

/// How often a wait for a reader looks whether it is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Appends to a file.
#[derive(Debug)]
pub(super) struct FileExporter {
    path: PathBuf,
    file: File,
    opened: Option<Metadata>,
    looked: Instant,
    /// The file ends in half a line, which the next write closes.
    torn: bool,
}

impl FileExporter {
    /// Opens `path` for appending, made with its folders where missing, and heals a tail that a
    /// crash tore.
    ///
    /// # Errors
    /// When the path cannot be opened for appending or is a symbolic link.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let file = platform::open_append(path)?;
        let opened = file.metadata().ok().filter(Metadata::is_file);
        let torn = opened.is_some() && tail::heal(path, &file);
        Ok(Self { path: path.to_owned(), file, opened, looked: Instant::now(), torn })
    }

    /// Opens the path anew when it names another file by now, or none.
    fn follow_rename(&mut self) {
        let Some(opened) = &self.opened else { return };
        if self.looked.elapsed() < LOOK_EVERY {
            return;
        }
        self.looked = Instant::now();
        let unchanged = std::fs::metadata(&self.path).is_ok_and(|now| platform::same_file(opened, &now));
        if !unchanged && let Ok(fresh) = Self::open(&self.path) {
            *self = fresh;
        }
    }

    fn write_all(&mut self, batch: &[u8], progress: &Progress) -> (usize, Result<(), DropReason>) {
        let mut done = 0;
        while let Some(rest) = batch.get(done..).filter(|rest| !rest.is_empty()) {
            match self.file.write(rest) {
                Ok(0) => return (done, Err(DropReason::Io)),
                Ok(written) => {
                    done += written;
                    progress.moved();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // This is a named pipe, which was opened without waiting for its reader.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.opened.is_none() => {
                    if progress.is_ended() {
                        return (done, Err(DropReason::Shutdown));
                    }
                    platform::wait_writable(&self.file, LOOK_AGAIN);
                }
                Err(_) => return (done, Err(DropReason::Io)),
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
        if self.opened.is_none() || !platform::try_own_file(&self.file) {
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

impl Exporter for FileExporter {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        self.follow_rename();
        if self.torn {
            self.torn = self.file.write_all(b"\n").is_err();
        }
        let mut delivered = 0;
        for piece in batch.pieces(PIECE_BYTES) {
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

    fn is_prompt(&self) -> bool {
        platform::is_prompt(&self.file)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
