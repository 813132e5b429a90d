//! Shares of the log records, by severity and logger.
//!
//! Not for how many come in a second: see `buckets`.

use super::plan::{CLASSES, LogRule, VolumePlan, class_of};
use crate::api::sampler::{Asked, Share, bound};
use crate::model::context::Context;
use crate::model::ids::IdGenerator;
use crate::model::severity::Severity;
use crate::model::span::SpanKind;

/// The share of some records.
#[derive(Debug)]
pub(super) struct LogShare {
    /// What decides within a trace: as the share of the traces does, so that equal shares keep the lines and the spans of
    /// the same traces.
    of_traces: Share,
    /// What decides outside of one.
    bound: u64,
    /// How many records one that is kept stands for.
    pub(super) weight: f64,
}

impl LogShare {
    fn new(share: f64, is_consistent: bool) -> Self {
        Self { of_traces: Share::new(share, is_consistent), bound: bound(share), weight: share.recip() }
    }

    /// Whether a record is kept. Those of one trace are kept together or not at all.
    pub(super) fn keeps(&self, context: &Context, ids: &IdGenerator) -> bool {
        let Some(span) = &context.span else { return ids.draw() >> 1 < self.bound };
        let trace_id = span.trace_id;
        let asked =
            Asked { parent: Some(context), trace_id, name: "", kind: SpanKind::Internal, attributes: None };
        self.of_traces.sample(&asked).is_sampled
    }
}

/// The shares by severity, and those of single loggers.
#[derive(Debug)]
pub(super) struct Shares {
    by_class: [Option<LogShare>; CLASSES],
    rules: Vec<(LogRule, Option<LogShare>)>,
}

impl Shares {
    /// Those of a plan, if it has any.
    pub(super) fn of(plan: &VolumePlan, is_consistent: bool) -> Option<Self> {
        if plan.shares == [None; CLASSES] && plan.rules.is_none() {
            return None;
        }
        // What is kept whole is not asked about, and bears no weight.
        let share = |share: f64| (share < 1.0).then(|| LogShare::new(share, is_consistent));
        let rules = plan.rules.iter().flatten();
        Some(Self {
            by_class: plan.shares.map(|of_class| of_class.and_then(share)),
            rules: rules.map(|rule| (rule.clone(), share(rule.share))).collect(),
        })
    }

    /// The share that counts for such a record; none where all are kept.
    pub(super) fn find(&self, logger: &str, severity: Severity) -> Option<&LogShare> {
        let class = class_of(severity)?;
        match self.rules.iter().find(|(rule, _)| fits(rule, logger, class)) {
            Some((_, own)) => own.as_ref(),
            None => self.by_class.get(class)?.as_ref(),
        }
    }
}

fn fits(rule: &LogRule, logger: &str, class: usize) -> bool {
    rule.class.is_none_or(|own| own == class)
        && rule.logger.as_deref().is_none_or(|own| {
            logger.strip_prefix(own).is_some_and(|below| below.is_empty() || below.starts_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::context::SpanContext;
    use crate::model::ids::{TraceFlags, TraceId};

    fn rule(logger: Option<&str>, class: Option<usize>, share: f64) -> LogRule {
        LogRule { logger: logger.map(str::to_owned), class, share }
    }

    #[test]
    fn the_first_rule_that_fits_counts_and_errors_are_kept() {
        let rules = vec![
            rule(Some("shop.cart"), Some(1), 0.5),
            rule(Some("shop"), None, 0.25),
            rule(None, Some(3), 1.0),
        ];
        let shares = [Some(0.1), Some(0.1), Some(0.1), Some(0.1)];
        let plan = VolumePlan { shares, rules: Some(rules), ..VolumePlan::default() };
        let shares = Shares::of(&plan, false).unwrap();
        let weight = |logger, severity| shares.find(logger, severity).map(|share| share.weight);
        assert_eq!(weight("shop.cart", Severity::DEBUG), Some(2.0));
        assert_eq!(weight("shop.cart.items", Severity::DEBUG), Some(2.0));
        assert_eq!(weight("shop.cart", Severity::INFO), Some(4.0));
        assert_eq!(weight("shop.carts", Severity::DEBUG), Some(4.0));
        assert_eq!(weight("other", Severity::DEBUG), Some(10.0));
        assert_eq!(weight("other", Severity::WARN), None);
        assert_eq!(weight("shop", Severity::ERROR), None);
        assert_eq!(weight("shop", Severity::FATAL), None);
    }

    #[test]
    fn the_records_of_a_trace_are_kept_together_and_weights_estimate_what_was_offered() {
        let share = LogShare::new(0.1, false);
        let ids = IdGenerator::random();
        let traces = 20_000;
        let mut kept = 0.0;
        for _ in 0..traces {
            let (trace_id, span_id) = (ids.trace_id(), ids.span_id());
            let span = SpanContext { trace_id, span_id, flags: TraceFlags::NOT_SAMPLED, is_remote: false };
            let context = Context::root().with_span(span);
            let first = share.keeps(&context, &ids);
            assert_eq!(share.keeps(&context, &ids), first);
            kept += if first { share.weight } else { 0.0 };
        }
        // Five standard deviations of 20 000 draws at a tenth.
        assert!((kept - f64::from(traces)).abs() < 5.0 * 424.3, "{kept}");
    }

    #[test]
    fn a_sequence_of_ids_repeats_what_is_drawn() {
        let share = LogShare::new(0.5, false);
        let drawn = |first| {
            let ids = IdGenerator::sequence(first);
            (0..64).map(|_| share.keeps(&Context::root(), &ids)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let kept = drawn(1).into_iter().filter(|kept| *kept).count();
        assert!((20..=44).contains(&kept), "{kept}");
        let ids = IdGenerator::sequence(7);
        share.keeps(&Context::root(), &ids);
        assert_eq!(ids.trace_id(), TraceId::from(7_u128), "identifiers are not drawn from");
    }
}
