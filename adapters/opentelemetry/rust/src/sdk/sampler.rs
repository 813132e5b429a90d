//! Vigie's decision about traces, for the official SDK.

use crate::context::to_vigie;
use crate::span::kind_of;
use crate::values::write;
use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceState};
use opentelemetry::{Context, KeyValue, TraceId};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};
use vigie_core::Telemetry;
use vigie_core::host::Asked;

/// Keeps the traces that the setting `sample` of a telemetry keeps, so that a program whose spans come by both ways keeps them
/// whole. What `keep_errors` and `keep_slower_than` would bring back is not there: the SDK hands over no span that was left out.
#[derive(Debug, Clone)]
pub struct Sampler(Telemetry);

impl Sampler {
    /// The sampler of `telemetry`, which follows its configuration.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        telemetry.ensure();
        Self(telemetry.clone())
    }
}

impl ShouldSample for Sampler {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        span_kind: &SpanKind,
        attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let parent = parent_context.map(to_vigie);
        let kind = kind_of(span_kind);
        let asked = Asked { parent: parent.as_ref(), trace_id, name, kind, attributes: None };
        let (is_kept, changed) = self.0.decide(asked, |writer| write(writer, attributes));
        let above = || parent_context.map(|context| context.span().span_context().trace_state().clone());
        SamplingResult {
            decision: if is_kept { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop },
            attributes: Vec::new(),
            trace_state: changed
                .map_or_else(above, |list| list.parse::<TraceState>().ok())
                .unwrap_or_default(),
        }
    }
}
