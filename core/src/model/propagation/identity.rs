//! A span's identity as formats other than W3C Trace Context have it: separate hexadecimal numbers, of 64 bits too.
//! Not for `traceparent`, which has digits of a fixed number and case.

use super::text;
use crate::model::context::SpanContext;
use crate::model::ids::{SpanId, TraceFlags, TraceId, span_ids_digits, trace_id_digits};

/// Digits of a trace id, and of the shorter one of 64 bits, whose other half is zero.
pub(super) const TRACE: [usize; 2] = [32, 16];
/// Digits of a span id.
pub(super) const SPAN: usize = 16;

/// The span of these identifiers, of up to 32 and 16 digits; None when either is zero or no number.
pub(super) fn span(trace_digits: &str, span_digits: &str, is_sampled: bool) -> Option<SpanContext> {
    let trace_id = TraceId::from(text::hex(trace_digits)?);
    let span_id = SpanId::from(u64::try_from(text::hex(span_digits)?).ok()?);
    if trace_id == TraceId::INVALID || span_id == SpanId::INVALID || span_digits.len() > SPAN {
        return None;
    }
    let flags = TraceFlags::NOT_SAMPLED.with_sampled(is_sampled);
    Some(SpanContext { trace_id, span_id, flags, is_remote: true })
}

/// [`span`] for formats whose identifiers have all of their digits.
pub(super) fn whole_span(trace_digits: &str, span_digits: &str, is_sampled: bool) -> Option<SpanContext> {
    let is_whole = TRACE.contains(&trace_digits.len()) && span_digits.len() == SPAN;
    if is_whole { span(trace_digits, span_digits, is_sampled) } else { None }
}

/// The digits of both identifiers of a span.
pub(super) struct Digits {
    trace: [u8; 32],
    span: [u8; 16],
}

impl Digits {
    pub(super) fn of(span: &SpanContext) -> Self {
        let [span_digits, _] = span_ids_digits([span.span_id; 2]);
        Self { trace: trace_id_digits(span.trace_id), span: span_digits }
    }

    pub(super) fn trace(&self) -> &str {
        // Digits only, so this cannot fail.
        std::str::from_utf8(&self.trace).unwrap_or_default()
    }

    pub(super) fn span(&self) -> &str {
        std::str::from_utf8(&self.span).unwrap_or_default()
    }
}
