//! Decisions of the core about spans that JavaScript starts.

use crate::carrier::pairs;
use crate::scene::trace_id;
use crate::telemetry::kind;
use napi_derive::napi;
use vigie_core::host::{Asked, global, guard, with_trace_state};
use vigie_core::{Context, SpanContext, SpanId, TraceFlags};

/// `samples(t2, t3, name, kind, parent, tracestate, attributes)`: what the core decides about a span of the trace with this lower
/// half of its id. `parent` is -1 for none, or flags, and 256 for one of another process. The answer is `1` or `0`, with another
/// `tracestate` behind a colon where that changes.
#[napi]
pub fn samples(
    t2: i32,
    t3: i32,
    name: String,
    number: u32,
    parent: i32,
    trace_state: String,
    attributes: Vec<String>,
) -> String {
    guard("1".to_owned(), || {
        let trace_id = trace_id([0, 0, t2, t3]);
        let span = u16::try_from(parent).ok().map(|parent| SpanContext {
            trace_id,
            // Whose it is decides nothing.
            span_id: SpanId::INVALID,
            flags: TraceFlags::new(parent as u8),
            is_remote: parent & 0x100 != 0,
        });
        let around = with_trace_state(&Context { span, carried: None }, &trace_state);
        let kind = kind(number).unwrap_or_default();
        let asked = Asked { parent: Some(&around), trace_id, name: &name, kind, attributes: None };
        let (is_sampled, changed) = global().decide(asked, |writer| {
            for (name, text) in pairs(attributes) {
                writer.attr(&name, text.as_str());
            }
        });
        let flag = u8::from(is_sampled);
        changed.map_or_else(|| flag.to_string(), |trace_state| format!("{flag}:{trace_state}"))
    })
}
