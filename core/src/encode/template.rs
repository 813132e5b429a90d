//! Message templates: `{name}`, `{name:.2f}`, `{name:08d}`, `{{` and `}}`, rendered from encoded values.
//! Not a format language: whatever else stands in braces stays as written, and data is never a template.

use std::io::Write;

/// Written where a message reached its limit.
const TRUNCATED: &[u8] = b"[truncated]";

/// Longer names are no attribute keys; the bound also keeps a long brace-free tail cheap to look at.
const LONGEST_NAME_BYTES: usize = 256;

/// How a hole wants its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `{name}`: as it is.
    Plain,
    /// `{name:.2f}`: that many decimals.
    Fixed(usize),
    /// `{name:8d}`, `{name:08d}`: an integer of at least that width.
    Integer { width: usize, zeros: bool },
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'t> {
    /// Stands as it is.
    Text(&'t str),
    /// A doubled brace, which means one.
    Brace(&'t str),
    /// A place for the attribute `name`; `written` is the hole itself, for when there is no value.
    Hole { name: &'t str, format: Format, written: &'t str },
}

/// The parts of a template, one after the other, without allocation and in one pass.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'t> {
    rest: &'t str,
}

/// Splits a template into its parts.
pub(crate) fn parts(template: &str) -> Parts<'_> {
    Parts { rest: template }
}

impl<'t> Parts<'t> {
    /// Takes the first `end` bytes; `end` always stands at an ASCII brace or the end, so it is a boundary.
    fn take(&mut self, end: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

impl<'t> Iterator for Parts<'t> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        let bytes = self.rest.as_bytes();
        let first = *bytes.first()?;
        if first != b'{' && first != b'}' {
            let end = memchr::memchr2(b'{', b'}', bytes).unwrap_or(bytes.len());
            return Some(Part::Text(self.take(end)));
        }
        if bytes.get(1) == Some(&first) {
            return Some(Part::Brace(self.take(2).get(1..).unwrap_or_default()));
        }
        if first == b'{'
            && let Some((end, name, format)) = hole(self.rest)
        {
            return Some(Part::Hole { name, format, written: self.take(end) });
        }
        // A lone brace goes with the text behind it, so that this text is looked at only once.
        let behind = bytes.get(1..).unwrap_or_default();
        let end = memchr::memchr2(b'{', b'}', behind).unwrap_or(behind.len());
        Some(Part::Text(self.take(1 + end)))
    }
}

/// Reads a hole at the start of `text` (a `{`): its end, its name and its format.
fn hole(text: &str) -> Option<(usize, &str, Format)> {
    let inside = text.get(1..)?;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-') || *b >= 0x80;
    let length = inside.bytes().take(LONGEST_NAME_BYTES + 1).take_while(is_name).count();
    if length == 0 || length > LONGEST_NAME_BYTES {
        return None;
    }
    let (name, behind) = inside.split_at_checked(length)?;
    if behind.starts_with('}') {
        return Some((length + 2, name, Format::Plain));
    }
    let spec = behind.strip_prefix(':')?;
    // The longest spec is "099d}".
    let spec = spec.get(..spec.bytes().take(5).position(|b| b == b'}')?)?;
    Some((length + spec.len() + 3, name, format(spec)?))
}

fn format(spec: &str) -> Option<Format> {
    if let Some(decimals) = spec.strip_prefix('.').and_then(|s| s.strip_suffix('f')) {
        return Some(Format::Fixed(small(decimals).filter(|_| !decimals.is_empty())?));
    }
    let width = spec.strip_suffix('d')?;
    let zeros = width.starts_with('0');
    let width = small(width.strip_prefix('0').unwrap_or(width))?;
    Some(Format::Integer { width, zeros })
}

/// At most two digits; none mean zero.
fn small(digits: &str) -> Option<usize> {
    let fits = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.bytes().fold(0, |sum, b| sum * 10 + usize::from(b - b'0')))
}

/// Writes the inside of the JSON string that a message is: the template with its holes filled.
///
/// `lookup` gives an attribute's *encoded* value (JSON bytes), `escape` writes text as the inside of a JSON
/// string. A value that is a string is spliced without its quotes, other scalars as they are, containers as JSON
/// text. At most `limit_bytes` of text and values go in, so that repeated holes cannot blow a message up; what
/// was cut is marked `[truncated]`.
///
/// Returns whether the message differs from the template: a hole was filled or a doubled brace collapsed.
pub(crate) fn render<'v>(
    template: &str,
    limit_bytes: usize,
    escape: fn(&mut Vec<u8>, &str),
    mut lookup: impl FnMut(&str) -> Option<&'v [u8]>,
    out: &mut Vec<u8>,
) -> bool {
    let mut writer = Writer { left: limit_bytes, escape, out };
    if memchr::memchr2(b'{', b'}', template.as_bytes()).is_none() {
        writer.text(template);
        return false;
    }
    let mut changed = false;
    for part in parts(template) {
        let fits = match part {
            Part::Text(text) => writer.text(text),
            Part::Brace(brace) => {
                changed = true;
                writer.text(brace)
            }
            Part::Hole { name, format, written } => {
                match lookup(name).and_then(|value| writer.value(value, format)) {
                    Some(fits) => {
                        changed = true;
                        fits
                    }
                    None => writer.text(written),
                }
            }
        };
        if !fits {
            break;
        }
    }
    changed
}

