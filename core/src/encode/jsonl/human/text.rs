//! Writes encoded text for a terminal: colours, quotes taken off, controls left escaped.
//! Not for deciding what is shown: see `log` and `records`.

use crate::encode::members::inside;

/// ANSI attributes, by use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Dim,
    Bold,
    Red,
    Green,
    Yellow,
    Blue,
    Cyan,
    Alarm,
}

impl Ink {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Dim => "\x1b[2m",
            Self::Bold => "\x1b[1m",
            Self::Red => "\x1b[31m",
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
            Self::Blue => "\x1b[34m",
            Self::Cyan => "\x1b[36m",
            Self::Alarm => "\x1b[1;37;41m",
        }
    }
}

/// Where a rendering goes.
pub(super) struct Canvas<'o> {
    pub out: &'o mut Vec<u8>,
    pub colour: bool,
}

impl Canvas<'_> {
    /// Plain bytes of our own.
    pub fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Whatever `write` writes, in colour.
    pub fn inked(&mut self, ink: Ink, write: impl FnOnce(&mut Self)) {
        let paint = self.colour && ink != Ink::Plain;
        if paint {
            self.raw(ink.code());
        }
        write(self);
        if paint {
            self.raw("\x1b[0m");
        }
    }

    /// The inside of a JSON string; quotes, slashes and backslashes as they are, other escapes as written.
    pub fn unquoted(&mut self, mut encoded: &[u8]) {
        while let Some(at) = memchr::memchr(b'\\', encoded) {
            let (plain, escape) = encoded.split_at_checked(at).unwrap_or((encoded, &[]));
            self.out.extend_from_slice(plain);
            if let Some(character @ (b'"' | b'/')) = escape.get(1) {
                self.out.push(*character);
            } else {
                // A backslash stays doubled, so that text that looks like an escape is told from one.
                self.out.extend_from_slice(escape.get(..2).unwrap_or(escape));
            }
            encoded = escape.get(2..).unwrap_or_default();
        }
        self.out.extend_from_slice(encoded);
    }

    /// A value of an attribute: bare where it cannot be mistaken, as JSON otherwise.
    pub fn value(&mut self, value: &[u8]) {
        let is_bare = |byte: &u8| !byte.is_ascii_whitespace() && !br#"="\{}[],"#.contains(byte);
        match inside(value) {
            Some(text) if !text.is_empty() && text.iter().all(is_bare) => self.out.extend_from_slice(text),
            _ => self.out.extend_from_slice(value),
        }
    }

    /// ` key=value`.
    pub fn attribute(&mut self, key: &[u8], value: &[u8]) {
        self.raw(" ");
        self.inked(Ink::Dim, |canvas| {
            canvas.out.extend_from_slice(key);
            canvas.raw("=");
        });
        self.value(value);
    }

    /// The time of day of a time stamp, in UTC, to the millisecond.
    pub fn time(&mut self, stamp: Option<&[u8]>) {
        let time = stamp.and_then(inside).and_then(|stamp| stamp.get(11..23)).unwrap_or(b"--:--:--.---");
        self.inked(Ink::Dim, |canvas| {
            canvas.out.extend_from_slice(time);
            canvas.raw("Z ");
        });
    }

    /// The first digits of an identifier: enough to tell records of one trace from others.
    pub fn short_id(&mut self, name: &str, id: Option<&[u8]>) {
        let Some(digits) = id.and_then(inside).and_then(|id| id.get(..8)) else { return };
        self.inked(Ink::Dim, |canvas| {
            canvas.raw(" ");
            canvas.raw(name);
            canvas.raw("=");
            canvas.out.extend_from_slice(digits);
        });
    }
}
