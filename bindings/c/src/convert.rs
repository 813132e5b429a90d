//! From C's pointers to Rust's values and back: text, out buffers, option documents.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use vigie_core::host::global;
use vigie_core::{AttributeWriter, ErrorInfo, ErrorScribe, LogRecord, Severity, read_json};

use crate::error::{Failure, VIGIE_E_BUFFER, VIGIE_E_UTF8, VIGIE_OK};

/// The bytes of a borrowed text argument.
///
/// # Safety
/// When not NULL, `p` is readable for `n` bytes until the exported function returns.
pub(crate) unsafe fn bytes<'a>(p: *const u8, n: usize, name: &'static str) -> Result<&'a [u8], Failure> {
    if n == 0 {
        return Ok(&[]);
    }
    if p.is_null() {
        return Err(Failure::argument(format!("{name}: NULL with a length of {n}")));
    }
    if n > isize::MAX as usize {
        return Err(Failure::argument(format!("{name}: a length of {n}, as if it were negative")));
    }
    // SAFETY: not NULL, not longer than any object; the caller promises that it is readable.
    let bytes = unsafe { std::slice::from_raw_parts(p, n) };
    #[cfg(feature = "failpoint")]
    crate::failpoint::at_text(bytes);
    Ok(bytes)
}

/// Text that must be UTF-8: configuration, documents, names of instruments.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn text<'a>(p: *const u8, n: usize, name: &'static str) -> Result<&'a str, Failure> {
    // SAFETY: passed on from the caller.
    let bytes = unsafe { bytes(p, n, name)? };
    std::str::from_utf8(bytes).map_err(|error| {
        Failure::new(VIGIE_E_UTF8, format!("{name}: not UTF-8 at byte {}", error.valid_up_to()))
    })
}

/// Copies `text` out when it fits; says how long it is in any case.
///
/// # Safety
/// When not NULL, `buf` is writable for `cap` bytes and `len` is writable.
pub(crate) unsafe fn put(text: &str, buf: *mut u8, cap: usize, len: *mut usize) -> Result<i32, Failure> {
    if len.is_null() {
        return Err(Failure::argument("len: NULL"));
    }
    // SAFETY: not NULL; the caller promises that it is writable.
    unsafe { len.write(text.len()) };
    if text.len() > cap {
        return Err(Failure::new(VIGIE_E_BUFFER, format!("the buffer needs {} bytes", text.len())));
    }
    if buf.is_null() && !text.is_empty() {
        return Err(Failure::argument(format!("buf: NULL with a capacity of {cap}")));
    }
    if !text.is_empty() {
        // SAFETY: `buf` is not NULL and has room for `text.len() <= cap` bytes; a caller's
        // buffer and our own text do not overlap.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), buf, text.len()) };
    }
    Ok(VIGIE_OK)
}

/// Writes to an out argument.
///
/// # Safety
/// When not NULL, `out` is writable.
pub(crate) unsafe fn set<T>(out: *mut T, value: T, name: &'static str) -> Result<(), Failure> {
    if out.is_null() {
        return Err(Failure::argument(format!("{name}: NULL")));
    }
    // SAFETY: not NULL; the caller promises that it is writable.
    unsafe { out.write(value) };
    Ok(())
}

/// Reads a JSON object of attributes into `writer`; no text is no attributes.
pub(crate) fn attributes(json: &[u8], writer: &mut AttributeWriter<'_>) -> Result<(), Failure> {
    if json.is_empty() {
        return Ok(());
    }
    let read = read_json(json, writer);
    #[cfg(feature = "failpoint")]
    crate::failpoint::at_attributes(json);
    Ok(read?)
}

/// A severity number of the ABI.
pub(crate) fn severity(number: i32) -> Result<Severity, Failure> {
    u8::try_from(number).ok().and_then(Severity::from_number).ok_or_else(|| {
        Failure::argument(format!("severity: {number}; accepted: 1 to 24, such as VIGIE_INFO (9)"))
    })
}

/// Reads a JSON document; `T` may borrow from what [`repaired`] gave.
pub(crate) fn document<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| Failure::json(&error))
}

