//! Whether a trace is kept, decided when a span starts.

mod rate;
mod rule;

use crate::model::context::SpanContext;
use crate::model::ids::TraceId;
use crate::model::span::SpanKind;
use rate::Rate;
pub use rule::{Pattern, SamplingRule};
use std::sync::Arc;

/// Parent-based trace-id-ratio sampler (OpenTelemetry trace SDK, "ParentBased" around "TraceIdRatioBased"), with other ratios for
/// some traces and a bound for how many begin in a second where that is asked for.
///
/// The specification leaves the algorithm open. This is the one of the official SDKs for Rust, Go and, but for
/// rounding, Python: a trace is kept when the lower half of its id, without the last bit, is below `ratio` times 2^63. All
/// services at the same ratio then keep the same traces.
#[derive(Debug, Clone)]
pub struct Sampler {
    bound: u64,
    parent_based: bool,
    more: Option<Arc<More>>,
}

/// What most samplers have not.
#[derive(Debug)]
struct More {
    /// Each with the bound of its own; the first one that fits is taken.
    rules: Vec<(SamplingRule, u64)>,
    rate: Option<Rate>,
}

/// What the 63 bits of a trace id that are compared have to be below, for `ratio` of the traces.
fn bound(ratio: f64) -> u64 {
    (ratio.clamp(0.0, 1.0) * (1_u64 << 63) as f64) as u64
}

impl Sampler {
    /// Keeps `ratio` of the traces, 0 to 1; `parent_based` lets a parent's decision stand.
    #[must_use]
    pub fn new(ratio: f64, parent_based: bool) -> Self {
        Self { bound: bound(ratio), parent_based, more: None }
    }

    /// The same with ratios of their own for the traces that `rules` fit, the first one first, and with at most `per_second`
    /// new traces a second.
    #[must_use]
    pub fn with(self, rules: &[SamplingRule], per_second: Option<f64>) -> Self {
        if rules.is_empty() && per_second.is_none() {
            return self;
        }
        let rules = rules.iter().map(|rule| (rule.clone(), bound(rule.ratio))).collect();
        Self { more: Some(Arc::new(More { rules, rate: per_second.map(Rate::new) })), ..self }
    }

    /// What the 63 bits of a trace id that are compared have to be below, at most 2^63. For faces that decide
    /// themselves, without a call.
    #[must_use]
    pub const fn bound(&self) -> u64 {
        self.bound
    }

    /// Whether the span of `trace_id` under `parent` is recorded, which is called `name`.
    #[inline]
    #[must_use]
    pub fn sample(
        &self,
        parent: Option<&SpanContext>,
        trace_id: TraceId,
        name: &str,
        kind: SpanKind,
    ) -> bool {
        match parent {
            Some(parent) if self.parent_based => parent.flags.is_sampled(),
            _ => self.sample_anew(trace_id, name, kind, parent.is_none()),
        }
    }

    /// The decision where no parent's stands.
    #[inline]
    #[must_use]
    pub fn sample_anew(&self, trace_id: TraceId, name: &str, kind: SpanKind, is_new: bool) -> bool {
        // W3C Trace Context asks for randomness in this half only.
        let low = u128::from_be_bytes(trace_id.to_bytes()) as u64;
        match &self.more {
            None => low >> 1 < self.bound,
            Some(more) => more.sample(low >> 1, self.bound, name, kind, is_new),
        }
    }
}

