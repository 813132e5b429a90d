//! Vigie's decision about traces, for the official SDK.

use crate::context::span_of;
use crate::span::kind_of;
use opentelemetry::trace::{Link, SpanKind, TraceContextExt};
use opentelemetry::{Context, KeyValue, TraceId};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};
use vigie_core::config::Sampling;
use vigie_core::{Telemetry, host};

/// Keeps the traces that the setting `sample` of a telemetry keeps, so that a program whose spans come by both ways keeps them
/// whole. What `keep_errors` and `keep_slower_than` would bring back is not there: the SDK hands over no span that was left out.
#[derive(Debug, Clone)]
pub struct Sampler(host::Sampler);

impl Sampler {
    /// The sampler as `telemetry` is configured now.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        telemetry.ensure();
        // Without settings even now nothing is recorded.
        let none = || host::Sampler::new(0.0, true);
        Self(telemetry.settings().map_or_else(none, |settings| {
            let Sampling { ratio, parent_based, rules, per_second, .. } = &settings.sampling;
            host::Sampler::new(*ratio, *parent_based).with(rules, *per_second)
        }))
    }
}

impl ShouldSample for Sampler {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        span_kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let above = parent_context.map(|context| context.span().span_context().clone());
        let parent = above.as_ref().and_then(span_of);
        let is_kept = self.0.sample(parent.as_ref(), trace_id, name, kind_of(span_kind));
        SamplingResult {
            decision: if is_kept { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop },
            attributes: Vec::new(),
            trace_state: above.map(|above| above.trace_state().clone()).unwrap_or_default(),
        }
    }
}
