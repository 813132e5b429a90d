//! Whether a new trace is kept.
//!
//! Not for decisions at the end of a span.

use crate::model::context::SpanContext;
use crate::model::ids::TraceId;

/// Parent-based trace-id-ratio sampler (OpenTelemetry trace SDK, "TraceIdRatioBased").
#[derive(Debug, Clone, Copy)]
pub struct Sampler {
    threshold: u64,
    parent_based: bool,
}

impl Sampler {
    /// Keeps `ratio` of the traces, 0 to 1; `parent_based` lets a parent's decision stand.
    #[must_use]
    pub fn new(ratio: f64, parent_based: bool) -> Self {
        let threshold = (ratio.clamp(0.0, 1.0) * (1_u64 << 56) as f64) as u64;
        Self { threshold, parent_based }
    }

    /// Whether the span of `trace_id` under `parent` is recorded.
    #[inline]
    #[must_use]
    pub fn sample(&self, parent: Option<&SpanContext>, trace_id: TraceId) -> bool {
        match parent {
            Some(parent) if self.parent_based => parent.flags.is_sampled(),
            _ => {
                let [.., b6, b5, b4, b3, b2, b1, b0] = trace_id.to_bytes();
                u64::from_be_bytes([0, b6, b5, b4, b3, b2, b1, b0]) < self.threshold
            }
        }
    }
}
