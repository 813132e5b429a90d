//! What other programs do to a file: logrotate copies and empties it, or renames and compresses it, or it is removed. What this process
//! wrote in that very moment would be where nobody reads it; it is written once more.
//!
//! Not for files that are rotated here: see `rotate`.

use super::copies::{self, Look};
use super::open::Open;
use super::recent::{Beyond, Recent};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// A file that has another name now may be compressed and removed before this process has noticed; so long it is looked at.
const COMPRESSED_WITHIN: Duration = Duration::from_secs(5);

/// While files are given other names a look for a copy may miss it; so long it is looked for again.
const FOUND_WITHIN: Duration = Duration::from_secs(5);

/// So many times a file may be emptied before the copies of all times are found: what is kept for each is large.
const MOST_EMPTIED: usize = 2;

/// So long passes between two looks at what became of a completed copy: a folder may have many copies.
pub(super) const LOOK_AT_COPIES_EVERY: Duration = Duration::from_millis(100);

/// The path, and what is beside it, is looked at after so many bytes, however fast they come: all of them are known then.
const LOOK_AFTER_BYTES: usize = 1024 * 1024;

/// What was written last to the file that is open, and to the one before it.
#[derive(Debug)]
pub(super) struct Outside {
    recent: Recent,
    /// When the path was found to name the file at last.
    looked: SystemTime,
    written_since: usize,
    /// How much was written since a copy was looked for.
    unlooked: usize,
    emptied: Vec<Emptied>,
    left: Option<Left>,
    completed: Option<Completed>,
    owed: Vec<u8>,
}

/// A copy that ended in the middle of a line, and has the rest now. Who compresses it may have read it before.
#[derive(Debug)]
struct Completed {
    head: Vec<u8>,
    /// How many bytes it had before.
    length: u64,
    rest: Vec<u8>,
    since: Instant,
    looked: Instant,
}

/// What was there before the file was emptied.
#[derive(Debug)]
struct Emptied {
    recent: Recent,
    since: Instant,
}

/// A file that the path does not name any more.
#[derive(Debug)]
struct Left {
    open: Open,
    recent: Recent,
    looked: SystemTime,
    since: Instant,
}

impl Outside {
    /// Nothing is written yet.
    pub(super) fn new() -> Self {
        Self {
            recent: Recent::default(),
            looked: SystemTime::now(),
            written_since: 0,
            unlooked: 0,
            emptied: Vec::new(),
            left: None,
            completed: None,
            owed: Vec::new(),
        }
    }

    /// The path names the file that is open.
    pub(super) fn is_at_its_path(&mut self) {
        (self.looked, self.written_since) = (SystemTime::now(), 0);
    }

    /// Whether so much was written that the path should be looked at again.
    pub(super) fn wants_a_look(&self) -> bool {
        self.written_since > LOOK_AFTER_BYTES
    }

    /// Lines were written to the open file.
    pub(super) fn wrote(&mut self, start: u64, lines: &[u8]) {
        if self.recent.end().is_some_and(|end| start < end) {
            // It was emptied between the look at it and this write.
            self.is_emptied();
        }
        self.recent.note(start, lines);
        self.written_since += lines.len();
        self.unlooked += lines.len();
    }

    /// Another file is open in the place of this one, which has another name or none; without `before` nothing is known of it.
    pub(super) fn left(&mut self, path: &Path, before: Option<Open>) {
        self.see_to_left(path, Duration::ZERO);
        let (recent, looked) = (std::mem::take(&mut self.recent), self.looked);
        self.is_at_its_path();
        self.left = before.map(|open| Left { open, recent, looked, since: Instant::now() });
    }

    /// The lines that would not be read where they were written, to be written once more.
    pub(super) fn lost(&mut self, path: &Path, open: &Open) -> Vec<u8> {
        if self.recent.is_cut(open.length(), open.reader()) {
            self.is_emptied();
        } else {
            self.recent.learn_head(open.length(), open.reader());
        }
        self.see_to_emptied(path);
        self.see_whether_it_is_copied(path);
        self.see_to_left(path, COMPRESSED_WITHIN);
        self.see_to_completed(path);
        std::mem::take(&mut self.owed)
    }

