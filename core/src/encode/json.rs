//! Writing JSON text: strings with every dangerous character escaped, and numbers.
//!
//! Not for structure, limits or redaction: see `encode::attributes`.

use std::io::Write;

/// Appends `text` as a quoted JSON string.
#[inline]
pub fn write_str(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
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
    count_plain(text.as_bytes()) == text.len()
}

/// How many bytes from the start can be copied as they are.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    let mut run = 0;
    for chunk in bytes.chunks_exact(8) {
        if needs_look(word(chunk)) {
            return run + count_plain(bytes.get(run..).unwrap_or_default());
        }
        run += 8;
    }
    // To look at the last eight bytes together, though some were seen already, is faster than one by one.
    match bytes.last_chunk::<8>() {
        Some(last) if !needs_look(u64::from_le_bytes(*last)) => bytes.len(),
        _ => run + count_plain(bytes.get(run..).unwrap_or_default()),
    }
}

#[inline]
fn word(chunk: &[u8]) -> u64 {
    u64::from_le_bytes(chunk.try_into().unwrap_or([0; 8]))
}

/// Counts plain bytes one by one.
#[inline]
fn count_plain(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| is_special(*byte)).unwrap_or(bytes.len())
}

/// Whether any of the eight bytes is special.
#[inline]
fn needs_look(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero_byte = |x: u64| x.wrapping_sub(ONES) & !x & HIGH;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    let quote = zero_byte(word ^ (ONES * 0x22));
    let backslash = zero_byte(word ^ (ONES * 0x5c));
    let delete = zero_byte(word ^ (ONES * 0x7f));
    let ascii = below_space | quote | backslash | delete;
    // Mostly all eight are ASCII, and then there is nothing to find among the others.
    if (ascii | (word & HIGH)) == 0 {
        return false;
    }
    (ascii | zero_byte(word ^ (ONES * 0xc2)) | zero_byte(word ^ (ONES * 0xe2))) != 0
}

/// Bytes at which a closer look is needed; 0xC2 leads C1 controls, 0xE2 the separators and bidi controls.
#[inline]
const fn is_special(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f | 0xc2 | 0xe2)
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

/// Appends a signed integer.
#[inline]
pub fn write_int(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends an unsigned integer.
#[inline]
pub fn write_uint(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a double as serde_json prints it (shortest round trip); non-finite ones as strings.
#[inline]
pub fn write_float(out: &mut Vec<u8>, value: f64) {
    if write_short_decimal(out, value) {
        return;
    }
    if value.is_finite() {
        // Writing to a Vec cannot fail.
        let _ = serde_json::to_writer(out, &value);
    } else if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value > 0.0 {
        out.extend_from_slice(b"\"Infinity\"");
    } else {
        out.extend_from_slice(b"\"-Infinity\"");
    }
}

/// Appends a double that is a decimal of at most three places, as prices and durations are; false if it is none.
///
/// Division rounds correctly, so digits that give `value` back when they are divided are a decimal that reads as
/// `value`. With less than 16 digits no other decimal of that length reads as the same double, and decimals with
/// fewer places were tried before.
#[inline]
fn write_short_decimal(out: &mut Vec<u8>, value: f64) -> bool {
    const LARGEST: f64 = 1e9;
    // Rounding moves a product below `LARGEST * 1000` by a quarter of this at most.
    const NEARLY: f64 = 1e-3;
    let size = value.abs();
    // Zero, whose sign this way would lose, and NaN are left to the other one.
    if !(size > 0.0 && size < LARGEST) {
        return false;
    }
    for (places, power, integer_power) in [(1, 10.0, 10), (2, 100.0, 100), (3, 1000.0, 1000)] {
        let scaled = size * power;
        let digits = (scaled + 0.5) as u64;
        let whole = digits as f64;
        if (whole - scaled).abs() < NEARLY && whole / power == size {
            if value < 0.0 {
                out.push(b'-');
            }
            write_uint(out, digits / integer_power);
            write_places(out, digits % integer_power, places);
            return true;
        }
    }
    false
}

/// Appends a point and `digits` in so many places, of which there are three at most.
#[inline]
fn write_places(out: &mut Vec<u8>, digits: u64, places: usize) {
    let digit = |power: u64| b'0' + (digits / power % 10) as u8;
    match places {
        1 => out.extend_from_slice(&[b'.', digit(1)]),
        2 => out.extend_from_slice(&[b'.', digit(10), digit(1)]),
        _ => out.extend_from_slice(&[b'.', digit(100), digit(10), digit(1)]),
    }
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

    #[test]
    fn numbers_print_as_the_contract_says() {
        let float = |value| {
            let mut out = Vec::new();
            write_float(&mut out, value);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(0.1), "0.1");
        assert_eq!(float(f64::NAN), "\"NaN\"");
        assert_eq!(float(f64::NEG_INFINITY), "\"-Infinity\"");
    }

    #[test]
    fn doubles_print_as_the_reference_prints_them() {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 16
        };
        let check = |value: f64| {
            for value in
                [value, -value, f64::from_bits(value.to_bits() + 1), f64::from_bits(value.to_bits() - 1)]
            {
                let mut out = Vec::new();
                write_float(&mut out, value);
                assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&value).unwrap());
            }
        };
        for power in [1.0, 10.0, 100.0, 1000.0, 10_000.0, 3.0] {
            for digits in 1..5_000 {
                check(f64::from(digits) / power);
            }
            for _ in 0..10_000 {
                check((next() % 100_000_000_000_000) as f64 / power / 10.0);
            }
        }
        for value in
            [1e-3, 1e-4, 1e11, 1e12, 1e15, 1e16, 1e17, 1e300, f64::MIN_POSITIVE, 0.3, 1.1, 4.35, 0.1 + 0.2]
        {
            check(value);
        }
        for _ in 0..20_000 {
            let value = f64::from_bits(next() << 16 | next() & 0xffff);
            if value.is_finite() && value != 0.0 {
                check(value);
            }
        }
    }
}
