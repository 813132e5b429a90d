//! One metric point as one JSON line, after the schema's "Metric line".

use crate::encode::json;
use crate::encode::record::Point;
use crate::encode::timestamp::write_rfc3339;
use crate::model::metric::{Descriptor, HistogramPoint, InstrumentKind, Number, PointValue};

/// Appends the line with its newline; `resource` is `,"service":"…",…`.
pub(super) fn write(resource: &[u8], point: &Point<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"timestamp\":\"");
    write_rfc3339(out, point.timestamp_ns);
    out.extend_from_slice(b"\",\"kind\":\"metric\",\"name\":\"");
    write_descriptor(resource, point.instrument, out);
    if let Some(first) = point.attributes.bytes.strip_prefix(b",") {
        out.extend_from_slice(b",\"attributes\":{");
        out.extend_from_slice(first);
        out.push(b'}');
    }
    match &point.value {
        PointValue::Number(value) => {
            out.extend_from_slice(b",\"value\":");
            write_number(out, *value);
        }
        PointValue::Histogram(histogram) => write_histogram(out, histogram),
    }
    out.extend_from_slice(b"}\n");
}

fn write_descriptor(resource: &[u8], instrument: &Descriptor, out: &mut Vec<u8>) {
    out.extend_from_slice(instrument.name.as_bytes());
    out.push(b'"');
    out.extend_from_slice(resource);
    out.extend_from_slice(b",\"type\":\"");
    out.extend_from_slice(instrument.kind.as_str().as_bytes());
    out.push(b'"');
    if !instrument.unit.is_empty() {
        out.extend_from_slice(b",\"unit\":\"");
        out.extend_from_slice(instrument.unit.as_bytes());
        out.push(b'"');
    }
    // A gauge is no sum over time: temporality is undefined for it.
    if instrument.kind != InstrumentKind::Gauge {
        out.extend_from_slice(b",\"temporality\":\"cumulative\"");
    }
}

fn write_histogram(out: &mut Vec<u8>, point: &HistogramPoint<'_>) {
    out.extend_from_slice(b",\"count\":");
    json::write_uint(out, point.count);
    for (key, value) in [(",\"sum\":", point.sum), (",\"min\":", point.min), (",\"max\":", point.max)] {
        out.extend_from_slice(key.as_bytes());
        write_number(out, value);
    }
    out.extend_from_slice(b",\"buckets\":[");
    let mut running = 0_u64;
    let bounds = point.bounds.iter().map(Some).chain([None]);
    for (position, (bound, in_bucket)) in bounds.zip(point.counts).enumerate() {
        running += in_bucket;
        out.extend_from_slice(if position == 0 { b"[" } else { b",[" });
        match bound {
            Some(bound) => json::write_float(out, *bound),
            None => out.extend_from_slice(b"\"+Inf\""),
        }
        out.push(b',');
        json::write_uint(out, running);
        out.push(b']');
    }
    out.push(b']');
}

/// A number as JSON; what JSON cannot say stands as text.
fn write_number(out: &mut Vec<u8>, value: Number) {
    match value {
        Number::Int(n) => json::write_int(out, n),
        Number::Float(x) => json::write_float(out, x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::attributes::Attributes;

    fn line(kind: InstrumentKind, unit: &str, labels: &[u8], value: PointValue<'_>) -> String {
        let instrument = &Descriptor { name: "n".into(), kind, unit: unit.into(), description: "".into() };
        let attributes = &mut Attributes::default();
        attributes.bytes.extend_from_slice(labels);
        let mut out = Vec::new();
        write(
            b",\"service\":\"shop\"",
            &Point { timestamp_ns: 0, start_ns: 0, instrument, attributes, value },
            &mut out,
        );
        let line = String::from_utf8(out).unwrap();
        line.strip_prefix(
            "{\"timestamp\":\"1970-01-01T00:00:00.000000Z\",\"kind\":\"metric\",\"name\":\"n\",",
        )
        .unwrap()
        .to_owned()
    }

    #[test]
    fn a_counter_line() {
        let value = PointValue::Number(Number::Int(3));
        assert_eq!(
            line(InstrumentKind::Counter, "1", b",\"region\":\"eu\"", value),
            "\"service\":\"shop\",\"type\":\"counter\",\"unit\":\"1\",\"temporality\":\"cumulative\",\
             \"attributes\":{\"region\":\"eu\"},\"value\":3}\n"
        );
    }

    #[test]
    fn a_gauge_has_no_temporality_and_may_be_nan() {
        let value = PointValue::Number(Number::Float(f64::NAN));
        assert_eq!(
            line(InstrumentKind::Gauge, "", b"", value),
            "\"service\":\"shop\",\"type\":\"gauge\",\"value\":\"NaN\"}\n"
        );
    }

    #[test]
    fn a_histogram_line_ends_with_the_infinite_bucket() {
        let value = PointValue::Histogram(HistogramPoint {
            bounds: &[0.5, 10.0],
            counts: &[1, 0, 2],
            count: 3,
            sum: Number::Float(24.25),
            min: Number::Float(0.25),
            max: Number::Int(12),
        });
        assert_eq!(
            line(InstrumentKind::Histogram, "", b"", value),
            "\"service\":\"shop\",\"type\":\"histogram\",\"temporality\":\"cumulative\",\"count\":3,\"sum\":24.25,\
             \"min\":0.25,\"max\":12,\"buckets\":[[0.5,1],[10.0,1],[\"+Inf\",3]]}\n"
        );
    }
}
