//! The grammar of JSON: where values begin and end, and where text stops being JSON.
//! Not for what values mean: `json_reader` hands them on to the writer.

use super::text::Raw;
use crate::error::{Error, Result};

/// A position in JSON text.
pub(super) struct Scanner<'j> {
    json: &'j [u8],
    at: usize,
}

/// A number as it is written.
pub(super) struct Number<'j> {
    pub digits: &'j str,
    /// Neither a fraction nor an exponent.
    pub is_whole: bool,
}

impl<'j> Scanner<'j> {
    pub fn new(json: &'j [u8]) -> Self {
        Self { json, at: 0 }
    }

    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    /// Steps over the byte that was peeked at.
    #[inline]
    pub fn advance(&mut self) {
        self.at += 1;
    }

    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Steps over white space.
    #[inline]
    pub fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// The error for this position.
    #[cold]
    pub fn expected(&self, what: &str) -> Error {
        Error::json(self.at.min(self.json.len()), what)
    }

    /// Nothing but white space may follow.
    pub fn end(&mut self) -> Result<()> {
        self.space();
        if self.at < self.json.len() { Err(self.expected("the end of the text")) } else { Ok(()) }
    }

    /// A string, and the colon behind it.
    #[inline]
    pub fn key(&mut self) -> Result<Raw<'j>> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in double quotes"));
        }
        let raw = self.string()?;
        self.space();
        if self.take(b':') { Ok(raw) } else { Err(self.expected("a colon")) }
    }

    pub fn skip_key(&mut self) -> Result<()> {
        self.key().map(drop)
    }

    /// The inside of the string that begins here, its escapes checked.
    #[inline]
    pub fn string(&mut self) -> Result<Raw<'j>> {
        self.advance();
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.json.get(self.at..).unwrap_or_default();
            let run = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            self.no_controls(run)?;
            self.at += run;
            match self.peek() {
                Some(b'"') => break,
                Some(_) => self.escape()?,
                None => return Err(self.expected("a closing double quote")),
            }
            escaped = true;
        }
        let bytes = self.json.get(start..self.at).unwrap_or_default();
        self.advance();
        Ok(Raw { bytes, escaped })
    }

    /// Control characters have to be escaped inside strings.
    #[inline]
    fn no_controls(&mut self, run: usize) -> Result<()> {
        let bytes = self.json.get(self.at..self.at + run).unwrap_or_default();
        // Without a branch in the loop the compiler looks at many bytes at once.
        if bytes.iter().fold(false, |found, byte| found | (*byte < 0x20)) {
            self.at += bytes.iter().position(|byte| *byte < 0x20).unwrap_or(0);
            return Err(self.expected("an escape such as \\n instead of a control character"));
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<()> {
        let behind = self.json.get(self.at + 1..).unwrap_or_default();
        let length = match behind {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => 6,
            _ => return Err(self.expected("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")),
        };
        self.at += length;
        Ok(())
    }

    pub fn number(&mut self) -> Result<Number<'j>> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let mut is_whole = true;
        if self.take(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let bytes = self.json.get(start..self.at).unwrap_or_default();
        Ok(Number { digits: std::str::from_utf8(bytes).unwrap_or_default(), is_whole })
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.expected("a digit")) } else { Ok(()) }
    }

    /// `true` and `false`, or `None` for `null`.
    pub fn literal(&mut self) -> Result<Option<bool>> {
        let words: [(&[u8], Option<bool>); 3] =
            [(b"true", Some(true)), (b"false", Some(false)), (b"null", None)];
        let rest = self.json.get(self.at..).unwrap_or_default();
        for (word, value) in words {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.expected("a value"))
    }

    /// Steps over a value, and then up to the end of the containers in `open`, which are given by their closing
    /// brackets. No recursion, so that no depth of the text can exhaust the stack.
    pub fn skip(&mut self, mut open: Vec<u8>) -> Result<()> {
        loop {
            self.space();
            match self.peek() {
                Some(b'{') => {
                    self.advance();
                    self.space();
                    if !self.take(b'}') {
                        self.skip_key()?;
                        open.push(b'}');
                        continue;
                    }
                }
                Some(b'[') => {
                    self.advance();
                    self.space();
                    if !self.take(b']') {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => drop(self.string()?),
                Some(b'-' | b'0'..=b'9') => self.number().map(|_| ())?,
                _ => drop(self.literal()?),
            }
            if self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Closes what ends behind a value; true when nothing is open any more, false when another value follows.
    fn close(&mut self, open: &mut Vec<u8>) -> Result<bool> {
        while let Some(bracket) = open.last().copied() {
            self.space();
            if self.take(b',') {
                if bracket == b'}' {
                    self.skip_key()?;
                }
                return Ok(false);
            }
            if !self.take(bracket) {
                return Err(self.expected("a comma or a closing bracket"));
            }
            open.pop();
        }
        Ok(true)
    }
}
