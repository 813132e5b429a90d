//! The propagator of W3C Trace Context: `traceparent` and the `tracestate` that belongs to it.

use super::headers::Headers;
use super::propagator::{Decision, Field, Incoming, Outgoing, Propagator, Remote, Role};
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
        const {
            &[
                Field::new(PARENT, PARENT, Some("TRACEPARENT")).with_role(Role::Span),
                Field::new(STATE, STATE, Some("TRACESTATE")),
            ]
        }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        incoming.offer(|| {
            let span = headers.single(PARENT).and_then(traceparent::parse)?;
            let trace_state = match headers.single(STATE) {
                Some(list) => tracestate::parse(list),
                None => tracestate::parse_all(headers.values(STATE)),
            };
            Some(Remote { span, trace_state, decision: Decision::Made })
        });
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
