//! The propagator of the headers `X-Trace-Id` and `X-Span-Id`, which no specification has and many programs do.

use super::headers::Headers;
use super::identity::{self, Digits};
use super::propagator::{Decision, Field, Incoming, Outgoing, Propagator, Remote, Role};
use super::text::trim;

/// The two plain headers, `x-trace-id` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct XTraceId;

const TRACE_ID: Field = Field::new("x-trace-id", "X-Trace-Id", Some("X_TRACE_ID")).with_role(Role::Span);
const SPAN_ID: Field = Field::new("x-span-id", "X-Span-Id", Some("X_SPAN_ID"));

impl Propagator for XTraceId {
    fn name(&self) -> &'static str {
        "x-trace-id"
    }

    fn fields(&self) -> &'static [Field] {
        const { &[TRACE_ID, SPAN_ID] }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        incoming.offer(|| {
            let [trace, span] = [TRACE_ID, SPAN_ID].map(|field| headers.single(field.name).map(trim));
            let span = identity::whole_span(trace?, span?, false)?;
            // They say nothing of sampling.
            Some(Remote { span, trace_state: None, decision: Decision::Open })
        });
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let Some(span) = &outgoing.context.span else { return };
        let digits = Digits::of(span);
        set(TRACE_ID.written, digits.trace());
        set(SPAN_ID.written, digits.span());
    }
}
