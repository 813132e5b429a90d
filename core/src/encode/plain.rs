//! Finds text that needs no escape in JSON, many bytes at a time.
//!
//! Not for what the escapes are: see `json`.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Bytes at which a closer look is needed; 0xC2 leads C1 controls, 0xE2 the separators and bidi controls.
#[inline(always)]
const fn is_special(byte: u8) -> bool {
    // Without branches, so that a loop over it becomes vector instructions.
    (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7f) | (byte == 0xc2) | (byte == 0xe2)
}

/// How many bytes from the start can be copied as they are.
#[inline]
pub(super) fn plain_run(bytes: &[u8]) -> usize {
    let mut run = 0;
    let (chunks, _) = bytes.as_chunks();
    for chunk in chunks {
        if holds_special(chunk) {
            break;
        }
        run += chunk.len();
    }
    let (words, tail) = bytes.get(run..).unwrap_or_default().as_chunks();
    for word in words {
        match first_special(u64::from_le_bytes(*word)) {
            Some(place) => return run + place,
            None => run += word.len(),
        }
    }
    // To look at the last eight bytes together, though some were seen already, is faster than one by one.
    match bytes.last_chunk() {
        Some(last) => {
            first_special(u64::from_le_bytes(*last)).map_or(bytes.len(), |place| bytes.len() - 8 + place)
        }
        None => tail.iter().position(|byte| is_special(*byte)).unwrap_or(bytes.len()),
    }
}

/// Whether any of 32 bytes is special.
// As a function of its own it stays the few vector instructions that it is.
#[inline(never)]
pub(super) fn holds_special(bytes: &[u8; 32]) -> bool {
    bytes.iter().fold(0, |found, byte| found | u8::from(is_special(*byte))) != 0
}

/// Whether any byte of the two is special.
#[inline(always)]
pub(super) fn word_holds_special(one: u64, other: u64) -> bool {
    ((suspicious(one) | suspicious(other)) & HIGH) != 0 && word_really_holds_special(one, other)
}

#[inline(never)]
fn word_really_holds_special(one: u64, other: u64) -> bool {
    let twice = [one, other, one, other].map(u64::to_le_bytes);
    twice.as_flattened().first_chunk().is_none_or(holds_special)
}

/// Has the highest bit of each special byte set and of each one that is not ASCII. Behind the first such byte it says
/// nothing.
#[inline(always)]
const fn suspicious(word: u64) -> u64 {
    let below_space = word.wrapping_sub(ONES * 0x20);
    let quote = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    let delete = word.wrapping_add(ONES);
    below_space | quote | backslash | delete | word
}

/// The place of the first special byte of a word.
#[inline]
fn first_special(word: u64) -> Option<usize> {
    // Mostly all eight are ASCII and plain.
    if suspicious(word) & HIGH == 0 {
        return None;
    }
    let zero_byte = |x: u64| x.wrapping_sub(ONES) & !x & HIGH;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    let found = [0x22, 0x5c, 0x7f, 0xc2, 0xe2]
        .into_iter()
        .fold(below_space, |found, byte| found | zero_byte(word ^ (ONES * byte)));
    (found != 0).then_some(found.trailing_zeros() as usize / 8)
}

/// Whether a brace stands in the text.
#[inline]
pub(crate) fn holds_brace(text: &str) -> bool {
    let bytes = text.as_bytes();
    // A call that looks at many bytes at a time pays for long texts only.
    const LONG: usize = 64;
    if bytes.len() > LONG {
        return memchr::memchr2(b'{', b'}', bytes).is_some();
    }
    let zero_byte = |x: u64| x.wrapping_sub(ONES) & !x & HIGH;
    let holds = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        (zero_byte(word ^ (ONES * 0x7b)) | zero_byte(word ^ (ONES * 0x7d))) != 0
    };
    match bytes.last_chunk() {
        Some(last) => holds(last) || bytes.as_chunks().0.iter().any(holds),
        None => bytes.iter().any(|byte| matches!(byte, b'{' | b'}')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in 0..100 {
            for filler in ["x", "é", "日"] {
                let text = filler.repeat(length / filler.len());
                let plain = text.as_bytes().to_vec();
                assert_eq!(plain_run(&plain), plain.len(), "{text}");
                for special in [0, 0x1f, b'"', b'\\', 0x7f, 0xc2, 0xe2] {
                    for place in 0..plain.len() {
                        let mut bytes = plain.clone();
                        *bytes.get_mut(place).unwrap() = special;
                        // What stands behind the first one changes nothing.
                        bytes.iter_mut().skip(place + 1).step_by(3).for_each(|byte| *byte = b'"');
                        assert_eq!(plain_run(&bytes), place, "{bytes:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn braces_are_found_wherever_they_stand() {
        for length in 0..100 {
            let text = "é".repeat(length);
            assert!(!holds_brace(&text));
            for place in 0..length {
                for brace in ["{", "}"] {
                    let mut text = text.clone();
                    text.replace_range(2 * place..2 * place + 2, brace);
                    assert!(holds_brace(&text), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_word_is_special_when_one_of_its_bytes_is() {
        let plain = *b"abc zzzz";
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut bytes = plain;
                *bytes.get_mut(place).unwrap() = byte;
                let word = u64::from_le_bytes(bytes);
                assert_eq!(word_holds_special(word, u64::from_le_bytes(plain)), is_special(byte), "{byte}");
                assert_eq!(word_holds_special(u64::from_le_bytes(plain), word), is_special(byte), "{byte}");
            }
        }
    }
}
