//! A request's body of pieces in JSON.

use super::{Json, SEPARATOR, comma, name, object, quoted};
use crate::encode::members::{Elements, Members, inside};
use crate::encode::otlp::attributes::text_member;
use crate::encode::otlp::fields::{Field, log_record, of_resource, of_scope, request};
use crate::encode::otlp::form::Form;
use crate::encode::otlp::group::{Group, Groups};
use crate::model::signal::Signal;

/// Appends the body. `resource` holds the members of the object, `schema_url` a text.
pub(in super::super) fn write<'a>(
    resource: &[u8],
    schema_url: &str,
    signal: Signal,
    pieces: impl Iterator<Item = &'a [u8]>,
    out: &mut Vec<u8>,
) {
    let (of_request, of_resource_field, of_scope_field) = match signal {
        Signal::Logs => (request::LOGS, of_resource::LOGS, of_scope::LOGS),
        Signal::Spans => (request::SPANS, of_resource::SPANS, of_scope::SPANS),
        Signal::Metrics => (request::METRICS, of_resource::METRICS, of_scope::METRICS),
    };
    let groups = Groups::of(pieces.filter_map(parts));
    object(out, |out| {
        one(out, of_request, |out| {
            Json::message(out, of_resource::RESOURCE, |out| out.extend_from_slice(resource));
            if signal == Signal::Metrics {
                // All metrics are of one scope, which has no name.
                one(out, of_resource_field, |out| {
                    many(out, of_scope_field, |out| {
                        groups.iter().for_each(|group| write_metric(&group, out))
                    });
                });
            } else {
                many(out, of_resource_field, |out| {
                    groups.iter().for_each(|group| write_scope(&group, of_scope_field, out));
                });
            }
            Json::text(out, of_resource::SCHEMA_URL, schema_url);
        });
    });
}

/// Appends the piece of a log record with one more attribute, a text, before its others; nothing when it is no such
/// piece or has the attribute already.
pub(in super::super) fn write_with_attribute(
    piece: &[u8],
    key: &str,
    text: &str,
    out: &mut Vec<u8>,
) -> Option<()> {
    const LIST: &str = "attributes";
    let (scope, record) = parts(piece)?;
    let list = Members::of(record)?.find(LIST).unwrap_or(b"[]");
    let mut keys = Elements::of(list).filter_map(|one| inside(Members::of(one)?.find("key")?));
    if keys.any(|known| known == key.as_bytes()) {
        return None;
    }
    out.extend_from_slice(scope);
    out.push(SEPARATOR);
    object(out, |out| {
        for (name, value) in
            Members::of(record).into_iter().flatten().filter(|(name, _)| *name != LIST.as_bytes())
        {
            comma(out);
            quoted(out, |out| out.extend_from_slice(name));
            out.push(b':');
            out.extend_from_slice(value);
        }
        many(out, log_record::ATTRIBUTES, |out| {
            Json::item(out, log_record::ATTRIBUTES, |out| text_member::<Json>(out, key, text));
            for attribute in Elements::of(list) {
                comma(out);
                out.extend_from_slice(attribute);
            }
        });
    });
    Some(())
}

/// What a piece has in common with others, and its own part.
fn parts(piece: &[u8]) -> Option<(&[u8], &[u8])> {
    let (shared, own) = piece.split_at_checked(memchr::memchr(SEPARATOR, piece)?)?;
    Some((shared, own.get(1..)?))
}

/// A list of one object.
fn one(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>)) {
    many(out, field, |out| Json::item(out, field, fill));
}

/// A list.
fn many(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    Json::open_list(out, field);
    fill(out);
    Json::close_list(out, start);
}

fn write_scope(group: &Group<'_, '_>, field: Field, out: &mut Vec<u8>) {
    Json::item(out, field, |out| {
        if !group.shared.is_empty() {
            name(out, of_scope::SCOPE);
            out.extend_from_slice(group.shared);
        }
        many(out, field, |out| join(group, out));
    });
}

/// The metric as it began, its points, and the brackets that are open.
fn write_metric(group: &Group<'_, '_>, out: &mut Vec<u8>) {
    comma(out);
    out.extend_from_slice(group.shared);
    join(group, out);
    out.extend_from_slice(b"]}}");
}

fn join(group: &Group<'_, '_>, out: &mut Vec<u8>) {
    for own in group.own() {
        comma(out);
        out.extend_from_slice(own);
    }
}
