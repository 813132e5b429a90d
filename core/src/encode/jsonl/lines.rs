//! What all lines of a process have in common.

use crate::encode::attributes::key::Rules;
use crate::encode::json;
use crate::encode::pieces::put;
use crate::model::context::SpanContext;
use crate::model::ids::{SpanId, span_ids_digits, trace_id_digits};
use crate::model::resource::Resource;
use crate::stats::Counts;
use std::sync::Arc;

/// Encodes records as JSON lines, each ended by a newline.
#[derive(Debug)]
pub struct JsonLines {
    /// `,"service":"…",…,"pid":1,"container.id":"…"`, what every line says of its source.
    pub(super) resource: Vec<u8>,
    pub(super) rules: Arc<Rules>,
    pub(super) counts: Arc<Counts>,
}

impl JsonLines {
    /// The encoder of a process that is `resource`; what it cuts is counted in `counts`.
    #[must_use]
    pub fn new(resource: &Resource, rules: &Arc<Rules>, counts: &Arc<Counts>) -> Self {
        Self { resource: members(resource), rules: Arc::clone(rules), counts: Arc::clone(counts) }
    }
}

fn members(resource: &Resource) -> Vec<u8> {
    let texts = [
        ("service", Some(&resource.service)),
        ("version", resource.version.as_ref()),
        ("environment", resource.environment.as_ref()),
        ("host", resource.host.as_ref()),
    ];
    let mut out = Vec::new();
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            write_name(&mut out, name);
            json::write_str(&mut out, text);
        }
    }
    if let Some(process_id) = resource.process_id {
        write_name(&mut out, "pid");
        json::write_uint(&mut out, u64::from(process_id));
    }
    out.extend_from_slice(&resource.surroundings.bytes);
    out
}

/// Appends `,"name":`; the name needs no escapes.
pub(super) fn write_name(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

const IDS: [u8; 75] = *b",\"trace_id\":\"--------------------------------\",\"span_id\":\"----------------\"";
const IDS_WITH_PARENT: [u8; 111] = *b",\"trace_id\":\"--------------------------------\",\"span_id\":\"----------------\",\"parent_span_id\":\"----------------\"";
const TRACE_ID: usize = 13;
const SPAN_ID: usize = 58;
const PARENT_SPAN_ID: usize = 94;

/// Appends `,"trace_id":"…","span_id":"…"`.
#[inline]
pub(super) fn write_span_ids(out: &mut Vec<u8>, span: &SpanContext) {
    let mut ids = IDS;
    let [span_id, _] = span_ids_digits([span.span_id; 2]);
    put(&mut ids, TRACE_ID, &trace_id_digits(span.trace_id));
    put(&mut ids, SPAN_ID, &span_id);
    out.extend_from_slice(&ids);
}

/// Appends `,"trace_id":"…","span_id":"…","parent_span_id":"…"`.
#[inline]
pub(super) fn write_span_ids_with_parent(out: &mut Vec<u8>, span: &SpanContext, parent: SpanId) {
    let mut ids = IDS_WITH_PARENT;
    let [span_id, parent] = span_ids_digits([span.span_id, parent]);
    put(&mut ids, TRACE_ID, &trace_id_digits(span.trace_id));
    put(&mut ids, SPAN_ID, &span_id);
    put(&mut ids, PARENT_SPAN_ID, &parent);
    out.extend_from_slice(&ids);
}
