//! Severity of a log record: OpenTelemetry's numbers 1-24 and the six names that a line shows.
//! Not for the numbers of other logging libraries: stdlib and pino numbers are mapped by their bridges.

use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// A severity number of the OpenTelemetry log data model, 1 (least) to 24 (most severe).
///
/// Each of the six names covers four numbers; a line shows the name only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Severity(u8);

const NAMES: [(&str, Severity); 6] = [
    ("TRACE", Severity::TRACE),
    ("DEBUG", Severity::DEBUG),
    ("INFO", Severity::INFO),
    ("WARN", Severity::WARN),
    ("ERROR", Severity::ERROR),
    ("FATAL", Severity::FATAL),
];

// What other systems call the same thing: stdlib, .NET, syslog.
const ALIASES: [(&str, Severity); 12] = [
    ("INFORMATION", Severity::INFO),
    ("INFORMATIONAL", Severity::INFO),
    ("NOTICE", Severity::INFO),
    ("WARNING", Severity::WARN),
    ("ERR", Severity::ERROR),
    ("EXCEPTION", Severity::ERROR),
    ("CRITICAL", Severity::FATAL),
    ("CRIT", Severity::FATAL),
    ("ALERT", Severity::FATAL),
    ("EMERGENCY", Severity::FATAL),
    ("EMERG", Severity::FATAL),
    ("PANIC", Severity::FATAL),
];

macro_rules! names {
    ($more:literal) => {
        concat!(
            "trace, debug, info, warn, error, fatal (any case, with aliases such as warning, critical, notice)",
            $more
        )
    };
}

impl Severity {
    /// Finest detail, number 1.
    pub const TRACE: Self = Self(1);
    /// For developers, number 5.
    pub const DEBUG: Self = Self(5);
    /// Something happened, number 9.
    pub const INFO: Self = Self(9);
    /// Something looks wrong, number 13.
    pub const WARN: Self = Self(13);
    /// Something failed, number 17.
    pub const ERROR: Self = Self(17);
    /// The program cannot go on, number 21.
    pub const FATAL: Self = Self(21);

    /// The severity with an OpenTelemetry number, `None` outside 1-24.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        if matches!(number, 1..=24) { Some(Self(number)) } else { None }
    }

    /// The OpenTelemetry number, 1-24.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The severity of syslog (RFC 5424) and of the journal: 7 for TRACE and DEBUG, 6 for INFO, 5 for what is between INFO and WARN, 4,
    /// 3, and 2 for FATAL. Above that a system calls people to their terminals, which no program's end is worth.
    #[must_use]
    pub(crate) const fn syslog(self) -> u8 {
        match self.0 {
            ..=8 => 7,
            9 => 6,
            10..=12 => 5,
            13..=16 => 4,
            17..=20 => 3,
            _ => 2,
        }
    }

    /// The name that a line shows: one of TRACE DEBUG INFO WARN ERROR FATAL.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self.0 {
            ..=4 => "TRACE",
            5..=8 => "DEBUG",
            9..=12 => "INFO",
            13..=16 => "WARN",
            17..=20 => "ERROR",
            _ => "FATAL",
        }
    }

    /// The specification's name for exactly this number, such as `INFO2`.
    pub(crate) fn name(self) -> String {
        match (self.0 - 1) % 4 {
            0 => self.text().to_owned(),
            step => format!("{}{}", self.text(), step + 1),
        }
    }

    /// Reads a name in any case, an alias, OpenTelemetry's short names (`INFO2`) or a number from 1 to 24.
    ///
    /// # Errors
    /// An argument error that lists what is accepted.
    pub fn parse(text: &str) -> Result<Self> {
        let accepted = names!(" or a severity number from 1 to 24");
        let number =
            |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let found = Self::from_name(text).or_else(|| number(text.trim()).and_then(Self::from_number));
        found.ok_or_else(|| Error::argument("level", &format!("{text:?}"), accepted))
    }

    /// Reads a name as [`Severity::parse`] does, and no number: what a number means is different in each language, and a
    /// configuration document does not say whose it is.
    pub(crate) fn from_name(text: &str) -> Option<Self> {
        let text = text.trim();
        let by_name =
            |name: &str| NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, s)| *s);
        if let Some(found) = by_name(text) {
            return Some(found);
        }
        if let Some((_, found)) = ALIASES.iter().find(|(known, _)| known.eq_ignore_ascii_case(text)) {
            return Some(*found);
        }
        // INFO2, INFO3, INFO4 are the specification's names for the numbers between the six.
        let (index, last) = text.char_indices().next_back()?;
        let step = last.to_digit(10).filter(|step| (2..=4).contains(step))?;
        let base = by_name(text.get(..index)?)?;
        u8::try_from(step).ok().and_then(|step| Self::from_number(base.0 + step - 1))
    }

    /// What [`Severity::from_name`] accepts, for messages of others.
    pub(crate) const fn accepted_names() -> &'static str {
        names!("")
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for Severity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_names_cover_twenty_four_numbers() {
        let mut seen = Vec::new();
        for number in 1..=24 {
            let severity = Severity::from_number(number).unwrap();
            assert_eq!(severity.number(), number);
            seen.push(severity.text());
        }
        seen.dedup();
        assert_eq!(seen, ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]);
        assert_eq!([0, 25, 255].map(Severity::from_number), [None; 3]);
    }

    #[test]
    fn names_aliases_and_numbers_are_read() {
        let cases = [
            ("trace", 1),
            ("Debug", 5),
            ("INFO", 9),
            ("info", 9),
            ("iNfOrMaTiOn", 9),
            ("NOTICE", 9),
            ("warn", 13),
            ("WARNING", 13),
            ("error", 17),
            ("err", 17),
            ("fatal", 21),
            ("critical", 21),
            (" Emergency ", 21),
            ("TRACE2", 2),
            ("info4", 12),
            ("FATAL4", 24),
            ("1", 1),
            ("24", 24),
            ("17", 17),
        ];
        for (text, number) in cases {
            assert_eq!(Severity::parse(text).unwrap().number(), number, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_accepted() {
        for text in ["", " ", "loud", "0", "25", "999", "-1", "1.5", "info1", "info5", "warning2", "é2", "2é"]
        {
            let refused = Severity::parse(text).unwrap_err();
            assert!(refused.to_string().contains("trace, debug, info"), "{text}: {refused}");
        }
    }

    #[test]
    fn each_number_has_a_name_that_is_read_as_it() {
        for severity in (1..=24).filter_map(Severity::from_number) {
            assert_eq!(Severity::from_name(&severity.name()), Some(severity));
        }
    }

    #[test]
    fn a_number_is_no_name() {
        for text in ["20", "9", " 17 ", "0", ""] {
            assert_eq!(Severity::from_name(text), None, "{text}");
        }
        assert_eq!(Severity::from_name(" info2 ").map(Severity::number), Some(10));
    }

    #[test]
    fn order_follows_the_numbers() {
        assert!(Severity::TRACE < Severity::DEBUG && Severity::ERROR < Severity::FATAL);
        assert_eq!("warn".parse::<Severity>().unwrap().to_string(), "WARN");
    }
}
