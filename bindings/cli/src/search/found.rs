//! What is found in a piece of a file, and where it is written.

use std::io::Write;

use crate::filter::{Filter, Needle};
use crate::outcome::Failure;
use crate::show::Show;

/// Looks for lines; threads share it.
pub(super) struct Searcher {
    filter: Filter,
    needle: Option<Needle>,
    /// Lines are counted only, without it.
    show: Option<Show>,
    keeps_ends: bool,
}

/// The lines that were found, as they are shown.
#[derive(Default)]
pub(super) struct Found {
    bytes: Vec<u8>,
    /// Where each of them ends, for who takes the first ones only.
    ends: Vec<usize>,
    lines: u64,
}

impl Searcher {
    pub(super) fn new(filter: Filter, show: Option<Show>, keeps_ends: bool) -> Self {
        let needle = filter.needle();
        Self { filter, needle, show, keeps_ends }
    }

    /// Looks for the lines in some that stand one behind the other, and adds them to those that were found.
    pub(super) fn search(&self, block: &[u8], found: &mut Found) {
        let mut one = |line| {
            if self.filter.passes(line) {
                self.add(line, found);
            }
        };
        match &self.needle {
            Some(needle) => needle.lines(block, one),
            None if block.is_empty() => {}
            None => {
                let block = block.strip_suffix(b"\n").unwrap_or(block);
                memchr::memchr_iter(b'\n', block).chain([block.len()]).fold(0, |begin, end| {
                    one(block.get(begin..end).unwrap_or_default());
                    end + 1
                });
            }
        }
    }

    fn add(&self, line: &[u8], found: &mut Found) {
        found.lines += 1;
        if let Some(show) = &self.show {
            show.line(line, &mut found.bytes);
        }
        if self.keeps_ends {
            found.ends.push(found.bytes.len());
        }
    }
}

/// Where it is written, up to a limit.
pub(super) struct Output<'o> {
    out: &'o mut dyn Write,
    limit: Option<u64>,
    lines: u64,
}

impl<'o> Output<'o> {
    pub(super) fn new(out: &'o mut dyn Write, limit: Option<u64>) -> Self {
        Self { out, limit, lines: 0 }
    }

    /// How many lines were found.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    pub(super) fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.lines >= limit)
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Writes what was found; whether more is wanted.
    pub(super) fn take(&mut self, found: Result<Found, Failure>) -> Result<bool, Failure> {
        let found = found?;
        let room = self.limit.map_or(found.lines, |limit| limit.saturating_sub(self.lines));
        let (lines, bytes) = match usize::try_from(room).ok().filter(|_| room < found.lines) {
            Some(room) => {
                (room as u64, room.checked_sub(1).and_then(|last| found.ends.get(last)).copied().unwrap_or(0))
            }
            None => (found.lines, found.bytes.len()),
        };
        self.out.write_all(found.bytes.get(..bytes).unwrap_or_default())?;
        self.lines += lines;
        Ok(!self.is_full())
    }
}
