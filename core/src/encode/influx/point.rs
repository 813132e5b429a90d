//! A metric point as a line: the instrument is the measurement, its attributes are tags.

use super::line::{Line, inside_of_key, inside_of_text};
use super::protocol::{LineProtocol, Tag, write_tag};
use super::text::{shown, write_bare};
use crate::encode::json;
use crate::encode::record::Point;
use crate::model::attributes::Attributes;
use crate::model::metric::{HistogramPoint, Number, PointValue};

/// InfluxDB refuses a point whose measurement and tags take more.
const LONGEST_SERIES_BYTES: usize = 65_535;

/// Keys that no attribute may have: InfluxDB's own, those of the source, and those of the fields.
const RESERVED: [&str; 13] = [
    "time",
    "_field",
    "_measurement",
    "environment",
    "host",
    "pid",
    "service",
    "version",
    "value",
    "count",
    "sum",
    "min",
    "max",
];

/// Appends the line, or nothing when no field of it can be said.
pub(super) fn write(protocol: &LineProtocol, point: &Point<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    // An instrument's name has no character that is escaped here.
    out.extend_from_slice(point.instrument.name.as_bytes());
    for Tag { key, value } in tags(protocol, point.attributes) {
        write_tag(&key, &value, out);
    }
    if out.len() - start > LONGEST_SERIES_BYTES {
        out.truncate(start);
        return protocol.counts.left_out.one();
    }
    let mut line = Line::behind_tags(protocol, out, start, &[]);
    match &point.value {
        PointValue::Number(value) => number(protocol, &mut line, "value", *value),
        PointValue::Histogram(histogram) => write_histogram(protocol, &mut line, histogram),
    }
    line.end(point.timestamp_ns);
}

fn number(protocol: &LineProtocol, line: &mut Line<'_>, key: &str, value: Number) {
    match value {
        Number::Int(n) => line.own(key, |out| json::write_int(out, n)),
        Number::Float(x) if x.is_finite() => line.own(key, |out| json::write_float(out, x)),
        Number::Float(_) => protocol.counts.left_out.one(),
    }
}

/// How many values there are up to each bound stands under the bound's own name, the last under `+Inf`.
fn write_histogram(protocol: &LineProtocol, line: &mut Line<'_>, point: &HistogramPoint<'_>) {
    line.int("count", point.count);
    for (key, value) in [("sum", point.sum), ("min", point.min), ("max", point.max)] {
        number(protocol, line, key, value);
    }
    let bounds = point.bounds.iter().map(|bound| format!("{bound:?}")).chain(["+Inf".to_owned()]);
    let mut running = 0_u64;
    for (bound, in_bucket) in bounds.zip(point.counts) {
        running += in_bucket;
        line.int(&bound, running);
    }
}

/// All tags, in order of their keys. What has an empty value has none.
fn tags(protocol: &LineProtocol, attributes: &Attributes) -> Vec<Tag> {
    let mut tags = protocol.source.clone();
    tags.extend(protocol.process_id.map(|id| Tag { key: b"pid".to_vec(), value: id.to_string().into() }));
    for entry in &attributes.entries {
        let key = shown(inside_of_key(attributes.fragment(entry)));
        let encoded = attributes.value(entry);
        let value = shown(inside_of_text(encoded));
        if encoded == b"null" || value.is_empty() {
            continue;
        }
        if key.is_empty() {
            protocol.counts.left_out.one();
            continue;
        }
        let mut tag = Tag { key: Vec::new(), value: Vec::new() };
        write_bare(&mut tag.key, &key);
        write_bare(&mut tag.value, &value);
        if is_reserved(&key) {
            tag.key.push(b'_');
        }
        while tags.iter().any(|other| other.key == tag.key) {
            tag.key.push(b'_');
        }
        tags.push(tag);
    }
    tags.sort();
    tags
}

/// Whether a key is reserved, perhaps with underscores behind it: `time` becomes `time_` and that `time__`, so that
/// none of two takes the other's place.
fn is_reserved(key: &[u8]) -> bool {
    let end = key.iter().rposition(|byte| *byte != b'_').map_or(0, |last| last + 1);
    key.get(..end).is_some_and(|name| RESERVED.iter().any(|reserved| reserved.as_bytes() == name))
}
