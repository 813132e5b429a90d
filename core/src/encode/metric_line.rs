//! One metric point as one JSON line, after the schema's "Metric line".
//!
//! Not for the other two kinds of lines, nor for the text formats of Prometheus.

use super::json;
use crate::model::metric::{HistogramPoint, InstrumentKind, Number};

/// What the lines of one collection of one instrument have in common.
#[derive(Debug, Clone, Copy)]
pub struct MetricHead<'a> {
    /// RFC 3339 with microseconds.
    pub timestamp: &'a str,
    /// Members `"service":"…",…` as JSON text; a comma before or behind is allowed.
    pub resource: &'a [u8],
    /// The instrument's name, checked at creation: needs no escaping.
    pub name: &'a str,
    /// The instrument's kind.
    pub kind: InstrumentKind,
    /// The instrument's unit, checked at creation: needs no escaping. Empty when there is none.
    pub unit: &'a str,
}

impl MetricHead<'_> {
    /// Everything up to `attributes`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"timestamp\":\"");
        out.extend_from_slice(self.timestamp.as_bytes());
        out.extend_from_slice(b"\",\"kind\":\"metric\",\"name\":\"");
        out.extend_from_slice(self.name.as_bytes());
        out.push(b'"');
        let resource = self.resource.strip_prefix(b",").unwrap_or(self.resource);
        let resource = resource.strip_suffix(b",").unwrap_or(resource);
        if !resource.is_empty() {
            out.push(b',');
            out.extend_from_slice(resource);
        }
        out.extend_from_slice(b",\"type\":\"");
        out.extend_from_slice(self.kind.as_str().as_bytes());
        out.push(b'"');
        if !self.unit.is_empty() {
            out.extend_from_slice(b",\"unit\":\"");
            out.extend_from_slice(self.unit.as_bytes());
            out.push(b'"');
        }
        // A gauge is no sum over time: temporality is undefined for it.
        if self.kind != InstrumentKind::Gauge {
            out.extend_from_slice(b",\"temporality\":\"cumulative\"");
        }
    }
}

/// `members` is `,"key":value` after `,"key":value`; nothing is written for an empty set.
pub fn attributes(out: &mut Vec<u8>, members: &[u8]) {
    if let Some(first) = members.strip_prefix(b",") {
        out.extend_from_slice(b",\"attributes\":{");
        out.extend_from_slice(first);
        out.push(b'}');
    }
}

/// The end of a line with one value.
pub fn value(out: &mut Vec<u8>, value: Number) {
    out.extend_from_slice(b",\"value\":");
    number(out, value);
    out.extend_from_slice(b"}\n");
}

/// The end of a histogram's line.
pub fn histogram(out: &mut Vec<u8>, point: &HistogramPoint<'_>) {
    out.extend_from_slice(b",\"count\":");
    json::write_uint(out, point.count);
    for (key, value) in [(",\"sum\":", point.sum), (",\"min\":", point.min), (",\"max\":", point.max)] {
        out.extend_from_slice(key.as_bytes());
        number(out, value);
    }
    out.extend_from_slice(b",\"buckets\":[");
    let mut running = 0_u64;
    let bounds = point.bounds.iter().map(Some).chain([None]);
    for (position, (bound, in_bucket)) in bounds.zip(point.counts).enumerate() {
        running += in_bucket;
        out.extend_from_slice(if position == 0 { b"[" } else { b",[" });
        match bound {
            Some(bound) => number(out, Number::Float(*bound)),
            None => out.extend_from_slice(b"\"+Inf\""),
        }
        out.push(b',');
        json::write_uint(out, running);
        out.push(b']');
    }
    out.extend_from_slice(b"]}\n");
}

/// A number as JSON; what JSON cannot say stands as text.
fn number(out: &mut Vec<u8>, value: Number) {
    match value {
        Number::Int(n) => json::write_int(out, n),
        Number::Float(x) => json::write_float(out, x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: InstrumentKind, unit: &'static str) -> MetricHead<'static> {
        MetricHead { timestamp: "T", resource: b",\"service\":\"shop\"", name: "n", kind, unit }
    }

    #[test]
    fn a_counter_line() {
        let mut out = Vec::new();
        head(InstrumentKind::Counter, "1").write(&mut out);
        attributes(&mut out, b",\"region\":\"eu\"");
        value(&mut out, Number::Int(3));
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"timestamp\":\"T\",\"kind\":\"metric\",\"name\":\"n\",\"service\":\"shop\",\"type\":\"counter\",\
             \"unit\":\"1\",\"temporality\":\"cumulative\",\"attributes\":{\"region\":\"eu\"},\"value\":3}\n"
        );
    }

    #[test]
    fn a_gauge_has_no_temporality_and_may_be_nan() {
        let mut out = Vec::new();
        head(InstrumentKind::Gauge, "").write(&mut out);
        attributes(&mut out, b"");
        value(&mut out, Number::Float(f64::NAN));
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"timestamp\":\"T\",\"kind\":\"metric\",\"name\":\"n\",\"service\":\"shop\",\"type\":\"gauge\",\
             \"value\":\"NaN\"}\n"
        );
    }

    #[test]
    fn a_histogram_line_ends_with_the_infinite_bucket() {
        let mut out = Vec::new();
        let point = HistogramPoint {
            bounds: &[0.5, 10.0],
            counts: &[1, 0, 2],
            count: 3,
            sum: Number::Float(24.25),
            min: Number::Float(0.25),
            max: Number::Int(12),
        };
        histogram(&mut out, &point);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            ",\"count\":3,\"sum\":24.25,\"min\":0.25,\"max\":12,\"buckets\":[[0.5,1],[10.0,1],[\"+Inf\",3]]}\n"
        );
    }
}
