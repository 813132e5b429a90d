//! A log record as a piece with one `LogRecord`.

use super::attributes::{Fitting, int_member};
use super::error;
use super::fields::{any_value, log_record as field, of_scope};
use super::form::Form;
use super::json::Json;
use super::room;
use crate::encode::attributes::limits::Limits;
use crate::encode::members::inside;
use crate::encode::record::Log;
use crate::model::attributes::{Entry, Role, WELL_KNOWN};
use crate::model::enrichment::THREAD;
use crate::model::thread::Thread;

/// The attribute that keeps the template of a message that was filled.
const TEMPLATE: &str = "message_template.text";

/// The attribute that holds what was found in the message.
const ENTITIES: &str = "entities";

/// The place of `event`, which is a field of the record and no attribute.
const EVENT: usize = 5;
const _: () = assert!(matches!(WELL_KNOWN[EVENT].as_bytes(), b"event"));

/// Appends the piece; true when the limit on a record left something out.
#[inline]
pub(super) fn write<F: Form>(limits: &Limits, log: &Log<'_>, out: &mut Vec<u8>) -> bool {
    let end = room::end(limits, out.len());
    let mut was_cut = false;
    F::piece(out, &room::fitting::<F>(limits, log.logger.text), of_scope::LOGS, |out| {
        let time = u64::try_from(log.timestamp_ns).unwrap_or(0);
        // Records are observed where they are made.
        F::two_fixed64(out, (field::TIME, time), (field::OBSERVED_TIME, time));
        F::uint(out, field::SEVERITY_NUMBER, u32::from(log.severity.number()));
        F::text(out, field::SEVERITY_TEXT, log.severity.text());
        let is_filled = write_body::<F>(limits, log, out);
        if let Some(span) = &log.context.span {
            F::fixed32(out, field::FLAGS, u32::from(span.flags.to_u8()));
            let (trace_id, span_id) = (span.trace_id.to_bytes(), span.span_id.to_bytes());
            F::ids(out, (field::TRACE_ID, trace_id), (field::SPAN_ID, span_id));
        }
        if let Some(name) = event(log) {
            F::encoded_text(out, field::EVENT_NAME, name);
        }
        was_cut = write_attributes::<F>(log, is_filled, end, out);
    });
    was_cut
}

/// Appends the message; true when it differs from its template.
#[inline]
fn write_body<F: Form>(limits: &Limits, log: &Log<'_>, out: &mut Vec<u8>) -> bool {
    let mut is_filled = log.filled_from.is_some();
    if log.is_template {
        F::message(out, field::BODY, |out| is_filled = write_filled::<F>(limits, log, out));
    } else {
        F::text_inside(out, field::BODY, any_value::STRING, &room::fitting::<F>(limits, log.message));
    }
    is_filled
}

fn write_filled<F: Form>(limits: &Limits, log: &Log<'_>, out: &mut Vec<u8>) -> bool {
    let mut message = Vec::new();
    let mut is_filled = log.write_message(limits.string_bytes, &mut message);
    if message.len() > room::share(limits) {
        message.clear();
        is_filled = log.write_message(room::share(limits) / Json::LONGEST_ESCAPE, &mut message);
    }
    F::encoded_text(out, any_value::STRING, &message);
    is_filled
}

#[inline]
fn write_attributes<F: Form>(log: &Log<'_>, is_filled: bool, end: usize, out: &mut Vec<u8>) -> bool {
    let mut attributes = Fitting::<F>::open(out, field::ATTRIBUTES, end);
    if let Some(error) = log.error {
        error::write(log, error, &mut attributes, out);
    }
    if is_filled && log.find(TEMPLATE).is_none() {
        attributes.text(out, TEMPLATE, log.template());
    }
    if let Some(thread) = log.thread {
        write_thread::<F>(log, thread, &mut attributes, out);
    }
    log.each_set(|set| attributes.set(out, set, |entry| !is_event(entry)));
    if let Some(entities) = log.entities {
        // An attribute of the record that bears the name is kept.
        attributes.set(out, entities, |_| log.find(ENTITIES).is_none());
    }
    let too_large = attributes.close(out);
    let dropped = too_large.saturating_add(log.own.dropped);
    if dropped > 0 {
        F::uint(out, field::DROPPED_ATTRIBUTES, dropped);
    }
    too_large > 0
}

#[cold]
fn write_thread<F: Form>(log: &Log<'_>, thread: &Thread, attributes: &mut Fitting<F>, out: &mut Vec<u8>) {
    // An attribute of the record that bears such a name is kept.
    let [id, name] = THREAD.map(|key| Some(key).filter(|key| log.find(key).is_none()));
    if let Some(id) = id {
        attributes.item(out, |out| int_member::<F>(out, id, i64::try_from(thread.id).unwrap_or(i64::MAX)));
    }
    if let Some(name) = name.filter(|_| !thread.name.is_empty()) {
        attributes.text(out, name, &thread.name);
    }
}

/// The inside of the event's name: the record's own, the logger's, the context's.
#[inline]
fn event<'a>(log: &Log<'a>) -> Option<&'a [u8]> {
    let (bound, ambient) = (log.bound, log.context.fields());
    let sets = [Some(log.own), bound.map(|set| &set.well_known), ambient.map(|set| &set.well_known)];
    sets.into_iter().flatten().filter(|set| set.has_well_known).find_map(|set| {
        let entry = set.at_place(EVENT)?;
        inside(set.value(entry))
    })
}

#[inline]
fn is_event(entry: &Entry) -> bool {
    matches!(entry.role, Role::WellKnown(place) if usize::from(place) == EVENT)
}