    /// These could not be written.
    pub(super) fn owe(&mut self, lines: &[u8]) {
        self.owed.extend_from_slice(lines);
    }

    /// Whether there is a copy of the file that is open.
    pub(super) fn is_copied(&self, path: &Path) -> bool {
        let end = self.recent.end();
        end.is_some_and(|end| !matches!(copies::of(path, self.recent.head(), end), Look::Nothing))
    }

    /// Looks for a copy that was made just now before what is written could be forgotten.
    fn see_whether_it_is_copied(&mut self, path: &Path) {
        if self.unlooked < LOOK_AFTER_BYTES || !self.recent.is_rather_full() {
            return;
        }
        self.unlooked = 0;
        let Some(end) = self.recent.end() else { return };
        let copy = copies::of(path, self.recent.head(), end);
        self.recent.expect_emptying(matches!(copy, Look::Found(copy) if copy.is_new));
    }

    /// What is written from now on stands in an empty file.
    fn is_emptied(&mut self) {
        if self.emptied.len() == MOST_EMPTIED {
            self.emptied.remove(0);
        }
        let recent = std::mem::take(&mut self.recent);
        self.emptied.push(Emptied { recent, since: Instant::now() });
    }

    /// Looks for the copies of what was there before the file was emptied.
    fn see_to_emptied(&mut self, path: &Path) {
        for mut emptied in std::mem::take(&mut self.emptied) {
            match self.beyond_the_copy(path, &mut emptied.recent) {
                Look::Found(lost) => self.owed.extend(lost),
                Look::Moving if emptied.since.elapsed() < FOUND_WITHIN => self.emptied.push(emptied),
                // Without a copy it was emptied on purpose.
                Look::Nothing | Look::Moving => {}
            }
        }
    }

    /// Looks what became of the file that was open before, for as long as `within` after that.
    fn see_to_left(&mut self, path: &Path, within: Duration) {
        let Some(mut left) = self.left.take() else { return };
        let is_late = left.since.elapsed() >= within;
        if left.open.is_own() && left.open.is_gone() {
            match self.beyond_the_copy(path, &mut left.recent) {
                Look::Found(lost) => self.owed.extend(lost),
                Look::Moving if !is_late => self.left = Some(left),
                Look::Nothing | Look::Moving => self.owed.extend(left.recent.since(left.looked)),
            }
        } else if !is_late {
            self.left = Some(left);
        }
    }

    /// The lines that the copy of a file does not have. Half a line at its end is completed.
    fn beyond_the_copy(&mut self, path: &Path, recent: &mut Recent) -> Look<Vec<u8>> {
        let Some(end) = recent.end() else { return Look::Nothing };
        let copy = match copies::of(path, recent.head(), end) {
            Look::Found(copy) => copy,
            Look::Nothing => return Look::Nothing,
            Look::Moving => return Look::Moving,
        };
        let Beyond { across, lines } = recent.beyond(copy.length);
        let Some(across) = across else { return Look::Found(lines) };
        if !copy.complete(across.rest()) {
            return Look::Found([across.whole(), lines].concat());
        }
        let (head, rest) = (recent.head().to_vec(), across.rest().to_vec());
        self.completed = (!copy.is_compressed).then(|| Completed {
            head,
            length: copy.length,
            rest,
            since: Instant::now(),
            looked: Instant::now(),
        });
        Look::Found(lines)
    }

    /// Completes the copy again if it was compressed as it was before.
    fn see_to_completed(&mut self, path: &Path) {
        let Some(completed) = &mut self.completed else { return };
        let Completed { head, length, rest, since, looked } = completed;
        if looked.elapsed() < LOOK_AT_COPIES_EVERY {
            return;
        }
        *looked = Instant::now();
        match copies::of(path, head, *length) {
            Look::Found(copy) if copy.is_compressed && copy.length == *length => _ = copy.complete(rest),
            Look::Found(copy) if copy.is_compressed => {}
            _ if since.elapsed() < COMPRESSED_WITHIN => return,
            _ => {}
        }
        self.completed = None;
    }
}
