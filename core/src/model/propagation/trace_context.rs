//! The propagator of W3C Trace Context: `traceparent` and the `tracestate` that belongs to it.

use super::propagator::{Field, Headers, Incoming, Outgoing, Propagator};
use super::{traceparent, tracestate};

/// W3C Trace Context, `tracecontext` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct TraceContext;

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";

impl Propagator for TraceContext {
    fn name(&self) -> &'static str {
        "tracecontext"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: PARENT, written: PARENT, variable: Some("TRACEPARENT") },
            Field { name: STATE, written: STATE, variable: Some("TRACESTATE") },
        ]
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        if let Some(span) = headers.single(PARENT).and_then(traceparent::parse) {
            incoming.span = Some(span);
            incoming.trace_state = match headers.single(STATE) {
                Some(list) => tracestate::parse(list),
                None => tracestate::parse_all(headers.values(STATE)),
            };
        }
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let context = outgoing.context;
        let Some(span) = &context.span else { return };
        set(PARENT, traceparent::format(span).as_str());
        if let Some(state) = context.trace_state() {
            set(STATE, state);
        }
    }
}
