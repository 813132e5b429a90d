//! What all lines of a process have in common: its tags, and the clock's last digits.

use super::text;
use crate::encode::attributes::key::Rules;
use crate::encode::json;
use crate::model::resource::Resource;
use crate::stats::Counts;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

/// Encodes records as lines, each ended by a line feed.
#[derive(Debug)]
pub struct LineProtocol {
    pub(super) rules: Arc<Rules>,
    pub(super) counts: Arc<Counts>,
    /// What every line says of its source, but for the process: escaped, in order of the keys, without empty values.
    pub(super) source: Vec<Tag>,
    /// The process's number, which tells the series of workers apart.
    pub(super) process_id: Option<u32>,
    records: AtomicU16,
}

/// A tag's key and value, escaped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag {
    pub(super) key: Vec<u8>,
    pub(super) value: Vec<u8>,
}

impl LineProtocol {
    /// The encoder of a process that is `resource`; what it leaves out is counted in `counts`.
    #[must_use]
    pub fn new(resource: &Resource, rules: &Arc<Rules>, counts: &Arc<Counts>) -> Self {
        let texts = [
            ("environment", resource.environment.as_deref()),
            ("host", resource.host.as_deref()),
            ("service", Some(resource.service.as_str())),
            ("version", resource.version.as_deref()),
        ];
        let given =
            texts.into_iter().filter_map(|(key, text)| Some((key, text.filter(|text| !text.is_empty())?)));
        let source = given.map(|(key, text)| Tag { key: key.into(), value: bare(text) }).collect();
        Self {
            rules: Arc::clone(rules),
            counts: Arc::clone(counts),
            source,
            process_id: resource.process_id,
            records: AtomicU16::new(0),
        }
    }

    /// Appends `measurement` and the tags of the source with `own` among them; those are escaped, and have a value.
    pub(super) fn write_tags(&self, measurement: &str, own: &[(&str, &[u8])], out: &mut Vec<u8>) {
        out.extend_from_slice(measurement.as_bytes());
        let mut own = own.iter().filter(|(_, value)| !value.is_empty()).peekable();
        for tag in &self.source {
            while let Some((key, value)) = own.next_if(|(key, _)| key.as_bytes() < tag.key.as_slice()) {
                write_tag(key.as_bytes(), value, out);
            }
            write_tag(&tag.key, &tag.value, out);
        }
        own.for_each(|(key, value)| write_tag(key.as_bytes(), value, out));
    }

    /// The timestamp of a log or a span.
    ///
    /// Two points of the same tags and time are one point to InfluxDB. Clocks here are good for microseconds, as JSON
    /// lines show them; the three digits below number the records instead.
    pub(super) fn stamp(&self, timestamp_ns: i64) -> i64 {
        let number =
            self.records.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some((n + 1) % 1000));
        timestamp_ns - timestamp_ns.rem_euclid(1000) + i64::from(number.unwrap_or_default())
    }
}

/// Appends a tag, which is escaped.
pub(super) fn write_tag(key: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.push(b',');
    out.extend_from_slice(key);
    out.push(b'=');
    out.extend_from_slice(value);
}

/// A text as a tag's value.
pub(super) fn bare(text: &str) -> Vec<u8> {
    let (mut inside, mut out) = (Vec::new(), Vec::new());
    json::escape_into(&mut inside, text);
    text::write_bare(&mut out, &text::shown(&inside));
    out
}
