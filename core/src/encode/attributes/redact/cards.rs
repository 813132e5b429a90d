//! Numbers of payment cards: an issuer's prefix and length, the Luhn check, and a sign that a card is meant.
//!
//! The sign is the grouping that is printed on cards, or a word about cards close by: one in ten numbers passes the
//! check, and logs are full of numbers.

use memchr::memmem;

/// How far a word about cards may stand from a number that is written without groups.
const NEAR_BYTES: usize = 32;

/// Words about cards, in lower case.
const WORDS: [&[u8]; 11] = [
    b"card",
    b"cards",
    b"credit",
    b"debit",
    b"visa",
    b"mastercard",
    b"amex",
    b"discover",
    b"jcb",
    b"pan",
    b"cc",
];

/// No number of a card has more digits.
const MOST_DIGITS: usize = 19;

/// The groups that are printed on cards.
const GROUPS: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];

/// The end of the card number that begins at `start`, where a row of digits up to `row_end` begins.
pub(super) fn end(text: &[u8], start: usize, row_end: usize) -> Option<usize> {
    let row = row_end - start;
    match row {
        4 => {
            // Dates and the like end here: their next group is shorter.
            let [b' ' | b'-', next @ ..] = text.get(row_end..)? else { return None };
            let second = next.iter().take(7).take_while(|byte| byte.is_ascii_digit()).count();
            let mut groups = GROUPS.iter().rev().filter(|groups| groups.get(1) == Some(&second));
            groups.find_map(|groups| grouped(text, start, groups))
        }
        13..=MOST_DIGITS => {
            let end = start + row;
            (stands_alone(text, start, end)
                && is_card(text.get(start..end)?)
                && is_near_word(text, start, end))
            .then_some(end)
        }
        _ => None,
    }
}

fn grouped(text: &[u8], start: usize, groups: &[usize]) -> Option<usize> {
    let separator = *text.get(start + 4)?;
    if !matches!(separator, b' ' | b'-') {
        return None;
    }
    let (mut digits, mut count) = ([0; MOST_DIGITS], 0);
    let mut at = start;
    for (place, length) in groups.iter().enumerate() {
        if place > 0 {
            text.get(at).filter(|byte| **byte == separator)?;
            at += 1;
        }
        let group = text.get(at..at + length).filter(|group| group.iter().all(u8::is_ascii_digit))?;
        digits.get_mut(count..count + length)?.copy_from_slice(group);
        count += length;
        at += length;
    }
    let digits = digits.get(..count)?;
    // Dashes hold more together than spaces do: `1234-4111-1111-1111-1111` is something else.
    let dashed = |at: Option<usize>| at.and_then(|at| text.get(at)) == Some(&b'-');
    let is_alone = stands_alone(text, start, at) && !dashed(start.checked_sub(1)) && !dashed(Some(at));
    (is_alone && is_card(digits)).then_some(at)
}

/// Whether no letter, digit, underscore or decimal point touches it.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let touches = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    let is_free = before.is_none_or(|byte| !touches(byte));
    let behind = text.get(end..).unwrap_or_default();
    match behind {
        [b'.' | b'-', next, ..] => is_free && !next.is_ascii_alphanumeric(),
        [next, ..] => is_free && !next.is_ascii_alphanumeric() && *next != b'_',
        [] => is_free,
    }
}

/// Whether these digits are a number that an issuer gives.
fn is_card(digits: &[u8]) -> bool {
    let number = |count: usize| digits.iter().take(count).fold(0, |sum, d| sum * 10 + u32::from(d - b'0'));
    let fits = matches!(
        (digits.len(), number(4)),
        (13 | 16 | 19, 4000..=4999)
            | (16, 2221..=2720 | 5100..=5599)
            | (15, 3400..=3499 | 3700..=3799)
            | (14, 3000..=3059 | 3600..=3699 | 3800..=3999)
            | (16..=19, 3528..=3589 | 6011 | 6200..=6299 | 6440..=6599)
    );
    fits && passes_luhn(digits)
}

fn passes_luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let values = digits.iter().rev().map(|digit| digit - b'0').enumerate();
    let sum: u32 =
        values.map(|(place, digit)| u32::from(if place % 2 == 1 { doubled(digit) } else { digit })).sum();
    sum.is_multiple_of(10)
}

/// Whether a word about cards stands close to it, on either side.
fn is_near_word(text: &[u8], start: usize, end: usize) -> bool {
    let before = text.get(start.saturating_sub(NEAR_BYTES)..start).unwrap_or_default();
    let behind = text.get(end..text.len().min(end + NEAR_BYTES)).unwrap_or_default();
    holds_word(before) || holds_word(behind)
}

fn holds_word(near: &[u8]) -> bool {
    let lower = near.to_ascii_lowercase();
    WORDS.iter().any(|word| {
        memmem::find_iter(&lower, word).any(|at| {
            let end = at + word.len();
            // `cardNumber` has the word, `cardinal` and `discard` do not.
            let letter =
                |at: Option<usize>| at.and_then(|at| near.get(at)).copied().filter(u8::is_ascii_alphabetic);
            let begins = letter(at.checked_sub(1)).is_none_or(|before| {
                before.is_ascii_lowercase() && near.get(at).is_some_and(u8::is_ascii_uppercase)
            });
            begins && letter(Some(end)).is_none_or(|next| next.is_ascii_uppercase())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::shapes::run;
    use super::*;

    /// The first card number of a text.
    fn found(text: &str) -> Option<&str> {
        let bytes = text.as_bytes();
        (0..bytes.len())
            .filter(|at| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit()))
            .find_map(|at| {
                text.get(at..end(bytes, at, at + run(&bytes[at..], |byte| byte.is_ascii_digit()))?)
            })
    }

    #[test]
    fn cards_with_a_sign_that_they_are_cards() {
        for (text, card) in [
            ("4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("paid by 5555-5555-5555-4444, thanks", "5555-5555-5555-4444"),
            ("3782 822463 10005 12/27", "3782 822463 10005"),
            ("no 12 3056 930902 5904.", "3056 930902 5904"),
            ("card 4111111111111111", "4111111111111111"),
            ("cardNumber=6011111111111117;", "6011111111111117"),
            ("4222222222222 (visa)", "4222222222222"),
            ("pan:2223003122003222", "2223003122003222"),
            ("MasterCard 5105105105105100", "5105105105105100"),
        ] {
            assert_eq!(found(text), Some(card), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "4111111111111111",
            "order 4111111111111111",
            "cardinality 4111111111111111",
            "discarded 4111111111111111",
            "4111 1111 1111 1112",
            "1234-4111-1111-1111-1111",
            "4111 1111-1111 1111",
            "card 1767323045123",
            "card 41111111111111110000",
            "card id a4111111111111111",
            "card 4111111111111111.00",
            "card 4111111111111111-7c1e",
            "9111 1111 1111 1111",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
