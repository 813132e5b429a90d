//! A span as a piece with one `Span`.

use super::attributes::Fitting;
use super::fields::{Field, event, link, of_scope, span as field, status};
use super::form::Form;
use super::room;
use crate::encode::attributes::limits::Limits;
use crate::encode::record::{Event, Linked, Span};
use crate::model::attributes::{Attributes, CORRELATION_KEYS, Entry, Role};
use crate::model::context::SpanContext;
use crate::model::span::{SpanKind, Status};

/// The bits beside the trace flags that say whether a parent or a linked span is remote: that it is known, and yes.
const HAS_IS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

/// Appends the piece; true when the limit on a record left something out.
#[inline]
pub(super) fn write<F: Form>(limits: &Limits, span: &Span<'_>, out: &mut Vec<u8>) -> bool {
    let end = room::end(limits, out.len());
    let mut was_cut = false;
    F::piece(out, &room::fitting::<F>(limits, span.scope), of_scope::SPANS, |out| {
        if let Some(own) = &span.context.span {
            let (trace_id, span_id) = (own.trace_id.to_bytes(), own.span_id.to_bytes());
            F::ids(out, (field::TRACE_ID, trace_id), (field::SPAN_ID, span_id));
            F::fixed32(
                out,
                field::FLAGS,
                flags(own, span.parent.map_or(Some(false), |parent| parent.is_remote)),
            );
        }
        if let Some(parent) = span.parent {
            F::id(out, field::PARENT_SPAN_ID, &parent.span_id.to_bytes());
        }
        if let Some(state) = span.context.trace_state() {
            F::text(out, field::TRACE_STATE, state);
        }
        F::text(out, field::NAME, &room::fitting::<F>(limits, span.name));
        F::uint(out, field::KIND, kind(span.kind));
        let start = u64::try_from(span.start_ns).unwrap_or(0);
        let end_time = start.saturating_add(span.duration_ns);
        F::two_fixed64(out, (field::START_TIME, start), (field::END_TIME, end_time));
        write_status::<F>(limits, span, out);
        was_cut = write_lists::<F>(span, end, out);
    });
    was_cut
}

fn flags(own: &SpanContext, is_remote: Option<bool>) -> u32 {
    let remote = match is_remote {
        None => 0,
        Some(false) => HAS_IS_REMOTE,
        Some(true) => HAS_IS_REMOTE | IS_REMOTE,
    };
    u32::from(own.flags.to_u8()) | remote
}

const fn kind(kind: SpanKind) -> u32 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

#[inline]
fn write_status<F: Form>(limits: &Limits, span: &Span<'_>, out: &mut Vec<u8>) {
    let code = match span.status {
        Status::Unset => return,
        Status::Ok => 1,
        Status::Error => 2,
    };
    F::message(out, field::STATUS, |out| {
        if !span.status_message.is_empty() {
            F::text(out, status::MESSAGE, &room::fitting::<F>(limits, span.status_message));
        }
        F::uint(out, status::CODE, code);
    });
}

/// Attributes, events and links, as many as fit in this order; true when any did not.
#[inline]
fn write_lists<F: Form>(span: &Span<'_>, end: usize, out: &mut Vec<u8>) -> bool {
    let mut attributes = Fitting::<F>::open(out, field::ATTRIBUTES, end);
    attributes.set(out, span.attributes, |_| true);
    if let Some(fields) = span.context.fields().filter(|fields| fields.has_well_known()) {
        let well_known = &fields.well_known;
        attributes.set(out, well_known, |entry| is_news(well_known, entry, span.attributes));
    }
    let cut_attributes = attributes.close(out);
    let mut events = Fitting::<F>::open(out, field::EVENTS, end);
    for one in span.events {
        events.item(out, |out| write_event::<F>(one, out));
    }
    let cut_events = events.close(out);
    let mut links = Fitting::<F>::open(out, field::LINKS, end);
    for one in span.links {
        links.item(out, |out| write_link::<F>(one, out));
    }
    let cut_links = links.close(out);
    for (field, dropped, cut) in [
        (field::DROPPED_ATTRIBUTES, span.attributes.dropped, cut_attributes),
        (field::DROPPED_EVENTS, span.dropped_events, cut_events),
        (field::DROPPED_LINKS, span.dropped_links, cut_links),
    ] {
        write_count::<F>(out, field, dropped.saturating_add(cut));
    }
    cut_attributes | cut_events | cut_links != 0
}

/// Whether this is a correlation key in force that the span has not said anything else of.
fn is_news(well_known: &Attributes, entry: &Entry, own: &Attributes) -> bool {
    let is_correlation =
        matches!(entry.role, Role::WellKnown(place) if usize::from(place) < CORRELATION_KEYS);
    is_correlation && own.position(entry.hash, well_known.fragment(entry)).is_none()
}

#[inline]
fn write_count<F: Form>(out: &mut Vec<u8>, field: Field, count: u32) {
    if count > 0 {
        F::uint(out, field, count);
    }
}

fn write_event<F: Form>(one: &Event, out: &mut Vec<u8>) {
    F::fixed64(out, event::TIME, u64::try_from(one.time_ns).unwrap_or(0));
    F::text(out, event::NAME, &one.name);
    write_own::<F>(&one.attributes, event::ATTRIBUTES, event::DROPPED_ATTRIBUTES, out);
}

fn write_link<F: Form>(one: &Linked, out: &mut Vec<u8>) {
    let (trace_id, span_id) = (one.span.trace_id.to_bytes(), one.span.span_id.to_bytes());
    F::ids(out, (link::TRACE_ID, trace_id), (link::SPAN_ID, span_id));
    F::fixed32(out, link::FLAGS, flags(&one.span, Some(one.span.is_remote)));
    write_own::<F>(&one.attributes, link::ATTRIBUTES, link::DROPPED_ATTRIBUTES, out);
}

/// The attributes of an event or a link. Whether they fit is asked of the event or link as a whole.
fn write_own<F: Form>(attributes: &Attributes, field: Field, dropped: Field, out: &mut Vec<u8>) {
    let mut list = Fitting::<F>::open(out, field, usize::MAX);
    list.set(out, attributes, |_| true);
    list.close(out);
    write_count::<F>(out, dropped, attributes.dropped);
}
