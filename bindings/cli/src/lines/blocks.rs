//! Reads bytes in large pieces that end with a line.

use std::io::{self, ErrorKind, Read};

/// How much is read at once: enough to make the calls cheap, little enough to stay in the processor's cache.
const BLOCK_BYTES: usize = 512 * 1024;

/// No longer line is read whole: its first bytes stand for it.
pub(crate) const MOST_LINE: usize = 32 * 1024 * 1024;

/// What stands behind a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    LineFeed,
    /// The end of the file.
    File,
    /// More of the same line, which is too long.
    Cut,
}

/// Whole lines one behind the other, or a single one that has no line feed.
#[derive(Debug, PartialEq)]
pub(crate) struct Block<'b> {
    pub(crate) bytes: &'b [u8],
    /// What stands behind the last line.
    pub(crate) ending: Ending,
}

impl<'b> Block<'b> {
    /// The lines without their line feeds.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'b [u8], Ending)> + use<'b> {
        let (mut rest, ending) = (self.bytes, self.ending);
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let Some(at) = memchr::memchr(b'\n', rest) else {
                return Some((std::mem::take(&mut rest), ending));
            };
            let (line, behind) = rest.split_at_checked(at)?;
            rest = behind.get(1..).unwrap_or_default();
            Some((line, Ending::LineFeed))
        })
    }
}

/// The blocks of a source.
pub(crate) struct Blocks<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where the bytes begin that have not been given out.
    begin: usize,
    /// No line feed stands between there and here.
    searched: usize,
    /// How many bytes of the buffer are filled.
    filled: usize,
    /// A line that is too long is being left out.
    skipping: bool,
    /// The reader has come to its end, or to an error.
    ended: Option<Option<io::Error>>,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), begin: 0, searched: 0, filled: 0, skipping: false, ended: None }
    }

    /// The next block, as soon as there is a whole line. An error comes behind what was read before it.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block<'_>>> {
        loop {
            self.make_room();
            let read = self.read();
            if self.skipping {
                self.skip();
                if self.skipping && !read {
                    return self.end();
                }
                continue;
            }
            let new = self.buffer.get(self.searched..self.filled).unwrap_or_default();
            let (begin, filled) = (self.begin, self.filled);
            let last = memchr::memrchr(b'\n', new).map(|last| self.searched + last);
            self.searched = filled;
            if let Some(last) = last {
                self.begin = last + 1;
                return Ok(Some(self.block(begin, self.begin, Ending::LineFeed)));
            }
            if !read && filled > begin {
                self.begin = filled;
                return Ok(Some(self.block(begin, filled, Ending::File)));
            }
            if !read {
                return self.end();
            }
            if filled - begin >= MOST_LINE {
                (self.begin, self.skipping) = (filled, true);
                return Ok(Some(self.block(begin, filled, Ending::Cut)));
            }
        }
    }

    fn block(&self, begin: usize, end: usize, ending: Ending) -> Block<'_> {
        Block { bytes: self.buffer.get(begin..end).unwrap_or_default(), ending }
    }

    fn end(&mut self) -> io::Result<Option<Block<'_>>> {
        match self.ended.as_mut().and_then(Option::take) {
            Some(error) => Err(error),
            None => Ok(None),
        }
    }

    /// Puts what was not given out to the front.
    fn make_room(&mut self) {
        self.buffer.copy_within(self.begin..self.filled, 0);
        self.searched -= self.begin;
        self.filled -= self.begin;
        self.begin = 0;
        if self.buffer.len() - self.filled < BLOCK_BYTES / 2 {
            // For a line that is longer than a block; the buffer of others stays as it is.
            let more = self.buffer.len().clamp(BLOCK_BYTES, MOST_LINE);
            self.buffer.resize(self.buffer.len() + more, 0);
        }
    }

    /// Reads once; whether there may be more.
    fn read(&mut self) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let result = loop {
            match self.reader.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        match result {
            Ok(0) => self.ended = Some(None),
            Ok(read) => self.filled += read,
            Err(error) => self.ended = Some(Some(error)),
        }
        self.ended.is_none()
    }

    /// Leaves the rest of a line out that was too long.
    fn skip(&mut self) {
        let bytes = self.buffer.get(self.begin..self.filled).unwrap_or_default();
        match memchr::memchr(b'\n', bytes) {
            Some(at) => (self.begin, self.skipping) = (self.begin + at + 1, false),
            None => self.begin = self.filled,
        }
        self.searched = self.begin;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out a few bytes at a time, then an error if there is one.
    struct Slow<'t>(&'t [u8], usize, Option<ErrorKind>);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if let (true, Some(kind)) = (self.0.is_empty(), self.2) {
                return Err(kind.into());
            }
            let now = self.0.len().min(self.1).min(buffer.len());
            buffer[..now].copy_from_slice(&self.0[..now]);
            self.0 = &self.0[now..];
            Ok(now)
        }
    }

    fn lines(reader: impl Read) -> (Vec<(Vec<u8>, Ending)>, Option<ErrorKind>) {
        let (mut blocks, mut found) = (Blocks::new(reader), Vec::new());
        loop {
            match blocks.next() {
                Ok(Some(block)) => found.extend(block.lines().map(|(line, ending)| (line.to_vec(), ending))),
                Ok(None) => return (found, None),
                Err(error) => return (found, Some(error.kind())),
            }
        }
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        let text = b"one\n\nthree\r\nlast";
        let expected: Vec<(Vec<u8>, Ending)> = [
            (&b"one"[..], Ending::LineFeed),
            (b"", Ending::LineFeed),
            (b"three\r", Ending::LineFeed),
            (b"last", Ending::File),
        ]
        .map(|(line, ending)| (line.to_vec(), ending))
        .to_vec();
        for step in 1..=text.len() {
            assert_eq!(lines(Slow(text, step, None)), (expected.clone(), None), "{step}");
            let torn = lines(Slow(text, step, Some(ErrorKind::UnexpectedEof)));
            assert_eq!(torn, (expected.clone(), Some(ErrorKind::UnexpectedEof)), "{step}");
        }
        assert_eq!(lines(&b""[..]), (Vec::new(), None));
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_those_around_it_are_whole() {
        let long = vec![b'x'; 2 * MOST_LINE + 7];
        let text = [b"before\n", &long[..], b"\nafter\n"].concat();
        let (found, error) = lines(&text[..]);
        assert_eq!((found.len(), error), (3, None));
        assert_eq!(found[0].0, b"before");
        assert_eq!(found[1].1, Ending::Cut);
        assert!((MOST_LINE..2 * MOST_LINE).contains(&found[1].0.len()), "{}", found[1].0.len());
        assert_eq!(found[2], (b"after".to_vec(), Ending::LineFeed));
        // It may also be the last one.
        let (found, _) = lines(&text[..text.len() - 9]);
        assert_eq!(found.len(), 2);
    }
}
