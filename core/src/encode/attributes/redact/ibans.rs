//! International bank account numbers (ISO 13616): a country's length and the check by 97.
//!
//! Not for national account numbers, which nothing tells from other numbers.

/// The length for each country of the registry.
const LENGTHS: [(&[u8; 2], usize); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The lengths by both letters, 0 where there is no such country.
static BY_LETTERS: [[u8; 26]; 26] = {
    let mut lengths = [[0; 26]; 26];
    let mut at = 0;
    while at < LENGTHS.len() {
        // Constants cannot iterate; the codes are upper-case letters.
        #[allow(clippy::indexing_slicing)]
        {
            let (code, length) = LENGTHS[at];
            lengths[(code[0] - b'A') as usize][(code[1] - b'A') as usize] = length as u8;
        }
        at += 1;
    }
    lengths
};

/// No account number has more characters.
const LONGEST: usize = 34;

/// No account number has fewer digits.
const FEWEST_DIGITS: usize = 10;

/// Whether a country's code stands before the digits, and nothing touches it.
#[inline]
pub(super) fn may_be_around(text: &[u8], digits: usize) -> bool {
    match text.get(..digits) {
        Some([.., before, first, second]) => !touches(*before) && length(&[*first, *second]).is_some(),
        Some([first, second]) => length(&[*first, *second]).is_some(),
        _ => false,
    }
}

/// Whether a byte goes on with what stands beside it.
#[inline]
fn touches(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The account number whose check digits begin at `digits`.
pub(super) fn around(text: &[u8], digits: usize) -> Option<(usize, usize)> {
    let start = digits.checked_sub(2)?;
    Some((start, end(text, start)?))
}

/// The length of account numbers of a country.
#[inline]
fn length(code: &[u8; 2]) -> Option<usize> {
    let place = |letter: u8| usize::from(letter.wrapping_sub(b'A'));
    let [first, second] = *code;
    let length = *BY_LETTERS.get(place(first))?.get(place(second))?;
    (length > 0).then_some(usize::from(length))
}

/// The end of the account number whose country code begins at `start`.
fn end(text: &[u8], start: usize) -> Option<usize> {
    let (before, behind) = text.split_at_checked(start)?;
    let length = length(behind.first_chunk()?)?;
    // As it is printed: groups of four.
    let is_grouped = behind.get(4) == Some(&b' ');
    let bytes = if is_grouped { length + (length - 1) / 4 } else { length };
    let is_touched = |byte: Option<&u8>| byte.is_some_and(|byte| touches(*byte));
    if is_touched(before.last()) || is_touched(behind.get(bytes)) {
        return None;
    }
    let mut characters = [0; LONGEST];
    let characters = characters.get_mut(..length)?;
    let mut written = behind.get(..bytes)?.iter();
    for (place, character) in characters.iter_mut().enumerate() {
        if is_grouped && place > 0 && place % 4 == 0 {
            written.next().filter(|byte| **byte == b' ')?;
        }
        let is_allowed = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        *character = *written.next().filter(is_allowed)?;
    }
    let digits = characters.iter().filter(|character| character.is_ascii_digit()).count();
    (digits >= FEWEST_DIGITS && passes_97(characters)).then_some(start + bytes)
}

fn passes_97(characters: &[u8]) -> bool {
    /// Two more digits do not fit behind what is larger.
    const LARGE: u64 = u64::MAX / 1000;
    let Some((head, body)) = characters.split_at_checked(4) else { return false };
    let number = body.iter().chain(head).fold(0_u64, |number, character| {
        let number = if number > LARGE { number % 97 } else { number };
        match character {
            b'0'..=b'9' => number * 10 + u64::from(character - b'0'),
            _ => number * 100 + u64::from(character - b'A') + 10,
        }
    });
    number % 97 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len()).find_map(|at| text.get(at..end(text.as_bytes(), at)?))
    }

    #[test]
    fn accounts_in_both_spellings() {
        for account in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "GB29 NWBK 6016 1331 9268 19",
            "FR1420041010050500013M02606",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            for (before, behind) in [("", ""), ("to ", " today"), ("iban=", ";"), ("(", ")"), ("é", "é")] {
                assert_eq!(found(&format!("{before}{account}{behind}")), Some(account));
            }
        }
    }

    #[test]
    fn what_fails_a_check_is_left_alone() {
        for text in [
            "DE88370400440532013000",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "xDE89370400440532013000",
            "ZZ89370400440532013000",
            "DE89 3704 0044 0532 013000",
            "de89370400440532013000",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
