//! The bounds of time, `--since` and `--until`.

use std::time::SystemTime;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};

use crate::members::{Members, string};
use crate::time;

const ACCEPTED: &str = "a length of time back from now such as 10m, 2h or 1d, or a time such as 2026-11-30T10:00Z or \
                        2026-11-30, which is UTC without a zone";

/// Microseconds since 1970: from the first one on, before the second one.
pub(super) struct Bounds {
    since: Option<i64>,
    until: Option<i64>,
}

impl Bounds {
    pub(super) fn read(
        since: Option<&str>,
        until: Option<&str>,
        now: SystemTime,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut read = |name: &str, text: Option<&str>| {
            let text = text?;
            let found = time_us(text, now);
            if found.is_none() {
                problems.push(format!("--{name} {text}: no time; accepted: {ACCEPTED}"));
            }
            found
        };
        Self { since: read("since", since), until: read("until", until) }
    }

    pub(super) fn are_open(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// Whether the line is between them. One without a time is not.
    pub(super) fn hold(&self, members: &Members<'_>) -> bool {
        if self.are_open() {
            return true;
        }
        let time = members.get("timestamp").and_then(of_value);
        time.is_some_and(|time| {
            self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
        })
    }
}

/// The time that a line gives, in microseconds since 1970.
pub(super) fn of_value(value: &[u8]) -> Option<i64> {
    let text = string(value)?;
    time::parse_us(&text).or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond))
}

/// A time as a person writes it.
pub(super) fn time_us(text: &str, now: SystemTime) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_microsecond());
    }
    if let Ok(time) = text.parse::<DateTime>() {
        return TimeZone::UTC.to_timestamp(time).ok().map(Timestamp::as_microsecond);
    }
    let span: Span = text.trim_start_matches('-').parse().ok()?;
    let back = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    let now = Timestamp::try_from(now).ok()?;
    now.checked_sub(back).ok().map(Timestamp::as_microsecond)
}
