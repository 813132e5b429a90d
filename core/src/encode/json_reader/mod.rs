//! Attributes that arrive as JSON text, read in one pass into an [`AttributeWriter`].
//! Not a tree: limits, redaction and repeated keys are the writer's, as for every other host.
//!
//! RFC 8259, strict, with one leniency: bytes that are not UTF-8 and lone surrogates become U+FFFD, as they do
//! everywhere else. Depth is no error: what the writer refuses is skipped, its syntax still checked.

mod scan;
mod text;

use super::attributes::writer::AttributeWriter;
use crate::error::Result;
use scan::Scanner;
use text::Text;

pub(crate) use text::{unescaped, unescaped_bytes};

/// Reads the members of a JSON object into `writer`.
///
/// # Errors
/// An error of code JSON with the byte offset where the text stops being JSON. What was read up to there stays
/// in the writer, well-formed.
pub fn read_json(json: &[u8], writer: &mut AttributeWriter<'_>) -> Result<()> {
    let mut reader = Reader::new(json);
    reader.scanner.space();
    if reader.scanner.peek() != Some(b'{') {
        return Err(reader.scanner.expected("an object"));
    }
    reader.members(writer, false)?;
    reader.scanner.end()
}

/// Reads one JSON value into `writer`, the value of the key that was given to it before.
///
/// # Errors
/// As [`read_json`]; the writer has got a value in any case.
pub fn read_json_value(json: &[u8], writer: &mut AttributeWriter<'_>) -> Result<()> {
    let mut reader = Reader::new(json);
    reader.value(writer)?;
    reader.scanner.end()
}

struct Reader<'j> {
    scanner: Scanner<'j>,
    /// Where strings with escapes are decoded.
    scratch: Vec<u8>,
}

impl<'j> Reader<'j> {
    fn new(json: &'j [u8]) -> Self {
        Self { scanner: Scanner::new(json), scratch: Vec::new() }
    }

    /// Writes exactly one value: null where the text is not JSON, so that no key is left without one.
    fn value(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        self.scanner.space();
        let outcome = match self.scanner.peek() {
            Some(b'{') => return self.map(writer),
            Some(b'[') => return self.list(writer),
            Some(b'"') => self.string(writer),
            Some(b'-' | b'0'..=b'9') => self.number(writer),
            _ => self.literal(writer),
        };
        if outcome.is_err() {
            writer.null();
        }
        outcome
    }

    fn map(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        if !writer.begin_map() {
            return self.scanner.skip(Vec::new());
        }
        let outcome = self.members(writer, true);
        writer.end_map();
        outcome
    }

    /// The members of the object that begins here, up to its closing brace.
    fn members(&mut self, writer: &mut AttributeWriter<'_>, nested: bool) -> Result<()> {
        self.scanner.advance();
        self.scanner.space();
        if self.scanner.take(b'}') {
            return Ok(());
        }
        loop {
            if nested && !writer.more() {
                self.scanner.skip_key()?;
                return self.scanner.skip(vec![b'}']);
            }
            self.key(writer)?;
            self.value(writer)?;
            self.scanner.space();
            if self.scanner.take(b'}') {
                return Ok(());
            }
            if !self.scanner.take(b',') {
                return Err(self.scanner.expected("a comma or a closing brace"));
            }
        }
    }

    fn list(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        if !writer.begin_list() {
            return self.scanner.skip(Vec::new());
        }
        let outcome = self.elements(writer);
        writer.end_list();
        outcome
    }

    fn elements(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        self.scanner.advance();
        self.scanner.space();
        if self.scanner.take(b']') {
            return Ok(());
        }
        loop {
            if !writer.more() {
                return self.scanner.skip(vec![b']']);
            }
            self.value(writer)?;
            self.scanner.space();
            if self.scanner.take(b']') {
                return Ok(());
            }
            if !self.scanner.take(b',') {
                return Err(self.scanner.expected("a comma or a closing bracket"));
            }
        }
    }

    /// A key and its colon; nothing reaches the writer unless both are there.
    fn key(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        let raw = self.scanner.key()?;
        match text::decode(raw, &mut self.scratch) {
            Text::Str(key) => writer.key(key),
            Text::Utf8(key) => writer.key_utf8_lossy(key),
            Text::Utf16(key) => writer.key_utf16_lossy(&key),
        }
        Ok(())
    }

    fn string(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        let raw = self.scanner.string()?;
        match text::decode(raw, &mut self.scratch) {
            Text::Str(value) => writer.str(value),
            Text::Utf8(value) => writer.utf8_lossy(value),
            Text::Utf16(value) => writer.utf16_lossy(&value),
        }
        Ok(())
    }

    fn number(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        let number = self.scanner.number()?;
        if !number.is_whole {
            // Beyond the range of doubles this is an infinity, which the writer has a text for.
            writer.float(number.digits.parse().unwrap_or(f64::NAN));
        } else if let Ok(whole) = number.digits.parse::<i64>() {
            writer.int(whole);
        } else {
            writer.big_int(number.digits);
        }
        Ok(())
    }

    fn literal(&mut self, writer: &mut AttributeWriter<'_>) -> Result<()> {
        match self.scanner.literal()? {
            Some(flag) => writer.bool(flag),
            None => writer.null(),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
