//! A request's body of pieces in protobuf. All lengths are known before anything is written.

use super::Protobuf;
use super::wire::{
    LENGTH, insides, tagged_length, take_field, take_section, varint_len, write_tag, write_varint,
};
use crate::encode::otlp::attributes::text_member;
use crate::encode::otlp::fields::{Field, key_value, log_record, of_resource, of_scope, request};
use crate::encode::otlp::form::Form;
use crate::encode::otlp::group::{Group, Groups};
use crate::model::signal::Signal;

/// Appends the body. `resource` holds the fields of the message, `schema_url` a text.
pub(in super::super) fn write<'a>(
    resource: &[u8],
    schema_url: &str,
    signal: Signal,
    pieces: impl Iterator<Item = &'a [u8]>,
    out: &mut Vec<u8>,
) {
    let (of_request, of_resource_field) = match signal {
        Signal::Logs => (request::LOGS, of_resource::LOGS),
        Signal::Spans => (request::SPANS, of_resource::SPANS),
        Signal::Metrics => (request::METRICS, of_resource::METRICS),
    };
    let is_metrics = signal == Signal::Metrics;
    let groups = Groups::of(pieces.filter_map(if is_metrics { metric_parts } else { record_parts }));
    // All metrics are of one scope, which has no name.
    let metrics_bytes: usize = groups
        .iter()
        .filter(|_| is_metrics)
        .map(|group| tagged_length(of_scope::METRICS, metric_length(&group)))
        .sum();
    let scopes = if is_metrics {
        tagged_length(of_resource_field, metrics_bytes)
    } else {
        groups.iter().map(|group| tagged_length(of_resource_field, scope_length(&group))).sum()
    };
    let length = tagged_length(of_resource::RESOURCE, resource.len())
        + scopes
        + tagged_length(of_resource::SCHEMA_URL, schema_url.len());
    out.reserve(tagged_length(of_request, length));
    begin(out, of_request, length);
    begin(out, of_resource::RESOURCE, resource.len());
    out.extend_from_slice(resource);
    if is_metrics {
        begin(out, of_resource_field, metrics_bytes);
        groups.iter().for_each(|group| write_metric(&group, out));
    } else {
        groups.iter().for_each(|group| {
            begin(out, of_resource_field, scope_length(&group));
            out.extend_from_slice(group.shared);
            group.own().for_each(|record| out.extend_from_slice(record));
        });
    }
    begin(out, of_resource::SCHEMA_URL, schema_url.len());
    out.extend_from_slice(schema_url.as_bytes());
}

/// Appends the piece of a log record with one more attribute, a text, before its others; nothing when it is no such
/// piece or has the attribute already.
pub(in super::super) fn write_with_attribute(
    piece: &[u8],
    key: &str,
    text: &str,
    out: &mut Vec<u8>,
) -> Option<()> {
    let (scope, record) = record_parts(piece)?;
    let (record, _) = take_section(record.get(1..)?)?;
    let attributes = insides(record, log_record::ATTRIBUTES);
    if attributes.flat_map(|one| insides(one, key_value::KEY)).any(|known| known == key.as_bytes()) {
        return None;
    }
    let mut attribute = Vec::new();
    Protobuf::item(&mut attribute, log_record::ATTRIBUTES, |out| text_member::<Protobuf>(out, key, text));
    out.extend_from_slice(scope);
    begin(out, of_scope::LOGS, attribute.len() + record.len());
    out.extend_from_slice(&attribute);
    out.extend_from_slice(record);
    Some(())
}

/// Appends tag and length of a message.
fn begin(out: &mut Vec<u8>, field: Field, length: usize) {
    write_tag(out, field, LENGTH);
    write_varint(out, length as u64);
}

/// The scope with its tag, if there is one, and the record with its tag.
fn record_parts(piece: &[u8]) -> Option<(&[u8], &[u8])> {
    let (scope, record) = take_field(piece, of_scope::SCOPE).unwrap_or((&[], piece));
    (!record.is_empty()).then_some((scope, record))
}

/// What all points of a metric have in common, and the point with its tag.
fn metric_parts(piece: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, behind_head) = take_section(piece)?;
    let (_, point) = take_section(behind_head)?;
    piece.split_at_checked(piece.len() - point.len())
}

fn scope_length(group: &Group<'_, '_>) -> usize {
    group.shared.len() + group.own_bytes
}

/// The fields of a `Metric` before its data; the tag of the data; the fields of the data before its points.
fn metric_head<'a>(group: &Group<'_, 'a>) -> (&'a [u8], u8, &'a [u8]) {
    let sections = take_section(group.shared)
        .and_then(|(head, behind)| Some((head, take_section(behind)?.0.split_first()?)));
    let (head, (tag, shared)) = sections.unwrap_or((&[], (&0, &[])));
    (head, *tag, shared)
}

fn metric_length(group: &Group<'_, '_>) -> usize {
    let (head, _, shared) = metric_head(group);
    let data = shared.len() + group.own_bytes;
    head.len() + 1 + varint_len(data as u64) + data
}

fn write_metric(group: &Group<'_, '_>, out: &mut Vec<u8>) {
    let (head, tag, shared) = metric_head(group);
    begin(out, of_scope::METRICS, metric_length(group));
    out.extend_from_slice(head);
    out.push(tag);
    write_varint(out, (shared.len() + group.own_bytes) as u64);
    out.extend_from_slice(shared);
    group.own().for_each(|point| out.extend_from_slice(point));
}
