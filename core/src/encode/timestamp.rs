//! RFC 3339 time stamps in UTC with microseconds.
//!
//! Not for reading them: `config::instant` does that once, at set-up.

use std::cell::Cell;

/// `YYYY-MM-DDTHH:MM:SS`
type Second = [u8; 19];

thread_local! {
    /// The last second and its text: consecutive records mostly share it.
    static LAST: Cell<(i64, Second)> = const { Cell::new((i64::MIN, [b'0'; 19])) };
}

/// The years that four digits can show.
const RANGE_SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Appends the stamp of `wall_ns`, nanoseconds since 1970-01-01 UTC, without quotes.
///
/// Nanoseconds are cut, not rounded. Years outside 0001 to 9999 are shown as the nearest of them.
#[inline]
pub fn write_rfc3339(out: &mut Vec<u8>, wall_ns: i64) {
    out.extend_from_slice(&stamp(wall_ns, second_text));
}

/// The same stamp for a time that is data: its second is not the one of the records around it.
#[must_use]
pub fn rfc3339(wall_ns: i64) -> [u8; 27] {
    stamp(wall_ns, render_second)
}

#[inline]
fn stamp(wall_ns: i64, text_of: impl FnOnce(i64) -> Second) -> [u8; 27] {
    let micros = wall_ns.div_euclid(1_000);
    let second = micros.div_euclid(1_000_000).clamp(*RANGE_SECONDS.start(), *RANGE_SECONDS.end());
    let fraction = micros.rem_euclid(1_000_000) as u32;
    let text = text_of(second);
    let mut stamp = [b'0'; 27];
    let (head, tail) = stamp.split_at_mut(19);
    head.copy_from_slice(&text);
    write_fraction(tail, fraction);
    stamp
}

/// `.ffffffZ`
#[inline]
fn write_fraction(tail: &mut [u8], mut fraction: u32) {
    let mut digits = tail.iter_mut().rev();
    if let Some(zulu) = digits.next() {
        *zulu = b'Z';
    }
    for digit in digits.by_ref().take(6) {
        *digit = b'0' + (fraction % 10) as u8;
        fraction /= 10;
    }
    if let Some(point) = digits.next() {
        *point = b'.';
    }
}

#[inline]
fn second_text(second: i64) -> Second {
    // The slot is gone while the thread ends; then the text is made anew.
    let known = LAST.try_with(Cell::get).ok().filter(|(known, _)| *known == second);
    match known {
        Some((_, text)) => text,
        None => {
            let text = render_second(second);
            let _ = LAST.try_with(|last| last.set((second, text)));
            text
        }
    }
}

#[inline(never)]
fn render_second(second: i64) -> Second {
    let (days, rest) = (second.div_euclid(86_400), second.rem_euclid(86_400) as u32);
    let (year, month, day) = civil(days);
    let mut text = *b"0000-00-00T00:00:00";
    put(&mut text, 0, 4, year);
    put(&mut text, 5, 2, month);
    put(&mut text, 8, 2, day);
    put(&mut text, 11, 2, rest / 3_600);
    put(&mut text, 14, 2, rest / 60 % 60);
    put(&mut text, 17, 2, rest % 60);
    text
}

fn put(text: &mut Second, at: usize, width: usize, mut number: u32) {
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
        assert_eq!(stamp(4_102_444_799_999_999_999), "2099-12-31T23:59:59.999999Z");
    }

    #[test]
    fn the_cached_second_does_not_leak_into_the_next() {
        assert_eq!(stamp(1_000_000_000), "1970-01-01T00:00:01.000000Z");
        assert_eq!(stamp(2_000_000_000), "1970-01-01T00:00:02.000000Z");
    }
}
