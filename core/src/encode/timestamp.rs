//! RFC 3339 time stamps in UTC with microseconds.
//!
//! Not for reading them: `document::instant` does that once, at set-up.

use super::numbers::eight_digits;
use super::pieces::put;
use std::cell::Cell;

/// `YYYY-MM-DDTHH:MM:SS`
type Second = [u8; 19];

const FIRST: (i64, Second) = (0, *b"1970-01-01T00:00:00");

const NS_PER_SECOND: i64 = 1_000_000_000;

thread_local! {
    /// The last second, by its first nanosecond, and its text: consecutive records mostly share it.
    static LAST: Cell<(i64, Second)> = const { Cell::new(FIRST) };
}

/// The years that four digits can show.
const RANGE_SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Appends the stamp of `wall_ns`, nanoseconds since 1970-01-01 UTC, without quotes.
#[inline]
pub(super) fn write_rfc3339(out: &mut Vec<u8>, wall_ns: i64) {
    out.extend_from_slice(&rfc3339(wall_ns));
}

/// The stamp of `wall_ns`, nanoseconds since 1970-01-01 UTC.
///
/// Nanoseconds are cut, not rounded. Years outside 0001 to 9999 are shown as the nearest of them.
#[inline]
pub(super) fn rfc3339(wall_ns: i64) -> [u8; 27] {
    // The slot is gone while the thread ends; then the text is made anew.
    let known = LAST.try_with(Cell::get).unwrap_or(FIRST);
    let second = match wall_ns.checked_sub(known.0) {
        Some(0..NS_PER_SECOND) => known,
        _ => other_second(wall_ns),
    };
    stamp(wall_ns, second)
}

/// The same stamp for a time that is data: its second is not the one of the records around it.
#[must_use]
pub fn rfc3339_of_data(wall_ns: i64) -> [u8; 27] {
    stamp(wall_ns, second_of(wall_ns))
}

#[inline]
fn stamp(wall_ns: i64, (first_ns, second): (i64, Second)) -> [u8; 27] {
    let mut stamp = *b"0000-00-00T00:00:00.000000Z";
    put(&mut stamp, 0, &second);
    let micros = (wall_ns.wrapping_sub(first_ns) as u64 % NS_PER_SECOND as u64 / 1_000) as u32;
    let [_, _, fraction @ ..] = eight_digits(micros).to_le_bytes();
    put(&mut stamp, 20, &fraction);
    stamp
}

/// The first nanosecond of a second and its text, which are kept for the next one. The very first second begins before
/// what 64 bits can say; from there differences still come out right.
#[cold]
fn other_second(wall_ns: i64) -> (i64, Second) {
    let found = second_of(wall_ns);
    if found.0 <= wall_ns {
        let _ = LAST.try_with(|last| last.set(found));
    }
    found
}

fn second_of(wall_ns: i64) -> (i64, Second) {
    let second = wall_ns.div_euclid(NS_PER_SECOND);
    let shown = second.clamp(*RANGE_SECONDS.start(), *RANGE_SECONDS.end());
    (second.wrapping_mul(NS_PER_SECOND), render_second(shown))
}

#[inline(never)]
fn render_second(second: i64) -> Second {
    let (days, rest) = (second.div_euclid(86_400), second.rem_euclid(86_400) as u32);
    let (year, month, day) = civil(days);
    let mut text = *b"0000-00-00T00:00:00";
    put_number(&mut text, 0, 4, year);
    put_number(&mut text, 5, 2, month);
    put_number(&mut text, 8, 2, day);
    put_number(&mut text, 11, 2, rest / 3_600);
    put_number(&mut text, 14, 2, rest / 60 % 60);
    put_number(&mut text, 17, 2, rest % 60);
    text
}

fn put_number(text: &mut Second, at: usize, width: usize, mut number: u32) {
    for digit in text.iter_mut().skip(at).take(width).rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Year, month and day of a day count since 1970-01-01 in the Gregorian calendar.
///
/// Works in years that begin in March, so that the leap day is the last day of one.
fn civil(days: i64) -> (u32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(wall_ns: i64) -> String {
        let mut out = Vec::new();
        write_rfc3339(&mut out, wall_ns);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn known_instants() {
        assert_eq!(stamp(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(stamp(1_709_210_096_123_456_789), "2024-02-29T12:34:56.123456Z");
        assert_eq!(stamp(951_782_400_000_000_000), "2000-02-29T00:00:00.000000Z");
        assert_eq!(stamp(-1_000), "1969-12-31T23:59:59.999999Z");
        assert_eq!(stamp(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(stamp(i64::MIN), "1677-09-21T00:12:43.145224Z");
        assert_eq!(stamp(i64::MIN), "1677-09-21T00:12:43.145224Z");
        assert_eq!(stamp(i64::MAX), "2262-04-11T23:47:16.854775Z");
        assert_eq!(stamp(4_102_444_799_999_999_999), "2099-12-31T23:59:59.999999Z");
    }

    #[test]
    fn the_cached_second_does_not_leak_into_the_next() {
        assert_eq!(stamp(1_000_000_000), "1970-01-01T00:00:01.000000Z");
        assert_eq!(stamp(2_000_000_000), "1970-01-01T00:00:02.000000Z");
    }
}
