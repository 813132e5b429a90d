//! Vigie's decision about traces, for the official SDK.

use crate::context::span_of;
use opentelemetry::trace::{Link, SpanKind, TraceContextExt};
use opentelemetry::{Context, KeyValue, TraceId};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};
use vigie_core::Telemetry;
use vigie_core::host;

/// Keeps the traces that the setting `sampling` of a telemetry keeps, so that a program whose spans come by both ways keeps
/// them whole.
#[derive(Debug, Clone)]
pub struct Sampler(host::Sampler);

impl Sampler {
    /// The sampler as `telemetry` is configured now.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        telemetry.ensure();
        let sampling =
            telemetry.settings().map(|settings| (settings.sampling.ratio, settings.sampling.parent_based));
        // Without settings even now nothing is recorded.
        let (ratio, parent_based) = sampling.unwrap_or((0.0, true));
        Self(host::Sampler::new(ratio, parent_based))
    }
}

impl ShouldSample for Sampler {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        _name: &str,
        _span_kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let above = parent_context.map(|context| context.span().span_context().clone());
        let parent = above.as_ref().and_then(span_of);
        let is_kept = self.0.sample(parent.as_ref(), trace_id);
        SamplingResult {
            decision: if is_kept { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop },
            attributes: Vec::new(),
            trace_state: above.map(|above| above.trace_state().clone()).unwrap_or_default(),
        }
    }
}
