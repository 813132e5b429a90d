//! The lines of a point, in the dialect of the far side.

use super::histogram;
use super::names::{write_name, write_parts, write_tag, write_tags};
use crate::encode::json;
use crate::encode::record::Point;
use crate::model::attributes::Attributes;
use crate::model::metric::{InstrumentKind, Number, PointValue};
use crate::model::resource::Resource;
use crate::stats::Counts;
use std::io::Write as _;
use std::sync::Arc;

/// What the far side understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Names only.
    #[default]
    Plain,
    /// Datadog's: tags.
    Datadog,
}

/// What the values of a histogram are sent as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// `ms`, in milliseconds where the unit is one of time.
    #[default]
    Timer,
    /// `h`.
    Histogram,
    /// `d`.
    Distribution,
}

/// Encodes points as lines.
#[derive(Debug)]
pub struct Lines {
    id: String,
    prefix: String,
    dialect: Dialect,
    form: Form,
    /// The tags that every line has, each behind a comma.
    source: Vec<u8>,
    counts: Arc<Counts>,
}

impl Lines {
    /// The encoder of a process that is `resource`; `prefix` stands before every name.
    #[must_use]
    pub fn new(
        prefix: &str,
        dialect: Dialect,
        form: Form,
        resource: &Resource,
        counts: &Arc<Counts>,
    ) -> Self {
        let mut source = Vec::new();
        // In the words of Datadog; its agent knows the host itself.
        let texts = [
            ("service", Some(&resource.service)),
            ("env", resource.environment.as_ref()),
            ("version", resource.version.as_ref()),
        ];
        for (key, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                write_tag(&mut source, key, text);
            }
        }
        let id = format!("statsd {dialect:?} {form:?} {prefix}");
        Self { id, prefix: prefix.to_owned(), dialect, form, source, counts: Arc::clone(counts) }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn write(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        let head = self.head(&point.instrument.name, point.attributes);
        let tail = self.tail(point.attributes);
        let mut line = |value: f64, kind: &str, rate: Option<f64>| {
            out.extend_from_slice(&head);
            // Writing to a Vec cannot fail. A double is printed without an exponent, which not every far side reads.
            let _ = write!(out, "{value}|{kind}");
            if let Some(rate) = rate {
                let _ = write!(out, "|@{rate}");
            }
            out.extend_from_slice(&tail);
        };
        match (point.instrument.kind, point.value) {
            (_, PointValue::Histogram(histogram)) => {
                let (kind, times, by) = self.kind_of_values(&point.instrument.unit);
                let unsaid = histogram::values(&histogram, |value, weight| {
                    let rate = (weight > 1).then(|| 1.0 / weight as f64);
                    line(histogram::rounded(value * times / by), kind, rate);
                });
                self.counts.left_out.add(unsaid);
            }
            (_, PointValue::Number(value)) if !value.as_f64().is_finite() => self.counts.left_out.one(),
            (InstrumentKind::Counter, PointValue::Number(Number::Int(n))) => {
                out.extend_from_slice(&head);
                json::write_int(out, n);
                out.extend_from_slice(b"|c");
                out.extend_from_slice(&tail);
            }
            (InstrumentKind::Counter, PointValue::Number(value)) => line(value.as_f64(), "c", None),
            (_, PointValue::Number(value)) => {
                let value = value.as_f64();
                if self.dialect == Dialect::Plain && value < 0.0 {
                    // A sign makes a value relative to the one before, which is zero then.
                    line(0.0, "g", None);
                }
                line(value, "g", None);
            }
        }
    }

    /// `name:`, in plain StatsD with the attributes in it.
    fn head(&self, name: &str, attributes: &Attributes) -> Vec<u8> {
        let mut head = self.prefix.clone().into_bytes();
        write_name(&mut head, name);
        if self.dialect == Dialect::Plain {
            write_parts(&mut head, attributes);
        }
        head.push(b':');
        head
    }

    /// What is behind the value.
    fn tail(&self, attributes: &Attributes) -> Vec<u8> {
        let mut tail = Vec::new();
        if self.dialect == Dialect::Datadog {
            tail.extend_from_slice(&self.source);
            write_tags(&mut tail, attributes);
            if !tail.is_empty() {
                tail.splice(..1, *b"|#");
            }
        }
        tail.push(b'\n');
        tail
    }

    /// The type of a histogram's values, and what they are multiplied and divided by.
    fn kind_of_values(&self, unit: &str) -> (&'static str, f64, f64) {
        match (self.form, unit) {
            (Form::Timer, "ns") => ("ms", 1.0, 1e6),
            (Form::Timer, "us") => ("ms", 1.0, 1e3),
            (Form::Timer, "s") => ("ms", 1e3, 1.0),
            (Form::Timer, "min") => ("ms", 6e4, 1.0),
            (Form::Timer, "h") => ("ms", 3.6e6, 1.0),
            (Form::Timer, _) => ("ms", 1.0, 1.0),
            (Form::Histogram, _) => ("h", 1.0, 1.0),
            (Form::Distribution, _) => ("d", 1.0, 1.0),
        }
    }
}
