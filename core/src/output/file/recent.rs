//! What this process wrote to a file last, with the places where that stands.
//!
//! Not for whether it is still there: see `outside`.

use crate::platform;
use std::collections::VecDeque;
use std::fs::File;
use std::time::{Duration, SystemTime};

/// So much is kept: what is written within seconds, unless a process does nothing but write.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// So much while somebody has made a copy, after which the file may be emptied: to bring a copy to the disk can take seconds.
const MOST_BYTES_OF_A_COPY: usize = 16 * 1024 * 1024;

/// Nothing is kept for longer.
const LONGEST: Duration = Duration::from_secs(60);

/// So much of a file's beginning tells it from others: its first line has a time.
const HEAD_BYTES: usize = 4096;

/// So much of a piece tells whether it is still where it was written.
const LOOKED_AT_BYTES: usize = 64;

/// Lines of one file.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// How the file begins.
    head: Vec<u8>,
    bytes: VecDeque<u8>,
    /// Of the same bytes, in their order.
    pieces: VecDeque<Piece>,
    /// Whether there is a copy that was made just now.
    is_copied: bool,
}

/// Lines that were written together.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u64,
    length: usize,
    at: SystemTime,
}

impl Piece {
    fn end(&self) -> u64 {
        self.start + self.length as u64
    }
}

/// What is not in the first part of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Beyond {
    /// A line that is in it in part.
    pub(super) across: Option<Across>,
    /// Lines that are not.
    pub(super) lines: Vec<u8>,
}

/// A line of which the first part of a file has the beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Across {
    line: Vec<u8>,
    held: usize,
}

impl Across {
    /// What the first part of the file does not have of it.
    pub(super) fn rest(&self) -> &[u8] {
        self.line.get(self.held..).unwrap_or_default()
    }

    /// All of it.
    pub(super) fn whole(self) -> Vec<u8> {
        self.line
    }
}

impl Recent {
    /// How the file begins, as far as that is known.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Where the last of the lines ends; nothing where there are none.
    pub(super) fn end(&self) -> Option<u64> {
        self.pieces.back().map(Piece::end)
    }

    /// Keeps lines that were written at a place.
    pub(super) fn note(&mut self, start: u64, lines: &[u8]) {
        let now = SystemTime::now();
        self.forget(lines.len(), now);
        if lines.is_empty() || lines.len() > self.most_bytes() {
            return;
        }
        if start == self.head.len() as u64 {
            let room = HEAD_BYTES.saturating_sub(self.head.len()).min(lines.len());
            self.head.extend_from_slice(lines.get(..room).unwrap_or_default());
        }
        let needed = self.bytes.len() + lines.len();
        if needed > self.bytes.capacity() {
            // Never twice as much as is kept.
            self.bytes.reserve_exact(needed.next_power_of_two().min(self.most_bytes()) - self.bytes.len());
        }
        self.bytes.extend(lines);
        self.pieces.push_back(Piece { start, length: lines.len(), at: now });
    }

    fn most_bytes(&self) -> usize {
        if self.is_copied { MOST_BYTES_OF_A_COPY } else { MOST_BYTES }
    }

    /// Whether what is written next may take the place of what is needed when the file is emptied.
    pub(super) fn is_rather_full(&self) -> bool {
        self.bytes.len() > MOST_BYTES / 2
    }

    /// Keeps more while there is a copy that was made just now.
    pub(super) fn expect_emptying(&mut self, is_copied: bool) {
        let was_copied = std::mem::replace(&mut self.is_copied, is_copied);
        if was_copied && !is_copied {
            self.forget(0, SystemTime::now());
            self.bytes.shrink_to(MOST_BYTES);
        }
    }

    /// Makes room for `more` bytes, and drops what is too old.
    fn forget(&mut self, more: usize, now: SystemTime) {
        let is_old = |piece: &Piece| !matches!(now.duration_since(piece.at), Ok(age) if age <= LONGEST);
        while let Some(first) = self.pieces.front()
            && (self.bytes.len() + more > self.most_bytes() || is_old(first))
        {
            self.bytes.drain(..first.length.min(self.bytes.len()));
            self.pieces.pop_front();
        }
    }

    /// Reads how the file of `length` bytes begins, as far as that is not known.
    pub(super) fn learn_head(&mut self, length: u64, reader: Option<&File>) {
        let length = usize::try_from(length).unwrap_or(HEAD_BYTES).min(HEAD_BYTES);
        let Some(reader) = reader.filter(|_| self.head.len() < length) else { return };
        let mut head = vec![0; length];
        if platform::read_exact_at(reader, &mut head, 0).is_ok() && head.starts_with(&self.head) {
            self.head = head;
        }
    }

    /// Whether the file was emptied since: it is too short now, or something else stands where the last of the lines was.
    pub(super) fn is_cut(&mut self, length: u64, reader: Option<&File>) -> bool {
        let Some(last) = self.pieces.back().copied() else { return false };
        if length <= last.end() {
            // As long as this process has left it, nobody else has written to it.
            return length < last.end();
        }
        let mut found = [0; LOOKED_AT_BYTES];
        let looked_at = last.length.min(LOOKED_AT_BYTES);
        let (Some(reader), Some(found)) = (reader, found.get_mut(..looked_at)) else { return false };
        let written = self.bytes.range(self.bytes.len() - last.length..).take(looked_at);
        platform::read_exact_at(reader, found, last.start).is_ok() && !written.eq(found.iter())
    }

    /// The lines of this process that are not wholly within the first `length` bytes of the file.
    pub(super) fn beyond(&mut self, length: u64) -> Beyond {
        let mut beyond = Beyond { across: None, lines: Vec::new() };
        let mut rest: &[u8] = self.bytes.make_contiguous();
        for piece in &self.pieces {
            let (lines, behind) = rest.split_at_checked(piece.length).unwrap_or((rest, &[]));
            rest = behind;
            let within = usize::try_from(length.saturating_sub(piece.start)).unwrap_or(usize::MAX);
            let Some(inside) = lines.get(..within).filter(|_| within < lines.len()) else { continue };
            let begin = memchr::memrchr(b'\n', inside).map_or(0, |newline| newline + 1);
            let outside = lines.get(within..).unwrap_or_default();
            let end = memchr::memchr(b'\n', outside).map_or(lines.len(), |newline| within + newline + 1);
            let whole = if begin < within { end } else { within };
            if let Some(line) = lines.get(begin..whole).filter(|line| !line.is_empty()) {
                beyond.across = Some(Across { line: line.to_vec(), held: within - begin });
            }
            beyond.lines.extend_from_slice(lines.get(whole..).unwrap_or_default());
        }
        beyond
    }

    /// The lines that were not written before a point in time.
    pub(super) fn since(&mut self, then: SystemTime) -> Vec<u8> {
        let before = self.pieces.iter().take_while(|piece| piece.at < then).map(|piece| piece.length).sum();
        self.bytes.make_contiguous().get::<std::ops::RangeFrom<usize>>(before..).unwrap_or_default().to_vec()
    }
}