impl More {
    #[inline(never)]
    fn sample(&self, random: u64, bound: u64, name: &str, kind: SpanKind, is_new: bool) -> bool {
        let own = self.rules.iter().find(|(rule, _)| rule.fits(name, kind));
        let is_within = random < own.map_or(bound, |(_, bound)| *bound);
        // Of a trace that others began it is known already that it is one more.
        is_within && (!is_new || self.rate.as_ref().is_none_or(Rate::takes))
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
            assert!(Sampler::new(1.0, true).sample(None, trace, "s", SpanKind::Internal));
            assert!(!Sampler::new(0.0, true).sample(None, trace, "s", SpanKind::Internal));
        }
    }

    #[test]
    fn a_ratio_keeps_about_its_share_and_whatever_a_smaller_one_keeps() {
        let (tenth, half) = (Sampler::new(0.1, true), Sampler::new(0.5, true));
        let ids = IdGenerator::random();
        let mut kept = 0;
        for _ in 0..20_000 {
            let trace = ids.trace_id();
            kept += i32::from(tenth.sample(None, trace, "s", SpanKind::Internal));
            assert!(
                !tenth.sample(None, trace, "s", SpanKind::Internal)
                    || half.sample(None, trace, "s", SpanKind::Internal)
            );
            assert_eq!(
                tenth.sample(None, trace, "s", SpanKind::Internal),
                tenth.sample(None, trace, "s", SpanKind::Internal)
            );
        }
        // Five standard deviations of a binomial distribution are 212.
        assert!((2_000 - 300..2_000 + 300).contains(&kept), "{kept}");
    }

    #[test]
    fn the_decision_is_that_of_the_official_sdks() {
        let quarter = Sampler::new(0.25, false);
        let trace = |low: u64| TraceId::from(u128::from(low) | 0xffff << 64);
        assert!(quarter.sample(None, trace(0x3fff_ffff_ffff_ffff), "s", SpanKind::Internal));
        assert!(!quarter.sample(None, trace(0x4000_0000_0000_0000), "s", SpanKind::Internal));
        assert_eq!(quarter.bound(), 1 << 61);
        assert_eq!(Sampler::new(7.0, false).bound(), 1 << 63);
    }

    #[test]
    fn a_parent_decides_unless_it_is_ignored() {
        let trace = TraceId::from(u128::MAX);
        for ratio in [0.0, 1.0] {
            for flags in [TraceFlags::NOT_SAMPLED, TraceFlags::SAMPLED] {
                let parent = parent(flags);
                assert_eq!(
                    Sampler::new(ratio, true).sample(Some(&parent), trace, "s", SpanKind::Internal),
                    flags.is_sampled()
                );
                assert_eq!(
                    Sampler::new(ratio, false).sample(Some(&parent), trace, "s", SpanKind::Internal),
                    ratio > 0.5
                );
            }
        }
    }

    #[test]
    fn the_first_rule_that_fits_has_the_say() {
        let rule =
            |name: Option<&str>, kind, ratio| SamplingRule { name: name.map(Pattern::new), kind, ratio };
        let rules = [
            rule(Some("GET /health*"), None, 0.0),
            rule(None, Some(SpanKind::Server), 1.0),
            rule(Some("GET /*"), None, 0.0),
        ];
        let sampler = Sampler::new(0.0, true).with(&rules, None);
        let kept = |name, kind| sampler.sample(None, TraceId::from(1_u128), name, kind);
        assert!(!kept("GET /health", SpanKind::Server));
        assert!(kept("GET /items", SpanKind::Server));
        assert!(!kept("GET /items", SpanKind::Client));
        assert!(!kept("job", SpanKind::Internal), "others have the share of all");
        let parent = parent(TraceFlags::SAMPLED);
        let under = |name| sampler.sample(Some(&parent), TraceId::from(1_u128), name, SpanKind::Server);
        assert!(under("GET /health"), "a decision that was made stands");
    }

    #[test]
    fn a_rate_bounds_new_traces_alone() {
        let sampler = Sampler::new(1.0, false).with(&[], Some(0.001));
        let kept = |parent| sampler.sample(parent, TraceId::from(1_u128), "s", SpanKind::Internal);
        assert!(kept(None));
        assert!(!kept(None));
        assert!(kept(Some(&parent(TraceFlags::NOT_SAMPLED))));
    }
}