struct Writer<'o> {
    left: usize,
    escape: fn(&mut Vec<u8>, &str),
    out: &'o mut Vec<u8>,
}

impl Writer<'_> {
    /// Text of the template. Like all writers here: false when the limit cut it.
    fn text(&mut self, text: &str) -> bool {
        if text.len() <= self.left {
            self.left -= text.len();
            (self.escape)(self.out, text);
            return true;
        }
        let end = char_boundary(text.as_bytes(), self.left);
        (self.escape)(self.out, text.get(..end).unwrap_or_default());
        self.out.extend_from_slice(TRUNCATED);
        false
    }

    /// An encoded value; `None` when it cannot be shown in the wanted format, so the hole stays as written.
    fn value(&mut self, value: &[u8], format: Format) -> Option<bool> {
        match (value, format) {
            ([], _) => None,
            ([b'"', inside @ .., b'"'], Format::Plain) => Some(self.encoded(inside)),
            ([b'{' | b'[', ..], Format::Plain) => Some(self.nested(value)),
            (_, Format::Plain) => Some(self.encoded(value)),
            // What is masked in the attribute is masked here too, whatever the format.
            (masked, _) if masked.starts_with(br#""[redacted"#) => self.value(value, Format::Plain),
            // Non-finite numbers are strings in JSON but still numbers to the reader of a message.
            (br#""NaN""# | br#""Infinity""# | br#""-Infinity""#, Format::Fixed(_)) => {
                self.value(value, Format::Plain)
            }
            (_, Format::Fixed(decimals)) => {
                let number = fixed(value, decimals)?;
                Some(self.encoded(number.as_bytes()))
            }
            (_, Format::Integer { width, zeros }) => {
                let number = integer(value, width, zeros)?;
                Some(self.encoded(number.as_bytes()))
            }
        }
    }

    /// Bytes that are the inside of a JSON string already.
    fn encoded(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() <= self.left {
            self.left -= bytes.len();
            self.out.extend_from_slice(bytes);
            return true;
        }
        self.out.extend_from_slice(bytes.get(..whole_escapes(bytes, self.left)).unwrap_or_default());
        self.out.extend_from_slice(TRUNCATED);
        false
    }

    /// A container's JSON text: its quotes and backslashes become text.
    fn nested(&mut self, json: &[u8]) -> bool {
        let end = if json.len() <= self.left { json.len() } else { char_boundary(json, self.left) };
        let mut rest = json.get(..end).unwrap_or_default();
        self.left -= rest.len();
        while let Some(position) = memchr::memchr2(b'"', b'\\', rest) {
            let (clean, special) = rest.split_at(position);
            self.out.extend_from_slice(clean);
            self.out.push(b'\\');
            self.out.extend(special.first());
            rest = special.get(1..).unwrap_or_default();
        }
        self.out.extend_from_slice(rest);
        if end < json.len() {
            self.out.extend_from_slice(TRUNCATED);
        }
        end == json.len()
    }
}

/// The largest cut up to `limit` that splits neither an escape nor a UTF-8 sequence.
fn whole_escapes(encoded: &[u8], limit: usize) -> usize {
    let mut position = 0;
    while let Some(next) = encoded.get(position..limit).and_then(|piece| memchr::memchr(b'\\', piece)) {
        let start = position + next;
        let length = if encoded.get(start + 1) == Some(&b'u') { 6 } else { 2 };
        if start + length > limit {
            return start;
        }
        position = start + length;
    }
    char_boundary(encoded, limit)
}

fn char_boundary(bytes: &[u8], mut limit: usize) -> usize {
    while limit > 0 && bytes.get(limit).is_some_and(|b| b & 0xc0 == 0x80) {
        limit -= 1;
    }
    limit
}

fn number_text(value: &[u8]) -> Option<&str> {
    let starts = matches!(value.first(), Some(b'0'..=b'9' | b'-'));
    std::str::from_utf8(value).ok().filter(|_| starts)
}

fn fixed(value: &[u8], decimals: usize) -> Option<String> {
    let text = number_text(value)?;
    // Integers take the exact way: a double would round beyond 2^53.
    if let Ok(whole) = text.parse::<i64>() {
        let point = if decimals > 0 { "." } else { "" };
        return Some(format!("{whole}{point}{:0<decimals$}", ""));
    }
    padded(text, decimals).or_else(|| text.parse::<f64>().ok().map(|number| format!("{number:.decimals$}")))
}

/// The number with zeros behind it, where rounding its binary value would give the same: a decimal of at most
/// fifteen digits in all reads back as itself. This is how prices are written, at a tenth of the cost of rounding.
fn padded(text: &str, decimals: usize) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let zeros = decimals.checked_sub(fraction.len())?;
    let plain = whole.len() + decimals <= 15 && fraction.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| {
        let mut padded = String::with_capacity(text.len() + zeros);
        padded.push_str(text);
        padded.extend(std::iter::repeat_n('0', zeros));
        padded
    })
}

fn integer(value: &[u8], width: usize, zeros: bool) -> Option<String> {
    let whole = number_text(value)?.parse::<i64>().ok()?;
    let mut text = Vec::new();
    let written = if zeros { write!(text, "{whole:0width$}") } else { write!(text, "{whole:width$}") };
    written.ok().and_then(|()| String::from_utf8(text).ok())
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
