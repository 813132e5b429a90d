//! Amounts: durations, sizes, statuses of HTTP.

use super::words::{at, before, is_word, runs};

/// Units that stand at their number, and those that may stand apart from it.
const SHORT_TIMES: [&str; 10] = ["ns", "us", "µs", "μs", "ms", "s", "m", "min", "h", "d"];
const LONG_TIMES: [&str; 23] = [
    "ns",
    "us",
    "µs",
    "μs",
    "ms",
    "sec",
    "secs",
    "second",
    "seconds",
    "min",
    "mins",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "millisecond",
    "milliseconds",
    "microsecond",
    "microseconds",
    "nanosecond",
    "nanoseconds",
];
const SHORT_SIZES: [&str; 11] = ["B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "PB"];
const LONG_SIZES: [&str; 12] =
    ["byte", "bytes", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "PB"];

/// A number with a unit of time: `12ms`, `1.5 seconds`.
pub(super) fn durations<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    amounts(text, &SHORT_TIMES, &LONG_TIMES, tell);
}

/// A number with a unit of bytes: `64KiB`, `10 MB`.
pub(super) fn sizes<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    amounts(text, &SHORT_SIZES, &LONG_SIZES, tell);
}

fn amounts<'t>(text: &'t str, short: &[&str], long: &[&str], tell: &mut dyn FnMut(&'t str)) {
    for (start, number) in runs(text, 32, |byte| byte.is_ascii_digit() || byte == b'.') {
        let number = number.trim_start_matches('.');
        let follows = before(text, start).is_some_and(|b| is_word(b) || matches!(b, b'.' | b':' | b'/'));
        let is_number = !number.ends_with('.') && number.bytes().filter(|b| *b == b'.').count() <= 1;
        if follows || number.is_empty() || !is_number {
            continue;
        }
        let end = start + number.len();
        let is_apart = at(text, end) == Some(b' ');
        let unit_at = end + usize::from(is_apart);
        let unit = unit(text.get(unit_at..).unwrap_or_default());
        let known = if is_apart { long } else { short };
        if known.contains(&unit) {
            tell(text.get(start..unit_at + unit.len()).unwrap_or_default());
        }
    }
}

/// The word that a text begins with, if nothing that belongs to it follows.
fn unit(text: &str) -> &str {
    const LONGEST: usize = 12;
    let length = text.bytes().take(LONGEST + 1).take_while(|b| is_word(*b)).count();
    let is_rate = at(text, length) == Some(b'/');
    if length > LONGEST || is_rate { "" } else { text.get(..length).unwrap_or_default() }
}

/// A number from 100 to 599 behind `status`, `status code` or the version of HTTP.
pub(super) fn statuses<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    for (start, number) in runs(text, 3, |byte| byte.is_ascii_digit()) {
        let is_alone = !before(text, start).is_some_and(|b| is_word(b) || matches!(b, b'.' | b'-'))
            && !at(text, start + number.len()).is_some_and(|b| is_word(b) || b == b'/');
        let is_status = number.len() == 3 && matches!(number.as_bytes().first(), Some(b'1'..=b'5'));
        if is_alone && is_status && follows_status(text.get(..start).unwrap_or_default()) {
            tell(number);
        }
    }
}

fn follows_status(text: &str) -> bool {
    const LONGEST_WORD: usize = 24;
    let is_between = |byte: u8| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\'' | b'(' | b'[');
    let last_word = |text: &'_ str| -> (usize, usize) {
        let gap = text.bytes().rev().take(4).take_while(|b| is_between(*b)).count();
        let end = text.len() - gap;
        let ahead = text.as_bytes().get(..end).unwrap_or_default();
        let is_part = |b: &u8| is_word(*b) || matches!(b, b'/' | b'.' | b'-');
        (end - ahead.iter().rev().take(LONGEST_WORD).take_while(|b| is_part(b)).count(), end)
    };
    let (start, end) = last_word(text);
    let word = text.get(start..end).unwrap_or_default().to_ascii_lowercase();
    let is_status = |word: &str| {
        matches!(word, "status" | "statuscode" | "status_code" | "status-code" | "http" | "http_status")
            || word.ends_with(".status_code")
            || word.strip_prefix("http/").is_some_and(|version| version.len() <= 3)
    };
    if word == "code" {
        let (start, end) = last_word(text.get(..start).unwrap_or_default());
        return is_status(&text.get(start..end).unwrap_or_default().to_ascii_lowercase());
    }
    is_status(&word)
}