/// A document's text in which bad UTF-8 and escaped lone surrogates are U+FFFD: one bad string
/// must not cost the record. The strings that were bad are counted like everywhere else.
pub(crate) fn repaired(json: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(json)
        && !may_hold_surrogates(text)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(json.len());
    let mut bad = 0;
    for piece in Quoted(json) {
        let text = well_formed(piece);
        bad += u64::from(text.as_bytes() != piece);
        out.push_str(&text);
    }
    global().count_sanitized(bad);
    Cow::Owned(out)
}

/// The pieces of a document, each up to and with the quote that begins or ends a string.
struct Quoted<'a>(&'a [u8]);

impl<'a> Iterator for Quoted<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let mut escaped = false;
        let is_quote = |byte: &u8| {
            let found = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            found
        };
        let end = self.0.iter().position(is_quote).map_or(self.0.len(), |quote| quote + 1);
        let (piece, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        (!piece.is_empty()).then_some(piece)
    }
}

fn may_hold_surrogates(text: &str) -> bool {
    text.contains("\\ud") || text.contains("\\uD")
}

fn well_formed(piece: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(piece);
    if !may_hold_surrogates(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some(position) = rest.find('\\') {
        let (before, escape) = rest.split_at(position);
        out.push_str(before);
        let is_low = |unit| matches!(unit, Some(0xdc00..=0xdfff));
        let (kept, length) = match utf16_escape(escape) {
            Some(0xd800..=0xdbff) if is_low(escape.get(6..).and_then(utf16_escape)) => (None, 12),
            Some(0xd800..=0xdfff) => (Some("\\ufffd"), 6),
            Some(_) => (None, 6),
            // Any other escape is a backslash and one character, another backslash perhaps.
            None => (None, 1 + escape.chars().nth(1).map_or(0, char::len_utf8)),
        };
        let (escape, after) = escape.split_at(length);
        out.push_str(kept.unwrap_or(escape));
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Text of which ill-formed parts become U+FFFD, and are counted.
pub(crate) fn lossy(text: &[u8]) -> Cow<'_, str> {
    let decoded = String::from_utf8_lossy(text);
    if let Cow::Owned(_) = decoded {
        global().count_sanitized(1);
    }
    decoded
}

/// The UTF-16 unit of a `\uXXXX` at the start of `text`.
fn utf16_escape(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// An error as a document: `{"type","message","stack","cause","errors","attributes"}`, each part optional.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ErrorDocument {
    r#type: String,
    message: String,
    stack: String,
    cause: Option<Box<ErrorDocument>>,
    errors: Vec<ErrorDocument>,
    attributes: Option<Box<RawValue>>,
}

impl ErrorDocument {
    /// Gives the error to `record`; the first mistake in attributes that readers of JSON do not see comes back, those
    /// before it are kept.
    pub(crate) fn record(self, record: &mut LogRecord<'_>) -> Result<(), Failure> {
        let mut read = Ok(());
        let error = self.described(record.error_scribe(), &mut read);
        record.error(error);
        read
    }

    /// The error for a span; where it becomes an event, which has no place for causes, members and attributes, those
    /// are not read.
    pub(crate) fn of_span(self) -> (ErrorInfo, Result<(), Failure>) {
        let mut read = Ok(());
        let error = global().with_exception_scribe(|scribe| match scribe {
            Some(scribe) => self.described(scribe, &mut read),
            None => Self { cause: None, errors: Vec::new(), ..self }.into_error(&mut |_, _| ()),
        });
        (error, read)
    }

    fn described(self, scribe: ErrorScribe<'_>, read: &mut Result<(), Failure>) -> ErrorInfo {
        self.into_error(&mut |json, error| {
            let written = attributes(json.as_bytes(), &mut scribe.attributes(error));
            if read.is_ok() {
                *read = written;
            }
        })
    }

    /// `fill` writes the attributes, given as JSON text, of an error.
    fn into_error(self, fill: &mut impl FnMut(&str, &mut ErrorInfo)) -> ErrorInfo {
        let mut error = ErrorInfo {
            type_name: self.r#type,
            message: self.message,
            stack: self.stack,
            cause: self.cause.map(|cause| Box::new(cause.into_error(fill))),
            errors: self.errors.into_iter().map(|member| member.into_error(fill)).collect(),
            ..ErrorInfo::default()
        };
        if let Some(json) = self.attributes {
            fill(json.get(), &mut error);
        }
        error
    }
}

/// A JSON object's members in order, repeated names included.
#[derive(Debug)]
pub(crate) struct Members<T>(pub(crate) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
