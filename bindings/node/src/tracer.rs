//! Finished spans out of columns, and identifiers for tests.
//! Not for which span is current: JavaScript keeps that.

use crate::batch::Scene;
use crate::columns::Reader;
use crate::forms::{Form, Owner};
use crate::text::Piece;
use crate::{convert, js};
use napi_sys::napi_value;
use vigie_core::{Context, Link, RenderedBatch, Span, SpanContext, SpanId, SpanStart, Status, TraceFlags, TraceId, global};

/// What stands in front of a span's attributes.
struct Head<'s, 't> {
    context: &'s Context,
    parent: Option<SpanId>,
    start_ns: i64,
    duration_ns: i64,
    status: Status,
    status_message: Piece<'t>,
    dropped_events: usize,
    dropped_links: usize,
}

/// One span into the batch.
#[inline]
pub fn render(reader: &mut Reader<'_>, scene: &Scene<'_>, out: &mut RenderedBatch) {
    let number = reader.size();
    let Some(form) = scene.forms.list.get(number) else { return };
    let Owner::Span { kind, scope } = &form.owner else { return };
    let Some(head) = head(reader, scene) else { return };
    let Some(ids) = head.context.span else { return };
    let brought = form.text.is_none().then(|| reader.piece().lossy());
    let name = form.text.as_deref().or(brought.as_deref()).unwrap_or_default();
    let start = SpanStart {
        kind: *kind,
        parent: Some(head.context),
        start_time_ns: Some(head.start_ns),
        scope,
        links: &[],
    };
    let mut span = scene.telemetry.start_span_with(name, start, ids, head.parent);
    fill(&mut span, form, &head, reader, scene);
    span.end_into(Some(head.start_ns.saturating_add(head.duration_ns)), out);
}

fn head<'s, 't>(reader: &mut Reader<'t>, scene: &'s Scene<'_>) -> Option<Head<'s, 't>> {
    let context = scene.contexts.get(reader.size());
    let parent = reader.long();
    let rest_ns = i64::from(reader.int());
    let status = match reader.int() {
        1 => Status::Ok,
        2 => Status::Error,
        _ => Status::Unset,
    };
    let length = reader.size();
    let (dropped_events, dropped_links) = (reader.size(), reader.size());
    Some(Head {
        context: context?,
        parent: (parent != 0).then(|| SpanId::from(parent)),
        start_ns: nanoseconds(reader.num(), rest_ns),
        duration_ns: reader.num() as i64,
        status,
        status_message: reader.piece_of(length),
        dropped_events,
        dropped_links,
    })
}

fn fill(span: &mut Span, form: &Form, head: &Head<'_, '_>, reader: &mut Reader<'_>, scene: &Scene<'_>) {
    convert::members(reader, &form.members, scene.are_current, &mut span.attributes());
    for _ in 0..reader.size() {
        let name = reader.piece().lossy();
        let rest_ns = i64::from(reader.int());
        let time_ns = nanoseconds(reader.num(), rest_ns);
        span.add_event(&name, Some(time_ns), |writer| convert::tagged_members(reader, writer));
    }
    for _ in 0..head.dropped_events {
        span.add_event("", Some(0), |_| {});
    }
    for _ in 0..reader.size() {
        let link = link(reader);
        span.add_link(&link, |writer| convert::tagged_members(reader, writer));
    }
    for _ in 0..head.dropped_links {
        span.add_link(&Link { span: NOWHERE }, |_| {});
    }
    if head.status != Status::Unset {
        span.set_status(head.status, Some(&head.status_message.lossy()));
    }
}

/// A link beyond the limit is counted, whatever it is.
const NOWHERE: SpanContext = SpanContext {
    trace_id: TraceId::INVALID,
    span_id: SpanId::INVALID,
    flags: TraceFlags::NOT_SAMPLED,
    is_remote: false,
};

fn link(reader: &mut Reader<'_>) -> Link {
    let trace = (u128::from(reader.long()) << 64) | u128::from(reader.long());
    let span_id = SpanId::from(reader.long());
    Link { span: SpanContext { trace_id: TraceId::from(trace), span_id, ..NOWHERE } }
}

/// Whole microseconds and the nanoseconds beyond them.
fn nanoseconds(us: f64, rest_ns: i64) -> i64 {
    (us as i64).saturating_mul(1_000).saturating_add(rest_ns)
}

/// `ids(out, root)`: the next identifiers of the core, as 32-bit numbers: trace (4) when `root`, span (2).
pub fn ids(call: &js::Call<'_>) -> napi_value {
    let (trace, span) = global().new_ids(call.flag(1));
    let mut halves = [0_i32; 6];
    let bytes = trace.unwrap_or(TraceId::INVALID).to_bytes().into_iter().chain(span.to_bytes());
    for (place, byte) in bytes.enumerate() {
        if let Some(half) = halves.get_mut(place / 4) {
            *half = (*half << 8) | i32::from(byte);
        }
    }
    call.write_ints(0, &halves);
    call.give_nothing()
}
