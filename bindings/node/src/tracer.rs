//! Reads finished spans out of columns, and gives JavaScript the core's identifiers.

use crate::columns::{Reader, long, size};
use crate::forms::Owner;
use crate::scene::{Scene, trace_id};
use crate::wire::{flag, link_ints, span_ints, status};
use crate::{convert, js};
use napi_sys::napi_value;
use vigie_core::host::{Parent, RenderedBatch, global};
use vigie_core::{Link, Span, SpanContext, SpanId, SpanStart, Status, TraceFlags, TraceId};

/// Renders one span into the batch.
#[inline]
pub fn render(reader: &mut Reader<'_>, scene: &Scene<'_>, out: &mut RenderedBatch) {
    use span_ints::{CARRIED, FLAGS, FORM, PARENT, SPAN, START_NS, TRACE};
    let ints: &[i32; span_ints::COUNT] = reader.ints();
    let Some(form) = scene.forms.list.get(size(ints[FORM])) else { return };
    let Owner::Span { kind, scope } = &form.owner else { return };
    let ids = SpanContext {
        trace_id: trace_id([ints[TRACE], ints[TRACE + 1], ints[TRACE + 2], ints[TRACE + 3]]),
        span_id: SpanId::from(long(ints[SPAN], ints[SPAN + 1])),
        flags: TraceFlags::new(ints[FLAGS] as u8),
        is_remote: false,
    };
    let carried = scene.carried(size(ints[CARRIED]));
    let parent = long(ints[PARENT], ints[PARENT + 1]);
    let start_ns = nanoseconds(reader.num(), i64::from(ints[START_NS]));
    let duration_ns = reader.num() as i64;
    let brought = form.text.is_none().then(|| reader.piece().lossy());
    let start =
        SpanStart { kind: *kind, parent: Some(carried), start_time_ns: Some(start_ns), scope, links: &[] };
    let name = form.text.as_deref().or(brought.as_deref()).unwrap_or_default();
    let is_remote = Some(ints[FLAGS] & flag::REMOTE != 0);
    let parent = (parent != 0).then(|| Parent { span_id: SpanId::from(parent), is_remote });
    let mut span = scene.telemetry.start_span_with(name, start, ids, parent);
    span.attributes(|writer| convert::members(reader, &form.members, scene.are_current, writer));
    if ints[FLAGS] & flag::RICH != 0 {
        fill(&mut span, reader, scene);
    }
    span.end_into(Some(start_ns.saturating_add(duration_ns)), out);
}

/// Reads status, events and links into the span.
#[inline(never)]
fn fill(span: &mut Span, reader: &mut Reader<'_>, scene: &Scene<'_>) {
    let status = match reader.int() {
        status::UNSET => Some(Status::Unset),
        status::OK => Some(Status::Ok),
        status::ERROR => Some(Status::Error),
        _ => None,
    };
    let message = reader.piece().lossy();
    if let Some(status) = status {
        span.set_status(status, Some(&message));
    }
    let mut count = || u32::try_from(reader.int()).unwrap_or_default();
    let (dropped_events, dropped_links) = (count(), count());
    span.add_dropped(dropped_events, dropped_links);
    for _ in 0..reader.size() {
        event(span, reader, scene);
    }
    for _ in 0..reader.size() {
        let link = link(reader);
        let mut is_read = false;
        span.add_link(&link, |writer| {
            is_read = true;
            convert::tagged_members(reader, writer);
        });
        if !is_read {
            convert::skip_to_end(reader);
        }
    }
}

/// Reads one event. Its attributes are passed over when the limit has come down meanwhile, so that the core does not ask for them.
fn event(span: &mut Span, reader: &mut Reader<'_>, scene: &Scene<'_>) {
    let number = reader.size();
    let rest_ns = i64::from(reader.int());
    let time_ns = nanoseconds(reader.num(), rest_ns);
    let Some(form) = scene.forms.list.get(number) else { return };
    let brought = form.text.is_none().then(|| reader.piece().lossy());
    let name = form.text.as_deref().or(brought.as_deref()).unwrap_or_default();
    let mut is_read = false;
    span.add_event(name, Some(time_ns), |writer| {
        is_read = true;
        convert::members(reader, &form.members, scene.are_current, writer);
    });
    if !is_read {
        convert::skip_members(reader, &form.members);
    }
}

pub fn link(reader: &mut Reader<'_>) -> Link {
    use link_ints::{FLAGS, SPAN, TRACE};
    let ints: &[i32; link_ints::COUNT] = reader.ints();
    let trace_id = trace_id([ints[TRACE], ints[TRACE + 1], ints[TRACE + 2], ints[TRACE + 3]]);
    let span_id = SpanId::from(long(ints[SPAN], ints[SPAN + 1]));
    let (flags, is_remote) = (TraceFlags::new(ints[FLAGS] as u8), ints[FLAGS] & flag::REMOTE != 0);
    Link { span: SpanContext { trace_id, span_id, flags, is_remote } }
}

/// Nanoseconds out of whole microseconds and the nanoseconds beyond them.
fn nanoseconds(us: f64, rest_ns: i64) -> i64 {
    (us as i64).saturating_mul(1_000).saturating_add(rest_ns)
}

/// `ids(out, root)`: the next identifiers of the core, as 32-bit numbers: trace (4) when `root`, span (2).
pub fn ids(call: &js::Call) -> napi_value {
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
