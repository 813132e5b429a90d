//! What an instrument is: name, kind, unit, description, bucket bounds; checked at creation.
//!
//! Not for its series: see `table`.

use crate::error::{Error, ErrorCode, Problem, Result};
use crate::model::metric::{Descriptor, InstrumentKind};
use std::sync::Arc;

/// What may be said about an instrument when it is created. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InstrumentOptions {
    /// Unit in UCUM notation (`s`, `By`, `1`), at most 63 printable ASCII characters.
    pub unit: String,
    /// What is measured, for the reader of an exposition.
    pub description: String,
    /// Upper bounds of a histogram's buckets, inclusive and ascending; a last `+Inf` may be left out.
    /// Default: by unit for `s`, `ms` and `By`, else OpenTelemetry's default (0, 5, 10 … 10 000).
    pub buckets: Option<Vec<f64>>,
}

const NAME_RULE: &str = "a letter, then at most 254 letters, digits, `_`, `.`, `-` or `/`";
const UNIT_RULE: &str = "at most 63 printable ASCII characters without `\"` and `\\`";
const BUCKETS_RULE: &str = "at most 256 finite numbers in ascending order";
const LONGEST_NAME: usize = 255;
const LONGEST_UNIT: usize = 63;
const MOST_BUCKETS: usize = 256;

const SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const MILLISECONDS: [f64; 14] =
    [5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10_000.0];
/// 64 B to 1 GiB, each four times the one before.
const BYTES: [f64; 13] = [
    64.0,
    256.0,
    1024.0,
    4096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
];
const OPENTELEMETRY: [f64; 15] =
    [0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10_000.0];

/// An instrument's identity; outlives the registry it was first made in.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) descriptor: Descriptor,
    /// Empty unless the kind is histogram.
    pub(crate) bounds: Arc<[f64]>,
    /// Whether the bounds were asked for, so that they must agree with others'.
    explicit_bounds: bool,
}

impl Definition {
    /// Checks name and options; all problems come back at once.
    pub(crate) fn new(kind: InstrumentKind, name: &str, options: InstrumentOptions) -> Result<Self> {
        let mut problems = Vec::new();
        if !is_name(name) {
            problems.push(Problem::new(format!("{} name", kind.as_str()), &quoted(name), NAME_RULE));
        }
        if !is_unit(&options.unit) {
            problems.push(Problem::new(format!("{name}.unit"), &quoted(&options.unit), UNIT_RULE));
        }
        let explicit_bounds = options.buckets.is_some();
        let bounds = match (kind, options.buckets) {
            (InstrumentKind::Histogram, Some(asked)) => checked_bounds(name, asked, &mut problems),
            (InstrumentKind::Histogram, None) => default_bounds(&options.unit).into(),
            (_, None) => [].into(),
            (_, Some(_)) => {
                problems.push(Problem::new(format!("{name}.buckets"), kind.as_str(), "only for a histogram"));
                [].into()
            }
        };
        if !problems.is_empty() {
            return Err(Error::new(ErrorCode::Argument, problems));
        }
        let InstrumentOptions { unit, description, .. } = options;
        let descriptor =
            Descriptor { name: name.into(), kind, unit: unit.into(), description: description.into() };
        Ok(Self { descriptor, bounds, explicit_bounds })
    }

    /// Whether `asked` is this same instrument again. Options left out agree with anything.
    pub(crate) fn agrees_with(&self, asked: &Self) -> Result<()> {
        if self.descriptor.kind != asked.descriptor.kind {
            return Err(Error::argument(
                format!("instrument {}", self.descriptor.name),
                asked.descriptor.kind.as_str(),
                format!("{}, as it was first created", self.descriptor.kind.as_str()),
            ));
        }
        let mut problems = Vec::new();
        if !asked.descriptor.unit.is_empty() && self.descriptor.unit != asked.descriptor.unit {
            problems.push(Problem::new(
                format!("{}.unit", self.descriptor.name),
                &quoted(&asked.descriptor.unit),
                format!("{}, as it was first created", quoted(&self.descriptor.unit)),
            ));
        }
        if asked.explicit_bounds && self.bounds != asked.bounds {
            problems.push(Problem::new(
                format!("{}.buckets", self.descriptor.name),
                &format!("{:?}", asked.bounds),
                format!("{:?}, as it was first created", self.bounds),
            ));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::new(ErrorCode::Argument, problems)) }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/'))
}

