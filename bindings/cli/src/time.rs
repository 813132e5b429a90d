//! Times of lines as numbers, and numbers as text for a person.
//! Of times only the one form that a line may hold is understood.

const US_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Microseconds since 1970 of `2026-11-21T10:00:00.123456Z`.
pub(crate) fn parse_us(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (clock, fraction) = time.split_once('.')?;
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    if fraction.len() != 6 || !(1..=12).contains(&month) || !(0..=9999).contains(&year) {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    Some(seconds * US_PER_SECOND + fraction.parse::<i64>().ok()?)
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar; the year is taken to begin in March, so
/// that the leap day is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `2026-11-21 10:00:00 UTC` of microseconds since 1970.
pub(crate) fn date_and_time(us: i64) -> String {
    let seconds = us.div_euclid(US_PER_SECOND);
    let (days, second) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// `2026-11-21T10:00:00.123456Z` of microseconds since 1970, as lines have it.
pub(crate) fn rfc3339(us: i64) -> String {
    let shown = date_and_time(us);
    let (date, clock) = (shown.get(..10).unwrap_or_default(), shown.get(11..19).unwrap_or_default());
    format!("{date}T{clock}.{:06}Z", us.rem_euclid(US_PER_SECOND))
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
