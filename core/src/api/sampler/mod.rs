//! Whether a trace is kept, decided when a span starts.

mod asked;
mod parents;
mod plan;
mod rate;
mod rule;
mod share;
#[cfg(test)]
mod tests;
mod threshold;

use crate::model::context::{Context, SpanContext};
use crate::model::ids::TraceId;
use crate::model::propagation::ot;
pub use asked::{Asked, Mark, Sampled};
pub use parents::{FromParent, Parents};
pub use plan::Plan;
use rate::Rate;
pub use rule::{Pattern, SamplingRule};
pub(super) use share::{Share, bound};
use std::sync::Arc;

/// The specification's samplers (OpenTelemetry trace SDK, "Built-in samplers"): "ParentBased" around a share of the new traces, with
/// other shares for some of them, and a bound for how many begin in a second where that is asked for.
///
/// A share is that of "TraceIdRatioBased", whose algorithm is left open. This is the one of the official SDKs for Rust, Go and, but
/// for rounding, Python: a trace is kept when the lower half of its id, without the last bit, is below `ratio` times 2^63. All
/// services at the same ratio then keep the same traces. A consistent share is that of "ProbabilitySampler": see [`Plan`].
#[derive(Debug, Clone)]
pub struct Sampler {
    bound: u64,
    more: Option<Arc<More>>,
}

/// What most samplers have not.
#[derive(Debug)]
struct More {
    /// Of traces that no rule fits.
    share: Share,
    /// The first one that fits is taken.
    rules: Vec<(SamplingRule, Share)>,
    parents: [SlotOf; 4],
    rate: Option<Rate>,
    is_consistent: bool,
    reads_attributes: bool,
}

/// What a parent of one of the four sorts means, ready for use.
#[derive(Debug)]
enum SlotOf {
    Parent,
    Root,
    Share(Share),
}

impl Sampler {
    /// The sampler that does what is planned.
    #[must_use]
    pub fn new(plan: &Plan<'_>) -> Self {
        let more = (!plan.is_plain()).then(|| Arc::new(More::new(plan)));
        Self { bound: share::bound(plan.ratio), more }
    }

    /// What the 63 bits of a trace id that are compared have to be below, at most 2^63. For faces that decide
    /// themselves, without a call, where the plan is plain.
    #[must_use]
    pub const fn bound(&self) -> u64 {
        self.bound
    }

    /// Whether it wants to know the attributes that a span is started with.
    #[inline]
    #[must_use]
    pub fn reads_attributes(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.reads_attributes)
    }

    /// Whether a span of this trace is sampled, where an id and a parent are all that decides.
    #[inline]
    #[must_use]
    pub fn plainly(&self, parent: Option<&SpanContext>, trace_id: TraceId) -> Option<bool> {
        if self.more.is_some() {
            return None;
        }
        Some(match parent {
            Some(parent) => parent.flags.is_sampled(),
            None => share::compared(trace_id) < self.bound,
        })
    }

    /// Whether a span is sampled, and what it tells of that.
    #[must_use]
    pub fn sample(&self, asked: &Asked<'_>) -> Sampled<'_> {
        if let Some(more) = &self.more {
            return more.sample(asked);
        }
        let parent = asked.parent.and_then(|context| context.span.as_ref());
        Sampled { is_sampled: self.plainly(parent, asked.trace_id) == Some(true), mark: Mark::Kept }
    }

    /// The decision where no parent's stands: what a trace gets whose beginner has left it open.
    #[must_use]
    pub fn sample_anew(&self, asked: &Asked<'_>) -> Sampled<'_> {
        match &self.more {
            Some(more) => more.sample_anew(asked),
            None => self.sample(&Asked { parent: None, ..*asked }),
        }
    }
}

impl More {
    fn new(plan: &Plan<'_>) -> Self {
        let share = |ratio| Share::new(ratio, plan.is_consistent);
        let slot = |from| match from {
            FromParent::Parent => SlotOf::Parent,
            FromParent::Root => SlotOf::Root,
            FromParent::Share(ratio) => SlotOf::Share(share(ratio)),
        };
        Self {
            share: share(plan.ratio),
            rules: plan.rules.iter().map(|rule| (rule.clone(), share(rule.ratio))).collect(),
            parents: plan.parents.in_order().map(slot),
            rate: plan.per_second.map(Rate::new),
            is_consistent: plan.is_consistent,
            reads_attributes: plan.rules.iter().any(|rule| !rule.attributes.is_empty()),
        }
    }

    fn sample(&self, asked: &Asked<'_>) -> Sampled<'_> {
        let Some((context, parent)) =
            asked.parent.and_then(|context| Some((context, context.span.as_ref()?)))
        else {
            return self.sample_anew(asked);
        };
        let is_sampled = parent.flags.is_sampled();
        match self.parents.get(Parents::place(parent.is_remote, is_sampled)) {
            Some(SlotOf::Root) => self.sample_anew(asked),
            Some(SlotOf::Share(share)) => share.sample(asked),
            // What a span of this process passes on was looked at when that one began.
            _ if !self.is_consistent || !parent.is_remote => Sampled { is_sampled, mark: Mark::Kept },
            _ => Sampled { is_sampled, mark: passed_on(context, asked, is_sampled) },
        }
    }

    /// The decision of the rules, the share of all others and the rate.
    fn sample_anew(&self, asked: &Asked<'_>) -> Sampled<'_> {
        let own = self.rules.iter().find(|(rule, _)| rule.fits(asked));
        let sampled = own.map_or(&self.share, |(_, share)| share).sample(asked);
        match &self.rate {
            // Of a trace that others began it is known already that it is one more.
            Some(rate) if asked.is_new() && sampled.is_sampled => {
                // A probability that the rate may have changed is none that anybody could count with.
                Sampled { is_sampled: rate.takes(), mark: Mark::Erased }
            }
            _ => sampled,
        }
    }
}

/// What becomes of a remote parent's threshold where its decision stands: it goes on as long as it explains that decision
/// (OpenTelemetry "TraceState: Probability Sampling", "Parent-based threshold").
fn passed_on(context: &Context, asked: &Asked<'_>, is_sampled: bool) -> Mark<'static> {
    let said = ot::read(context.trace_state());
    let explains = said.threshold.is_some_and(|threshold| said.randomness(asked.trace_id) >= threshold);
    if is_sampled && explains { Mark::Kept } else { Mark::Erased }
}
