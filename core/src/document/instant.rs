//! Reads an RFC 3339 date-time.
//! Not for writing one: lines have their own, faster writer.

/// Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 date-time with offset, such as `2026-03-01T12:00:00Z`.
#[must_use]
pub fn nanoseconds(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let days = days(date)?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = rest.split_at_checked(zone_at)?;
    let seconds =
        days * 86_400 + clock(time.split_once('.').map_or(time, |(whole, _)| whole))? - offset(zone)?;
    let fraction = match time.split_once('.') {
        Some((_, digits)) => fraction(digits)?,
        None => 0,
    };
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let right = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| right)
}

fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if parts.next().is_some() || !(1..=length).contains(&day) {
        return None;
    }
    // Counting years from March puts the leap day last, so one formula gives the day of the year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

fn clock(time: &str) -> Option<i64> {
    let mut parts = time.split(':');
    let (hour, minute, second) =
        (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let fits = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    fits.then_some(hour * 3_600 + minute * 60 + second)
}

fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, digits) = match zone.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, zone.strip_prefix('-')?),
    };
    clock(&format!("{digits}:00")).map(|seconds| sign * seconds)
}

fn fraction(digits: &str) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    number(&format!("{digits:0<9}"), 9)
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    #[test]
    fn instants() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000000001Z", 1),
            ("1969-12-31T23:59:59Z", -1_000_000_000),
            ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
            ("2026-01-02T03:04:05.123456Z", 1_767_323_045_123_456_000),
            ("2026-01-02T05:04:05.123456+02:00", 1_767_323_045_123_456_000),
            ("2026-01-02t01:34:05.5-01:30", 1_767_323_045_500_000_000),
            ("2100-12-31 23:59:59z", 4_133_980_799_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(nanoseconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_rfc_3339() {
        let bad = [
            "",
            "now",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T00:60:00Z",
            "26-01-02T00:00:00Z",
            "2026-01-02T00:00:00.Z",
            "2026-01-02T00:00:00.0000000001Z",
            "2026-01-02T00:00:00+2:00",
            "9999-01-01T00:00:00Z",
            "2026-01-02T00:00:00ZZ",
            "+026-01-02T00:00:00Z",
            "2026-01-02-03T00:00:00Z",
        ];
        for text in bad {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }
}
