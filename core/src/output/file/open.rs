//! A file that is open for appending: opened, shared with other processes, written to in whole lines.
//!
//! Not for which file the path names: the exporter sees to that.

use super::known::Known;
use super::tail;
use super::turn::Turns;
use crate::buffer::records::{Batch, Records};
use crate::model::signal::Signal;
use crate::output::progress::Progress;
use crate::platform;
use crate::stats::DropReason;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// How often a wait for a reader looks whether it is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What lies in one page is written at once, whatever becomes of the process.
const PAGE_BYTES: usize = 4096;

/// Another process has the file for itself while it looks at its end.
const SHARED_WITHIN: Duration = Duration::from_secs(1);
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// A file that is open.
#[derive(Debug)]
pub(super) struct Open {
    path: PathBuf,
    pub(super) file: File,
    /// What the descriptor led to when it was opened.
    opened: Option<Known>,
    /// The file ends in half a line, which the next write closes.
    torn: bool,
    turns: Turns,
    /// How long it was when it was last looked at, and when this process had written to it last.
    length: u64,
    left_at: Option<u64>,
    /// No folder names it any more.
    gone: bool,
    /// Where the last write began.
    wrote_from: u64,
}

impl Open {
    pub(super) fn new(path: &Path, mode: Option<u32>) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| {
                io::Error::new(error.kind(), format!("its folder cannot be made: {error}"))
            })?;
        }
        platform::refuse_foreign_links(path)?;
        let file = platform::open_append(path, mode)?;
        let opened = file.metadata().ok().map(|meta| Known::of(&file, &meta));
        let is_regular = opened.as_ref().is_some_and(|opened| opened.is_regular);
        let turns = Turns::of(path, opened.as_ref());
        // A file that cannot be read, perhaps for want of permission, is left as it is.
        let torn = turns.reader().is_some_and(|reader| tail::heal(reader, &file));
        let open = Self {
            path: path.to_owned(),
            file,
            opened,
            torn,
            turns,
            length: 0,
            left_at: None,
            gone: false,
            wrote_from: 0,
        };
        if is_regular {
            open.share();
        }
        Ok(open)
    }

    /// Tells other processes that this one writes to the file, before it does: they cut and compress only what nobody writes to.
    fn share(&self) {
        let since = Instant::now();
        while !platform::try_share_file(&self.file)
            && since.elapsed() < SHARED_WITHIN
            && self.is_at(&self.path)
        {
            std::thread::sleep(BETWEEN_TRIES);
        }
    }

    /// Whether the descriptor leads to what was opened. Looks at its length and its names, too.
    pub(super) fn is_own(&mut self) -> bool {
        match (&self.opened, self.file.metadata()) {
            (Some(opened), Ok(now)) => {
                (self.length, self.gone) = (now.len(), platform::has_no_name(&now));
                opened.id == platform::file_id(&self.file, &now)
            }
            // Where nothing can be told of it, it is believed.
            (None, Ok(_)) => true,
            (_, Err(_)) => false,
        }
    }

    pub(super) fn is_regular(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.is_regular)
    }

    /// Gives up what it has locked: a forked child may have inherited the descriptor, and the lock would stay.
    pub(super) fn disown(&self) {
        platform::disown_file(&self.file);
    }

    /// Brings what was written to it to the disk. What is no file of its own has none.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub(super) fn sync(&self) -> io::Result<()> {
        if self.is_regular() { self.file.sync_data() } else { Ok(()) }
    }

    /// Whether a write to it waits for nobody.
    pub(super) fn is_prompt(&self) -> bool {
        platform::is_prompt(&self.file)
    }

    /// How long it is.
    pub(super) fn bytes(&self) -> u64 {
        self.file.metadata().map_or(0, |meta| meta.len())
    }

    /// How long it was when it was last looked at.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether it had no name any more when it was last looked at.
    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// The same file to be read, where that is allowed.
    pub(super) fn reader(&self) -> Option<&File> {
        self.turns.reader()
    }

    /// Where what was last written begins.
    pub(super) fn wrote_from(&self) -> u64 {
        self.wrote_from
    }

    /// When somebody last wrote to it.
    pub(super) fn modified(&self) -> Option<SystemTime> {
        self.file.metadata().and_then(|meta| meta.modified()).ok()
    }

    /// Whether `path` still names it. What is no file of its own, such as a pipe, is not followed.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let Some(opened) = self.opened.as_ref().filter(|opened| opened.is_regular) else { return true };
        // Where nothing can be told of it, it is believed.
        platform::file_id_at(path).is_some_and(|now| opened.id.is_none_or(|id| id == now))
    }

    /// Writes a piece; where that fails, how many records of it are whole, and why.
    pub(super) fn write(&mut self, piece: &Batch<'_>, progress: &Progress) -> Result<(), (u64, DropReason)> {
        let (turn, length) = if self.stands_as_left(piece.bytes().len()) {
            (None, Some(self.length))
        } else {
            let turn = self.turns.begin(&mut self.file);
            (turn, turn)
        };
        if self.torn {
            // In its turn it has a whole line in front of it already.
            self.torn = turn.is_none() && self.file.write_all(b"\n").is_err();
        }
        let (written, result) = self.write_all(piece.bytes(), progress);
        if self.is_regular() {
            let end = self.file.stream_position().unwrap_or(0);
            self.wrote_from = end.saturating_sub(written as u64);
        }
        self.left_at = length.filter(|_| result.is_ok()).map(|length| length + written as u64);
        let result = result.map_err(|reason| {
            let (records, whole) = piece.whole_within(written);
            self.undo_half_line(written - whole, turn.is_some());
            (records, reason)
        });
        if turn.is_some() {
            Turns::end(&self.file);
        }
        result
    }

    /// Whether nobody else has written since this process has, and so little is written that the system does it at once: that needs no
    /// turn, which takes as long as the writing.
    fn stands_as_left(&self, bytes: usize) -> bool {
        let place = usize::try_from(self.length % PAGE_BYTES as u64).unwrap_or(PAGE_BYTES);
        self.left_at == Some(self.length) && place + bytes <= PAGE_BYTES
    }

    /// Writes lines that somebody else has rendered; whether all of them are in the file.
    pub(super) fn write_lines(&mut self, lines: &[u8]) -> bool {
        let mut records = Records::default();
        lines.split_inclusive(|byte| *byte == b'\n').for_each(|line| records.push(Signal::Spans, line));
        self.write(&records.batch(), &Progress::default()).is_ok()
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
    fn undo_half_line(&mut self, half: usize, is_alone: bool) {
        if half == 0 {
            return;
        }
        if is_alone {
            self.torn = !self.try_cut(half).unwrap_or(false);
            return;
        }
        let is_own = self.is_regular() && platform::try_own_file(&self.file);
        self.torn = !(is_own && self.try_cut(half).unwrap_or(false));
        if self.is_regular() {
            // Also where it was not to be had: who asks for a file alone gives up its share first.
            self.share();
        }
    }

    /// Cuts `half` bytes off, where nobody else has written behind them.
    fn try_cut(&mut self, half: usize) -> io::Result<bool> {
        let end = self.file.stream_position()?;
        let cut = self.file.metadata()?.len() == end;
        if cut {
            self.file.set_len(end.saturating_sub(half as u64))?;
        }
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
