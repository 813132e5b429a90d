//! One file that is followed: how far it has been read, and whether it is still the file that it was.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::{SystemTime, UNIX_EPOCH};

use super::stamped::Stamped;
use crate::lines::MOST_LINE;
use crate::platform::{Identity, identity};

/// How much is read at once.
const STEP_BYTES: u64 = 1024 * 1024;

/// How many of the last bytes that were read are compared with what stands there later.
const MARK_BYTES: usize = 64;

pub(super) struct Watched {
    pub(super) identity: Identity,
    file: File,
    /// How far it has been read.
    position: u64,
    /// The last bytes before there. Where other ones stand now, the file was cut and has grown again.
    mark: Vec<u8>,
    /// A line of which the end is not there yet.
    unfinished: Vec<u8>,
    /// That line is too long: what comes of it is left out.
    is_cut: bool,
    /// The time of the last line; for the first one the time at which the file was found.
    before: i64,
}

impl Watched {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let identity = identity(&file)?;
        let (mark, unfinished) = (Vec::new(), Vec::new());
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Ok(Self { identity, file, position: 0, mark, unfinished, is_cut: false, before })
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Goes to the end of the last whole line; returns where that is and where the file ends.
    pub(super) fn skip(&mut self) -> io::Result<(u64, u64)> {
        let length = self.file.metadata()?.len();
        let begin = length.saturating_sub(STEP_BYTES);
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(begin))?;
        (&self.file).take(length - begin).read_to_end(&mut bytes)?;
        let feed = memchr::memrchr(b'\n', &bytes);
        // A line that is so long already is left out.
        self.is_cut = feed.is_none() && begin > 0;
        let whole = feed.map_or(if self.is_cut { bytes.len() } else { 0 }, |feed| feed + 1);
        bytes.truncate(whole);
        self.position = begin + whole as u64;
        self.remember(&bytes);
        Ok((self.position, length))
    }

    /// The lines that have come, at most so many as one step holds; whether there may be more at once.
    pub(super) fn read(&mut self, lines: &mut Vec<Stamped>) -> io::Result<bool> {
        let length = self.file.metadata()?.len();
        if length < self.position || (length > self.position && !self.is_as_it_was()?) {
            self.finish(lines);
            (self.position, self.is_cut) = (0, false);
            self.mark.clear();
        }
        if length == self.position {
            return Ok(false);
        }
        let mut new = Vec::new();
        self.file.seek(SeekFrom::Start(self.position))?;
        (&self.file).take(STEP_BYTES).read_to_end(&mut new)?;
        self.position += new.len() as u64;
        self.remember(&new);
        let mut pieces = new.split(|byte| *byte == b'\n');
        let last = pieces.next_back().unwrap_or_default();
        for piece in pieces {
            self.add(piece);
            self.finish(lines);
            self.is_cut = false;
        }
        self.add(last);
        Ok(length > self.position)
    }

    /// Gives out a line whose end is not to come any more.
    pub(super) fn finish(&mut self, lines: &mut Vec<Stamped>) {
        let line = std::mem::take(&mut self.unfinished);
        if !line.is_empty() {
            lines.push(Stamped::new(line, &mut self.before));
        }
    }

    fn add(&mut self, piece: &[u8]) {
        if !self.is_cut {
            self.unfinished.extend_from_slice(piece);
            self.is_cut = self.unfinished.len() > MOST_LINE;
        }
    }

    fn is_as_it_was(&mut self) -> io::Result<bool> {
        let mut now = Vec::new();
        self.file.seek(SeekFrom::Start(self.position.saturating_sub(self.mark.len() as u64)))?;
        (&self.file).take(self.mark.len() as u64).read_to_end(&mut now)?;
        Ok(now == self.mark)
    }

    fn remember(&mut self, new: &[u8]) {
        self.mark.extend_from_slice(new.get(new.len().saturating_sub(MARK_BYTES)..).unwrap_or_default());
        self.mark.drain(..self.mark.len().saturating_sub(MARK_BYTES));
    }
}
