//! Finds rows of word characters in a short text, eight characters at a time.
//!
//! Not for what such a row may be: see `tokens`.

/// The longest text that is looked at.
pub(super) const LONGEST: usize = u64::BITS as usize;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Where rows of at least `length` word characters (`A-Z a-z 0-9 _ -`) begin in a text of eight to [`LONGEST`] bytes.
#[inline]
pub(super) fn starts(text: &[u8], length: usize) -> impl Iterator<Item = usize> + use<> {
    let words = words(text);
    // A bit stays where enough bits follow it: each step doubles how many.
    let (mut rows, mut known) = (words, 1);
    while known < length {
        let step = known.min(length - known);
        rows &= rows >> step;
        known += step;
    }
    rows &= !(words << 1);
    std::iter::from_fn(move || {
        let start = rows.trailing_zeros();
        rows &= rows.wrapping_sub(1);
        (start < u64::BITS).then_some(start as usize)
    })
}

/// A bit for each byte of the text, set for a word character.
#[inline]
fn words(text: &[u8]) -> u64 {
    let mut bits = 0;
    let mut place = 0;
    for word in text.as_chunks().0 {
        bits |= word_bits(u64::from_le_bytes(*word)) << place;
        place += u64::BITS / 8;
    }
    match text.last_chunk() {
        // Some of them once more, with what is left.
        Some(last) => bits | word_bits(u64::from_le_bytes(*last)) << (text.len() - 8),
        None => bits,
    }
}

/// The same for eight bytes.
#[inline]
const fn word_bits(word: u64) -> u64 {
    // Without its highest bit no byte carries into the next one.
    let low = word & !HIGH;
    let lower = low | (ONES * 0x20);
    let letters = (lower + ONES * (0x80 - b'a' as u64)) & !(lower + ONES * (0x7f - b'z' as u64));
    let digits = (low + ONES * (0x80 - b'0' as u64)) & !(low + ONES * (0x7f - b'9' as u64));
    let hyphen = !((low ^ (ONES * b'-' as u64)) + ONES * 0x7f);
    let underscore = !((low ^ (ONES * b'_' as u64)) + ONES * 0x7f);
    let found = (letters | digits | hyphen | underscore) & !word & HIGH;
    // Brings the eight bits together.
    (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_apart_at_each_place() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                for around in [b' ', b'a', 0xff] {
                    let mut bytes = [around; 8];
                    *bytes.get_mut(place).unwrap() = byte;
                    let expected = bytes.iter().enumerate().fold(0, |bits, (place, byte)| {
                        let is_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
                        bits | u64::from(is_word) << place
                    });
                    assert_eq!(word_bits(u64::from_le_bytes(bytes)), expected, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn rows_are_found_where_they_begin() {
        for before in 0..30 {
            for length in 1..20 {
                for behind in 0..14 {
                    let text =
                        format!("{} {} {}", ".".repeat(before), "w".repeat(length), ".".repeat(behind));
                    if text.len() < 8 {
                        continue;
                    }
                    let found: Vec<_> = starts(text.as_bytes(), 10).collect();
                    assert_eq!(found, if length < 10 { vec![] } else { vec![before + 1] }, "{text}");
                }
            }
        }
        let two = "0123456789 abc 0123456789012345678901234567890123456789012345678";
        assert_eq!(starts(two.as_bytes(), 10).collect::<Vec<_>>(), [0, 15]);
    }
}
