//! Writing JSON text: strings with every dangerous character escaped, and numbers.
//!
//! Not for structure, limits or redaction: see `encode::attributes`.

use super::pieces::append_ends;
use super::plain::{holds_special, is_special, plain_run, word_holds_special};
use std::io::Write;

pub use super::numbers::{write_float, write_int, write_uint};

/// Appends `text` as a quoted JSON string.
#[inline]
pub fn write_str(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escape_into(out, text);
    out.push(b'"');
}

/// Appends the inside of a JSON string.
///
/// Besides what JSON demands this escapes C0, DEL, C1, the line separators and the bidirectional
/// controls: characters that forge lines or steer terminals. `/` and all other text stay raw.
#[inline]
pub fn escape_into(out: &mut Vec<u8>, text: &str) {
    if !append_short(out, text.as_bytes()) {
        escape_any(out, text);
    }
}

/// Appends a text of at most 64 bytes that needs no escapes, which most are; false when it is another one.
#[inline(always)]
fn append_short(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let length = text.len();
    let is_plain = match length {
        33..=64 => {
            let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else { return false };
            let is_plain = !holds_special(first) && !holds_special(last);
            if is_plain {
                append_ends::<32>(out, first, last, length);
            }
            is_plain
        }
        16..=32 => {
            let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else { return false };
            let is_plain =
                matches!([*first, *last].as_flattened().try_into(), Ok(all) if !holds_special(all));
            if is_plain {
                append_ends::<16>(out, first, last, length);
            }
            is_plain
        }
        8..=15 => {
            let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else { return false };
            let is_plain = !word_holds_special(u64::from_le_bytes(*first), u64::from_le_bytes(*last));
            if is_plain {
                append_ends::<8>(out, first, last, length);
            }
            is_plain
        }
        4..=7 => {
            let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else { return false };
            let both = u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
            let is_plain = !word_holds_special(both, both);
            if is_plain {
                append_ends::<4>(out, first, last, length);
            }
            is_plain
        }
        0..=3 => {
            let is_plain = !text.iter().any(|byte| is_special(*byte));
            if is_plain {
                text.iter().for_each(|byte| out.push(*byte));
            }
            is_plain
        }
        _ => false,
    };
    is_plain
}

#[inline(never)]
fn escape_any(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    loop {
        let run = plain_run(rest);
        let (plain, tail) = rest.split_at_checked(run).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        if tail.is_empty() {
            return;
        }
        rest = escape_one(out, tail);
    }
}

/// Whether no character of `text` needs an escape.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    plain_run(text.as_bytes()) == text.len()
}

/// Writes the character at the start of `bytes`, escaped where it must be; returns what follows.
fn escape_one<'a>(out: &mut Vec<u8>, bytes: &'a [u8]) -> &'a [u8] {
    let width = match bytes {
        [byte, ..] if *byte < 0x80 => {
            escape_ascii(out, *byte);
            1
        }
        [0xc2, second, ..] => {
            if *second < 0xa0 {
                write_unicode(out, u32::from(*second));
            } else {
                out.extend_from_slice(&[0xc2, *second]);
            }
            2
        }
        [first, second, third, ..] => {
            let code =
                (u32::from(first & 0xf) << 12) | (u32::from(second & 0x3f) << 6) | u32::from(third & 0x3f);
            if matches!(code, 0x2028..=0x202e | 0x2066..=0x2069) {
                write_unicode(out, code);
            } else {
                out.extend_from_slice(&[*first, *second, *third]);
            }
            3
        }
        other => other.len(),
    };
    bytes.get(width..).unwrap_or_default()
}

fn escape_ascii(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        other => return write_unicode(out, u32::from(other)),
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn write_unicode(out: &mut Vec<u8>, code: u32) {
    // Writing to a Vec cannot fail.
    let _ = write!(out, "\\u{code:04x}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        write_str(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn plain_text_is_copied() {
        assert_eq!(escaped("request handled / ok é 日本 😀"), "\"request handled / ok é 日本 😀\"");
    }

    #[test]
    fn dangerous_characters_are_escaped_wherever_they_stand() {
        for pad in 0..12 {
            let head = "x".repeat(pad);
            let text = format!(
                "{head}\"\\\n\r\t\u{8}\u{c}\u{0}\u{1b}\u{7f}\u{85}\u{9f}\u{a0}\u{2028}\u{202e}\u{2066}\u{2069}\u{206a}"
            );
            let expected = format!(
                "\"{head}\\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u001b\\u007f\\u0085\\u009f\u{a0}\\u2028\\u202e\\u2066\\u2069\u{206a}\""
            );
            assert_eq!(escaped(&text), expected);
        }
    }

    #[test]
    fn every_output_is_valid_json() {
        for code in (0..0x3000_u32).filter_map(char::from_u32) {
            let text = format!("aaaaaaa{code}bbbbbbbb");
            let back: String = serde_json::from_str(&escaped(&text)).unwrap();
            assert_eq!(back, text);
        }
    }
}