fn is_unit(unit: &str) -> bool {
    // Without quote and backslash it stands in a JSON line as it is.
    unit.len() <= LONGEST_UNIT && unit.chars().all(|c| matches!(c, ' '..='~') && c != '"' && c != '\\')
}

fn checked_bounds(name: &str, mut bounds: Vec<f64>, problems: &mut Vec<Problem>) -> Arc<[f64]> {
    if bounds.last() == Some(&f64::INFINITY) {
        bounds.pop();
    }
    let ascending = bounds.windows(2).all(|pair| matches!(pair, [low, high] if low < high));
    if !ascending || bounds.len() > MOST_BUCKETS || bounds.iter().any(|bound| !bound.is_finite()) {
        problems.push(Problem::new(format!("{name}.buckets"), &format!("{bounds:?}"), BUCKETS_RULE));
    }
    // One zero only: -0.0 and 0.0 would be one bound printed in two ways.
    bounds.iter().map(|bound| bound + 0.0).collect()
}

fn default_bounds(unit: &str) -> &'static [f64] {
    match unit {
        "s" => &SECONDS,
        "ms" => &MILLISECONDS,
        "By" => &BYTES,
        _ => &OPENTELEMETRY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(buckets: Option<Vec<f64>>, unit: &str) -> Result<Definition> {
        let options = InstrumentOptions { unit: unit.to_owned(), buckets, ..InstrumentOptions::default() };
        Definition::new(InstrumentKind::Histogram, "h", options)
    }

    fn plain(kind: InstrumentKind, name: &str) -> Result<Definition> {
        Definition::new(kind, name, InstrumentOptions::default())
    }

    #[test]
    fn names_follow_the_specification() {
        for good in ["a", "http.server.duration", "A_b-c/d.e9", &"x".repeat(255)] {
            assert!(plain(InstrumentKind::Counter, good).is_ok(), "{good}");
        }
        for bad in ["", "9a", "_a", "a b", "é", "a\n", "a{b}", "a\"", &"x".repeat(256)] {
            let error = plain(InstrumentKind::Counter, bad).unwrap_err();
            assert!(error.to_string().contains("counter name"), "{error}");
        }
    }

    #[test]
    fn all_problems_come_at_once() {
        let options = InstrumentOptions {
            unit: "é".repeat(40),
            description: String::new(),
            buckets: Some(vec![2.0, 1.0]),
        };
        let error = Definition::new(InstrumentKind::Histogram, "9", options).unwrap_err();
        assert_eq!(error.problems.len(), 3, "{error}");
    }

    #[test]
    fn bounds_are_checked_and_default_by_unit() {
        assert_eq!(*histogram(None, "s").unwrap().bounds, SECONDS);
        assert_eq!(*histogram(None, "ms").unwrap().bounds, MILLISECONDS);
        assert_eq!(*histogram(None, "By").unwrap().bounds, BYTES);
        assert_eq!(*histogram(None, "{item}").unwrap().bounds, OPENTELEMETRY);
        assert_eq!(*histogram(Some(vec![1.0, f64::INFINITY]), "").unwrap().bounds, [1.0]);
        assert!(histogram(Some(vec![]), "").is_ok());
        for bad in [vec![1.0, 1.0], vec![2.0, 1.0], vec![f64::NAN], vec![f64::NEG_INFINITY, 1.0]] {
            assert!(histogram(Some(bad), "").is_err());
        }
        let counter_with_buckets = InstrumentOptions { buckets: Some(vec![1.0]), ..Default::default() };
        assert!(Definition::new(InstrumentKind::Counter, "c", counter_with_buckets).is_err());
    }

    #[test]
    fn a_conflict_names_both_sides() {
        let first = histogram(Some(vec![1.0, 2.0]), "s").unwrap();
        let error = first.agrees_with(&plain(InstrumentKind::Gauge, "h").unwrap()).unwrap_err();
        assert!(error.to_string().contains("gauge") && error.to_string().contains("histogram"), "{error}");
        let error = first.agrees_with(&histogram(Some(vec![1.0, 3.0]), "s").unwrap()).unwrap_err();
        assert!(error.to_string().contains("3.0") && error.to_string().contains("2.0"), "{error}");
        assert!(first.agrees_with(&histogram(None, "ms").unwrap()).is_err());
        assert!(first.agrees_with(&plain(InstrumentKind::Histogram, "h").unwrap()).is_ok());
    }
}
