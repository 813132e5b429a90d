//! Levels of `log` and severities.

use log::{Level, LevelFilter};
use vigie_core::{Severity, Telemetry};

/// The severity of a level.
pub(crate) fn severity_of(level: Level) -> Severity {
    match level {
        Level::Error => Severity::ERROR,
        Level::Warn => Severity::WARN,
        Level::Info => Severity::INFO,
        Level::Debug => Severity::DEBUG,
        Level::Trace => Severity::TRACE,
    }
}

/// The finest level that the settings let through for any logger; that of the defaults before there are settings.
pub(crate) fn finest(telemetry: &Telemetry) -> LevelFilter {
    let Some(settings) = telemetry.settings() else { return LevelFilter::Info };
    if settings.disabled {
        return LevelFilter::Off;
    }
    let levels = settings.levels.values().copied().chain([settings.level]);
    levels.min().map_or(LevelFilter::Info, filter_of)
}

/// The level whose records have at least this severity.
fn filter_of(severity: Severity) -> LevelFilter {
    match severity.number() {
        ..=1 => LevelFilter::Trace,
        2..=5 => LevelFilter::Debug,
        6..=9 => LevelFilter::Info,
        10..=13 => LevelFilter::Warn,
        14..=17 => LevelFilter::Error,
        // Nothing of `log` is as severe.
        _ => LevelFilter::Off,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_lets_through_exactly_what_a_severity_asks_for() {
        let all = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];
        for number in 1..=24 {
            let least = Severity::from_number(number).unwrap_or(Severity::FATAL);
            for level in all {
                assert_eq!(level <= filter_of(least), severity_of(level) >= least, "{number} {level}");
            }
        }
    }
}
