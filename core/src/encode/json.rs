//! Writing JSON text: strings with every dangerous character escaped, and numbers.
//!
//! Not for structure, limits or redaction: see `encode::attributes`.

use super::pieces::{append_ends, append_start};
use super::plain::{holds_special, plain_run, word_holds_special};
use std::io::Write;

pub use super::numbers::{write_float, write_int, write_uint};

/// Appends `text` as a quoted JSON string; true when nothing in it had to be escaped.
#[inline]
pub fn write_str(out: &mut Vec<u8>, text: &str) -> bool {
    let length = text.len();
    // With room for its quotes.
    if length <= 14
        && let Some(plain) = few_plain(text.as_bytes())
    {
        let quote = u128::from(b'"');
        let quoted = quote | plain << 8 | quote << (8 * (length + 1));
        append_start(out, &quoted.to_le_bytes(), length + 2);
        true
    } else {
        write_longer(out, text)
    }
}

#[inline(never)]
fn write_longer(out: &mut Vec<u8>, text: &str) -> bool {
    out.push(b'"');
    let start = out.len();
    escape_into(out, text);
    // An escape is longer than what it stands for.
    let is_plain = out.len() - start == text.len();
    out.push(b'"');
    is_plain
}

/// Appends the inside of a JSON string.
///
/// Besides what JSON demands this escapes C0, DEL, C1, the line separators and the bidirectional
/// controls: characters that forge lines or steer terminals. `/` and all other text stay raw.
#[inline]
pub fn escape_into(out: &mut Vec<u8>, text: &str) {
    if !append_plain(out, text.as_bytes()) {
        escape_any(out, text);
    }
}

/// A text of at most 16 bytes that needs no escapes, as one number.
#[inline(always)]
fn few_plain(text: &[u8]) -> Option<u128> {
    let length = text.len();
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        let fits = length <= 16 && !word_holds_special(first, last);
        return fits.then(|| u128::from(first) | u128::from(last) << (8 * (length - 8)));
    }
    let word = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u64::from(first) | u64::from(last) << (8 * (length - 4))
    } else {
        text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    // What is not there must not look like control characters.
    let filled = word | u64::from_le_bytes([b' '; 8]) << (8 * length);
    (!word_holds_special(filled, filled)).then(|| u128::from(word))
}

/// Appends a text of at most 64 bytes that needs no escapes, which most are; false when it is another one.
#[inline(always)]
fn append_plain(out: &mut Vec<u8>, text: &[u8]) -> bool {
    match text.len() {
        length @ 0..=16 => {
            let plain = few_plain(text);
            if let Some(plain) = plain {
                append_start(out, &plain.to_le_bytes(), length);
            }
            plain.is_some()
        }
        length @ 17..=32 => {
            let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else { return false };
            let is_plain =
                matches!([*first, *last].as_flattened().try_into(), Ok(all) if !holds_special(all));
            if is_plain {
                append_ends::<16>(out, first, last, length);
            }
            is_plain
        }
        length @ 33..=64 => {
            let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) else { return false };
            let is_plain = !holds_special(first) && !holds_special(last);
            if is_plain {
                append_ends::<32>(out, first, last, length);
            }
            is_plain
        }
        _ => false,
    }
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
    fn texts_of_every_length_are_written_whole() {
        for length in 0..100 {
            for filler in ["x", "é", "日", "\"", "a\u{7f}"] {
                let text = filler.repeat(length);
                let back: String = serde_json::from_str(&escaped(&text)).unwrap();
                assert_eq!(back, text);
                let mut out = b"before".to_vec();
                escape_into(&mut out, &text);
                assert_eq!(
                    out,
                    format!("before{}", escaped(&text).get(1..escaped(&text).len() - 1).unwrap())
                        .into_bytes(),
                    "{text}"
                );
            }
        }
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
