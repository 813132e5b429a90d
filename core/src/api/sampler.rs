//! Whether a trace is kept, decided when a span starts.

use crate::model::context::SpanContext;
use crate::model::ids::TraceId;

/// Parent-based trace-id-ratio sampler (OpenTelemetry trace SDK, "ParentBased" around "TraceIdRatioBased").
///
/// The specification leaves the algorithm open. This is the one of the official SDKs for Rust, Go and, but for
/// rounding, Python: a trace is kept when the lower half of its id, without the last bit, is below `ratio` times 2^63. All
/// services at the same ratio then keep the same traces.
#[derive(Debug, Clone, Copy)]
pub struct Sampler {
    bound: u64,
    parent_based: bool,
}

impl Sampler {
    /// Keeps `ratio` of the traces, 0 to 1; `parent_based` lets a parent's decision stand.
    #[must_use]
    pub fn new(ratio: f64, parent_based: bool) -> Self {
        let bound = (ratio.clamp(0.0, 1.0) * (1_u64 << 63) as f64) as u64;
        Self { bound, parent_based }
    }

    /// What the 63 bits of a trace id that are compared have to be below, at most 2^63. For faces that decide
    /// themselves, without a call.
    #[must_use]
    pub const fn bound(&self) -> u64 {
        self.bound
    }

    /// Whether the span of `trace_id` under `parent` is recorded.
    #[inline]
    #[must_use]
    pub fn sample(&self, parent: Option<&SpanContext>, trace_id: TraceId) -> bool {
        match parent {
            Some(parent) if self.parent_based => parent.flags.is_sampled(),
            _ => {
                // W3C Trace Context asks for randomness in this half only.
                let low = u128::from_be_bytes(trace_id.to_bytes()) as u64;
                low >> 1 < self.bound
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{IdGenerator, SpanId, TraceFlags};

    fn parent(flags: TraceFlags) -> SpanContext {
        let (trace_id, span_id) = (TraceId::from(1_u128), SpanId::from(1_u64));
        SpanContext { trace_id, span_id, flags, is_remote: true }
    }

    #[test]
    fn all_and_none_are_exact() {
        for low in [1_u64, u64::MAX / 2, u64::MAX] {
            let trace = TraceId::from(u128::from(low));
            assert!(Sampler::new(1.0, true).sample(None, trace));
            assert!(!Sampler::new(0.0, true).sample(None, trace));
        }
    }

    #[test]
    fn a_ratio_keeps_about_its_share_and_whatever_a_smaller_one_keeps() {
        let (tenth, half) = (Sampler::new(0.1, true), Sampler::new(0.5, true));
        let ids = IdGenerator::random();
        let mut kept = 0;
        for _ in 0..20_000 {
            let trace = ids.trace_id();
            kept += i32::from(tenth.sample(None, trace));
            assert!(!tenth.sample(None, trace) || half.sample(None, trace));
            assert_eq!(tenth.sample(None, trace), tenth.sample(None, trace));
        }
        // Five standard deviations of a binomial distribution are 212.
        assert!((2_000 - 300..2_000 + 300).contains(&kept), "{kept}");
    }

    #[test]
    fn the_decision_is_that_of_the_official_sdks() {
        let quarter = Sampler::new(0.25, false);
        let trace = |low: u64| TraceId::from(u128::from(low) | 0xffff << 64);
        assert!(quarter.sample(None, trace(0x3fff_ffff_ffff_ffff)));
        assert!(!quarter.sample(None, trace(0x4000_0000_0000_0000)));
        assert_eq!(quarter.bound(), 1 << 61);
        assert_eq!(Sampler::new(7.0, false).bound(), 1 << 63);
    }

    #[test]
    fn a_parent_decides_unless_it_is_ignored() {
        let trace = TraceId::from(u128::MAX);
        for ratio in [0.0, 1.0] {
            for flags in [TraceFlags::NOT_SAMPLED, TraceFlags::SAMPLED] {
                let parent = parent(flags);
                assert_eq!(Sampler::new(ratio, true).sample(Some(&parent), trace), flags.is_sampled());
                assert_eq!(Sampler::new(ratio, false).sample(Some(&parent), trace), ratio > 0.5);
            }
        }
    }
}
