//! Times of lines as numbers, and numbers as text for a person.
//! Of times only the one form that a line may hold is understood.

use jiff::Timestamp;

/// How long the one form is.
const FORM: usize = "2026-11-21T10:00:00.123456Z".len();

/// Microseconds since 1970 of `2026-11-21T10:00:00.123456Z`.
pub(crate) fn parse_us(text: &str) -> Option<i64> {
    let is_of_the_form = text.len() == FORM && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    let time: Timestamp = is_of_the_form.then(|| text.parse().ok())??;
    Some(time.as_microsecond())
}

/// `2026-11-21 10:00:00 UTC` of microseconds since 1970.
pub(crate) fn date_and_time(us: i64) -> String {
    shown(us, "%Y-%m-%d %H:%M:%S UTC")
}

/// `2026-11-21T10:00:00.123456Z` of microseconds since 1970, as lines have it.
pub(crate) fn rfc3339(us: i64) -> String {
    shown(us, "%Y-%m-%dT%H:%M:%S%.6fZ")
}

/// A time that no calendar has is shown as the nearest one that it has.
fn shown(us: i64, form: &str) -> String {
    let time = Timestamp::from_microsecond(us);
    time.unwrap_or(if us < 0 { Timestamp::MIN } else { Timestamp::MAX }).strftime(form).to_string()
}

/// A length of time in the unit that suits it, at most eight columns.
pub(crate) fn duration(ns: i64) -> String {
    // Exact in a double far beyond any span's length; three significant digits are shown.
    let value = ns as f64;
    match ns {
        ..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{:.1} µs", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2} ms", value / 1e6),
        1_000_000_000..100_000_000_000 => format!("{:.2} s", value / 1e9),
        _ => format!("{:.0} s", value / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::{date_and_time, duration, parse_us, rfc3339};

    #[test]
    fn times_go_there_and_back() {
        for (text, us) in [
            ("1970-01-01T00:00:00.000000Z", 0),
            ("2000-02-29T12:00:00.000001Z", 951_825_600_000_001),
            ("2026-11-21T10:00:00.123456Z", 1_795_255_200_123_456),
            ("1969-12-31T23:59:59.000000Z", -1_000_000),
        ] {
            assert_eq!(parse_us(text), Some(us), "{text}");
            let shown = format!("{} {} UTC", &text[..10], &text[11..19]);
            assert_eq!(date_and_time(us), shown);
            assert_eq!(rfc3339(us), text);
        }
    }

    #[test]
    fn other_forms_are_not_times() {
        for text in
            ["", "2026-11-21", "2026-11-21T10:00:00Z", "2026-13-01T00:00:00.000000Z", "x-y-zTa:b:c.123456Z"]
        {
            assert_eq!(parse_us(text), None, "{text}");
        }
    }

    #[test]
    fn durations_use_the_unit_that_suits() {
        let shown: Vec<String> =
            [7, 1_500, 12_345_678, 1_500_000_000, 250_000_000_000].into_iter().map(duration).collect();
        assert_eq!(shown, ["7 ns", "1.5 µs", "12.35 ms", "1.50 s", "250 s"]);
    }
}
