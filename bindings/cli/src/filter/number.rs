//! Numbers of lines and filters: whole ones exactly, others as doubles.

use std::cmp::Ordering;

#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Whole(i128),
    Double(f64),
}

impl Number {
    /// A number as JSON writes it, and nothing else that Rust reads as one.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        if let Some(whole) = digits(text) {
            return Some(Self::Whole(whole));
        }
        let text = std::str::from_utf8(text).ok()?;
        if !text.strip_prefix('-').unwrap_or(text).starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let whole = text.parse().ok().map(Self::Whole);
        whole.or_else(|| text.parse().ok().map(Self::Double))
    }

    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(one), Self::Whole(two)) => Some(one.cmp(&two)),
            (one, two) => one.double().partial_cmp(&two.double()),
        }
    }

    fn double(self) -> f64 {
        match self {
            // Rounded, as the other side of the comparison already is.
            Self::Whole(whole) => whole as f64,
            Self::Double(double) => double,
        }
    }
}

/// A number of digits alone that fits into 64 bits, as most do: a search reads millions of them.
fn digits(text: &[u8]) -> Option<i128> {
    let add = |number: u64, byte: &u8| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'));
    let fits = (1..=18).contains(&text.len());
    fits.then(|| text.iter().try_fold(0, add)).flatten().map(i128::from)
}
