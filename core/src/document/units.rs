//! Durations and sizes as people write them: `5s`, `1.5h`, `64KiB`.
//! Not for plain numbers, which are seconds and bytes: the caller handles those.

use std::time::Duration;

/// The longest time that the document takes where nothing else bounds it.
pub const DAY: Duration = Duration::from_secs(86_400);

/// Reads a duration with a unit: ns us ms s m min h d. Nothing for anything else.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let seconds = match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * seconds).ok()
}

/// Reads a size with a unit, in any case: B, KB MB GB (powers of 1000), KiB MiB GiB (powers of 1024).
pub(super) fn size_bytes(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let bytes: f64 = match unit.to_ascii_lowercase().as_str() {
        "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    // Beyond 2^53 a double is no longer exact, and no size here comes near.
    let total = number * bytes;
    (total <= 9e15).then_some(total as u64)
}

/// A decimal number without sign or exponent, and what follows it.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let starts_well = number.starts_with(|c: char| c.is_ascii_digit());
    let number = number.parse().ok().filter(|_| starts_well)?;
    Some((number, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("5s", 5_000_000_000),
            ("100ms", 100_000_000),
            ("0.1ms", 100_000),
            ("7us", 7_000),
            ("7µs", 7_000),
            ("12ns", 12),
            (" 1.5 h ", 5_400_000_000_000),
            ("2m", 120_000_000_000),
            ("2min", 120_000_000_000),
            ("1d", 86_400_000_000_000),
            ("0s", 0),
        ];
        for (text, ns) in cases {
            assert_eq!(duration(text), Some(Duration::from_nanos(ns)), "{text}");
        }
        for text in
            ["", "5", "s", "-5s", "5S", "5 seconds", "1e3s", "..s", "1.2.3s", "NaNs", "∞s", &"9".repeat(400)]
        {
            assert_eq!(duration(text), None, "{text}");
        }
        assert_eq!(duration("99999999999999999999999d"), None);
    }

    #[test]
    fn sizes() {
        let cases = [
            ("0B", 0),
            ("512b", 512),
            ("64KiB", 65_536),
            ("64kib", 65_536),
            ("1.5MiB", 1_572_864),
            ("1MB", 1_000_000),
            ("2 GiB", 2_147_483_648),
            ("1gb", 1_000_000_000),
        ];
        for (text, bytes) in cases {
            assert_eq!(size_bytes(text), Some(bytes), "{text}");
        }
        for text in ["", "64", "KiB", "-1B", "64K", "1TiBx", "99999999999999999GiB"] {
            assert_eq!(size_bytes(text), None, "{text}");
        }
    }
}
