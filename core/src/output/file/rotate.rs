//! Puts the file aside when it is full or of another period. Of several processes that write to it one does that.

use super::afterwards::Afterwards;
use super::aside;
use super::open::Open;
use super::rotation::Rotation;
use crate::platform;
use std::ffi::OsString;
use std::fs::{self, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// How long it is left alone after it could not be put aside.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Rotates one file.
#[derive(Debug)]
pub(super) struct Rotator {
    path: PathBuf,
    mode: Option<u32>,
    rotation: Rotation,
    afterwards: Afterwards,
    /// The period of the file that is open.
    period: Option<u128>,
    failed: Option<Instant>,
}

impl Rotator {
    pub(super) fn new(path: &Path, mode: Option<u32>, rotation: &Rotation) -> Self {
        // Behind a link it is the file itself that is put aside, and the link leads to the next one.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let afterwards = Afterwards::new(&path, rotation.clone());
        // A process that was killed may have left some of it to do.
        afterwards.begin();
        Self { path, mode, rotation: rotation.clone(), afterwards, period: None, failed: None }
    }

    /// Another file is open now. One that has lines is of the period of its last line.
    pub(super) fn opened(&mut self, open: &Open) {
        let last = open.modified().filter(|_| open.bytes() > 0).unwrap_or_else(SystemTime::now);
        self.period = self.rotation.period_of(last);
    }

    /// Puts the open file aside if `bytes` more are too many or too late for it; whether the path names another file now.
    pub(super) fn make_room(&mut self, open: &Open, bytes: usize) -> bool {
        if !self.is_due(open, bytes) || self.failed.is_some_and(|then| then.elapsed() < TRY_AGAIN) {
            return false;
        }
        match self.put_aside(open) {
            Ok(is_aside) => {
                self.failed = None;
                is_aside
            }
            Err(error) => {
                if self.failed.replace(Instant::now()).is_none() {
                    platform::complain(&format!("{} cannot be put aside: {error}", self.path.display()));
                }
                false
            }
        }
    }

    fn is_due(&mut self, open: &Open, bytes: usize) -> bool {
        let (length, period) = (open.bytes(), self.rotation.period_of(SystemTime::now()));
        if length == 0 {
            // It is of the period of its first line, however long it has been open.
            self.period = period;
            return false;
        }
        let is_full = self.rotation.size.is_some_and(|most| length.saturating_add(bytes as u64) > most);
        is_full || period != self.period
    }

    fn put_aside(&self, open: &Open) -> io::Result<bool> {
        let turn = platform::open_append(&self.lock_path(), self.mode)?;
        if let Err(TryLockError::WouldBlock) = turn.try_lock() {
            // Another process does it, and until then there is room for more.
            return Ok(false);
        }
        // Another one may have done it before.
        let moved =
            if open.is_at(&self.path) { fs::rename(&self.path, aside::name_for(&self.path)) } else { Ok(()) };
        // A forked child may have inherited the descriptor, and its lock would stay. A file system without locks has none.
        let _ = turn.unlock();
        moved?;
        self.afterwards.begin();
        Ok(true)
    }

    /// The file whose lock says whose turn it is.
    fn lock_path(&self) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        name.push(".lock");
        self.path.with_file_name(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_that_was_opened_before_its_first_line_is_of_the_period_of_that_line() {
        let folder = std::env::temp_dir().join(format!("vigie-rotate-first-{}", std::process::id()));
        let path = folder.join("shop.jsonl");
        let mut open = Open::new(&path, None).unwrap();
        let daily = Rotation { every: Some(Duration::from_secs(86_400)), ..Rotation::default() };
        let mut rotator = Rotator::new(&path, None, &daily);
        rotator.opened(&open);
        // Days go by without a line.
        rotator.period = Some(0);
        assert!(!rotator.is_due(&open, 2), "it is empty");
        open.file.write_all(b"1\n").unwrap();
        assert!(!rotator.is_due(&open, 2), "its only line is of today");
        rotator.period = Some(0);
        assert!(rotator.is_due(&open, 2), "it has lines of another day");
        drop(open);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
