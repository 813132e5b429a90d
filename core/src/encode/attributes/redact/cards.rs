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

/// The digits of the first group that is printed on a card.
pub(super) const GROUP: u32 = 4;

/// No number of a card has fewer digits, or more.
pub(super) const FEWEST_DIGITS: u32 = 13;
const MOST_DIGITS: usize = 19;

/// The end of the card number that begins at `start`, where a row of digits up to `row_end` begins.
pub(super) fn end(text: &[u8], start: usize, row_end: usize) -> Option<usize> {
    match row_end - start {
        4 => grouped(text, start, row_end),
        13..=MOST_DIGITS => {
            let mut number = Number::default();
            number.add(text.get(start..row_end)?)?;
            (number.is_issued()
                && stands_alone(text, start, row_end)
                && number.passes_luhn()
                && is_near_word(text, start, row_end))
            .then_some(row_end)
        }
        _ => None,
    }
}

/// The end of a number in the groups that are printed on cards, the first of which ends at `group_end`.
fn grouped(text: &[u8], start: usize, group_end: usize) -> Option<usize> {
    let separator = *text.get(group_end).filter(|byte| matches!(byte, b' ' | b'-'))?;
    // Dashes hold more together than spaces do: `1234-4111-1111-1111-1111` is something else.
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    if before.is_some_and(|byte| touches(*byte)) {
        return None;
    }
    let mut number = Number::default();
    number.add(text.get(start..group_end)?)?;
    if text.get(group_end + 5) == Some(&separator) {
        let at = number.add_groups(text, group_end, separator, &[4, 4, 4])?;
        let mut longer = number;
        let end = longer.add_groups(text, at, separator, &[3]).filter(|end| longer.is_card(text, *end));
        return end.or_else(|| number.is_card(text, at).then_some(at));
    }
    let groups: [&[usize]; 2] = [&[6, 5], &[6, 4]];
    groups.iter().find_map(|groups| {
        let mut number = number;
        number.add_groups(text, group_end, separator, groups).filter(|end| number.is_card(text, *end))
    })
}

/// The digits of a number that may be a card's.
#[derive(Clone, Copy, Debug, Default)]
struct Number {
    /// Their values, zeros behind them.
    values: [u8; 24],
    count: usize,
}

impl Number {
    /// Puts a group behind what there is, if it is one of digits.
    #[inline]
    fn add(&mut self, group: &[u8]) -> Option<()> {
        let places = self.values.get_mut(self.count..self.count + group.len())?;
        if let (Some(places), Ok(group)) = (places.first_chunk_mut::<4>(), <[u8; 4]>::try_from(group)) {
            // The most common group, at once: with this added, ten and more reach the highest bit of their byte.
            let values = u32::from_le_bytes(group) ^ 0x3030_3030;
            *places = values.to_le_bytes();
            self.count += group.len();
            return ((((values & 0x7f7f_7f7f) + 0x7676_7676) | values) & 0x8080_8080 == 0).then_some(());
        }
        for (place, byte) in places.iter_mut().zip(group) {
            *place = byte.wrapping_sub(b'0');
        }
        self.count += group.len();
        places.iter().all(|value| *value < 10).then_some(())
    }

    /// Puts groups behind what there is, each behind a separator from `at` on; returns where the last one ends.
    #[inline]
    fn add_groups(&mut self, text: &[u8], mut at: usize, separator: u8, groups: &[usize]) -> Option<usize> {
        for length in groups {
            let group = text.get(at..at + 1 + length)?.strip_prefix(&[separator])?;
            self.add(group)?;
            at += 1 + length;
        }
        Some(at)
    }

    /// Whether it is a card's, in groups that end at `end`.
    #[inline]
    fn is_card(&self, text: &[u8], end: usize) -> bool {
        text.get(end) != Some(&b'-') && ends_at(text, end) && self.is_issued() && self.passes_luhn()
    }

    /// Whether an issuer gives numbers of this length that begin so.
    fn is_issued(&self) -> bool {
        let [a, b, c, d, ..] = self.values.map(u32::from);
        matches!(
            (self.count, 1000 * a + 100 * b + 10 * c + d),
            (13 | 16 | 19, 4000..=4999)
                | (16, 2221..=2720 | 5100..=5599)
                | (15, 3400..=3499 | 3700..=3799)
                | (14, 3000..=3059 | 3600..=3699 | 3800..=3999)
                | (16..=19, 3528..=3589 | 6011 | 6200..=6299 | 6440..=6599)
        )
    }

    /// Whether the last digit is the check digit of the others, eight digits at once.
    fn passes_luhn(&self) -> bool {
        const EVERY_OTHER: u64 = 0x00ff_00ff_00ff_00ff;
        const ONES: u64 = 0x0001_0001_0001_0001;
        let (words, _) = self.values.as_chunks();
        let sum: u64 = words
            .iter()
            .map(|word| {
                let word = u64::from_le_bytes(*word);
                let (even, odd) = (word & EVERY_OTHER, word >> 8 & EVERY_OTHER);
                // The last digit is not doubled.
                let (doubled, others) = if self.count.is_multiple_of(2) { (even, odd) } else { (odd, even) };
                // Of a double of two digits the sum is nine less; 123 more and five reaches the eighth bit.
                let carries = (doubled + 123 * ONES) >> 7 & ONES;
                (2 * doubled + others - 9 * carries).wrapping_mul(ONES) >> 48
            })
            .sum();
        sum.is_multiple_of(10)
    }
}

/// Whether no letter, digit, underscore, dash or decimal point touches it.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    before.is_none_or(|byte| !touches(*byte)) && ends_at(text, end)
}

fn touches(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Whether nothing that touches a number follows it; a full stop may, and a dash.
fn ends_at(text: &[u8], end: usize) -> bool {
    match text.get(end..).unwrap_or_default() {
        [b'.' | b'-', next, ..] => !next.is_ascii_alphanumeric(),
        [next, ..] => !next.is_ascii_alphanumeric() && *next != b'_',
        [] => true,
    }
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
