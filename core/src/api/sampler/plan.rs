//! What a sampler is made of.

use super::parents::Parents;
use super::rule::SamplingRule;

/// What a sampler shall do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan<'a> {
    /// Share of the new traces that are kept, 0 to 1.
    pub ratio: f64,
    /// Shares of their own for the traces that they fit; the first one that fits is taken.
    pub rules: &'a [SamplingRule],
    /// So many new traces are kept a second at most.
    pub per_second: Option<f64>,
    /// What parents mean.
    pub parents: Parents,
    /// Whether decisions are made with the trace's randomness and told in its `tracestate` (OpenTelemetry "TraceState:
    /// Probability Sampling").
    pub is_consistent: bool,
}

impl Plan<'_> {
    /// Whether a trace id and the share are all that the decision about a new trace needs.
    #[must_use]
    pub fn decides_by_id(&self) -> bool {
        self.rules.is_empty() && self.per_second.is_none() && !self.is_consistent
    }

    /// Whether besides that every parent's decision stands.
    pub(super) fn is_plain(&self) -> bool {
        self.decides_by_id() && self.parents == Parents::default()
    }
}
