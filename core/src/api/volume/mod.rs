//! How many log records are written: shares of them, the first of a kind in each second, equal ones as one, and those that
//! wait for their trace to fail. Whatever is left out is counted.
//!
//! Not for levels: what is below its level and nobody waits for does not come here.

mod buckets;
mod folds;
mod plan;
mod repeats;
mod shares;
mod trail;
mod weight;

use super::tail::Encode;
use crate::encode::attributes::key::Rules;
use crate::encode::record::{Log, Span};
use crate::model::attributes::Attributes;
use crate::model::ids::{IdGenerator, TraceId};
use crate::model::severity::Severity;
use crate::model::signal::Signal;
use crate::model::span::Status;
use crate::output::lanes::Lanes;
use crate::output::schedule::Schedule;
use crate::stats::Counts;
use buckets::Buckets;
use folds::{Folds, Offered};
pub use plan::{CLASS_NAMES, LogRule, PerSecond, TrailPlan, VolumePlan};
use repeats::{Repeats, is_of_a_request};
use shares::Shares;
use std::hash::{BuildHasher, Hash, Hasher};
use trail::{Trail, Waiting};
use weight::put_weight;

/// What decides about log records. There is none where all are written.
#[derive(Debug)]
pub struct Volume {
    shares: Option<Shares>,
    folds: Option<Folds>,
    buckets: Option<Buckets>,
    trail: Option<Trail>,
    /// When windows are looked at whose records have ceased.
    sweep: Option<Schedule>,
    /// Makes keys of records; nobody outside can foresee them.
    hasher: foldhash::fast::RandomState,
}

/// What it needs of the configuration in force.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means<'p> {
    pub(super) rules: &'p Rules,
    pub(super) counts: &'p Counts,
    pub(super) lanes: &'p Lanes,
    pub(super) ids: &'p IdGenerator,
}

impl Volume {
    /// The one that does what is planned, if anything is. `bound_bytes` of records wait at most; `sweep` looks after windows.
    #[must_use]
    pub fn of(
        plan: &VolumePlan,
        is_consistent: bool,
        bound_bytes: usize,
        sweep: Option<Schedule>,
    ) -> Option<Self> {
        (!plan.is_empty()).then(|| Self {
            shares: Shares::of(plan, is_consistent),
            folds: plan.fold.map(Folds::new),
            buckets: plan.per_second.map(Buckets::new),
            trail: plan.trail.map(|plan| Trail::new(plan, bound_bytes)),
            sweep,
            hasher: foldhash::fast::RandomState::default(),
        })
    }

    /// The least severity of records that wait for their trace to fail.
    #[must_use]
    pub fn trail_level(&self) -> Option<Severity> {
        self.trail.as_ref().map(|trail| trail.level)
    }

    /// Shows `deliver` what is written now that a record came: what waited for that, and the record itself unless it is left
    /// out. `frame` is the record but for its own attributes; `is_below` says that it is below the level of its logger.
    #[inline(never)]
    pub(super) fn pass(
        &self,
        means: &Means<'_>,
        frame: &Log<'_>,
        own: &mut Attributes,
        is_below: bool,
        deliver: &mut dyn FnMut(Which, Encode<'_>),
    ) {
        if frame.severity >= Severity::ERROR
            && let (Some(trail), Some(span)) = (&self.trail, &frame.context.span)
        {
            release(trail, span.trace_id, means, deliver);
        }
        let Some(weight) = self.weight(means, frame, own, is_below, deliver) else { return };
        put_weight(means.rules, means.counts, own, weight);
        deliver(Which::Own, &|encoder, out| encoder.log(&Log { own, ..*frame }, out));
    }

    /// How many records this one stands for; nothing if it is not written now.
    fn weight(
        &self,
        means: &Means<'_>,
        frame: &Log<'_>,
        own: &mut Attributes,
        is_below: bool,
        deliver: &mut dyn FnMut(Which, Encode<'_>),
    ) -> Option<f64> {
        if is_below {
            return (self.hold(means, frame, own, false) == Hold::TooLate).then_some(1.0);
        }
        let share = self.shares.as_ref().and_then(|shares| shares.find(frame.logger.text, frame.severity));
        if share.is_some_and(|share| !share.keeps(frame.context, means.ids)) {
            // Those that are kept stand for this one.
            if self.hold(means, frame, own, true) == Hold::TooLate {
                return Some(0.0);
            }
            means.counts.logs_by_share.one();
            return None;
        }
        let weight = share.map_or(1.0, |share| share.weight);
        if let Some(folds) = &self.folds
            && self.repeats(folds, means, &Log { own, ..*frame }, weight, deliver)
        {
            return None;
        }
        let Some(buckets) = &self.buckets else { return Some(weight) };
        let stands_for = buckets.offer(self.key_of_kind(frame), frame.timestamp_ns);
        if stands_for.is_none() {
            means.counts.logs_by_rate.one();
        }
        stands_for.map(|records| weight * records as f64)
    }

    /// Whether a record repeats another one, and is counted. What has been counted of others may come to be told.
    fn repeats(
        &self,
        folds: &Folds,
        means: &Means<'_>,
        log: &Log<'_>,
        weight: f64,
        deliver: &mut dyn FnMut(Which, Encode<'_>),
    ) -> bool {
        let keep = || Repeats::of(log, means.rules);
        match folds.offer(self.key_of_equals(log), log.timestamp_ns, weight, keep) {
            Offered::First(ended) => {
                ended.iter().for_each(|repeats| tell(repeats, means, deliver));
                false
            }
            Offered::Repeat => {
                means.counts.logs_folded.one();
                self.sweep.iter().for_each(Schedule::start);
                true
            }
        }
    }

    /// Lets a record wait for its trace to fail. `is_counted` says that it is left out already.
    fn hold(&self, means: &Means<'_>, frame: &Log<'_>, own: &mut Attributes, is_counted: bool) -> Hold {
        let (Some(trail), Some(span)) = (&self.trail, &frame.context.span) else { return Hold::Nowhere };
        if frame.severity < trail.level {
            return Hold::Nowhere;
        }
        if trail.has_failed(span.trace_id) {
            return Hold::TooLate;
        }
        if is_counted {
            put_weight(means.rules, means.counts, own, 0.0);
        }
        let log = Log { own, ..*frame };
        let encoded = means.lanes.encoded(Signal::Logs, |encoder, out| encoder.log(&log, out));
        let waiting = Waiting { encoded, is_counted };
        let Some(gone) = trail.hold(span.trace_id, waiting) else { return Hold::TooLate };
        means.counts.logs_let_go.add(gone);
        Hold::Waits
    }

    /// A span has ended. If it failed, `deliver` is shown what waited of its trace; if it was the first one of the trace here and
    /// nothing failed, that is let go.
    #[inline(never)]
    pub(super) fn span_ended(
        &self,
        means: &Means<'_>,
        span: &Span<'_>,
        deliver: &mut dyn FnMut(Which, Encode<'_>),
    ) {
        let (Some(trail), Some(ids)) = (&self.trail, &span.context.span) else { return };
        if span.status == Status::Error {
            release(trail, ids.trace_id, means, deliver);
        } else if span.parent.is_none_or(|parent| parent.is_remote == Some(true)) {
            means.counts.logs_let_go.add(trail.let_go(ids.trace_id));
        }
    }

    /// Shows `deliver` what has been counted in windows that are over, or in all. Whether there was anything.
    pub(super) fn tell_repeats(
        &self,
        means: &Means<'_>,
        is_all: bool,
        now_ns: i64,
        deliver: &mut dyn FnMut(Which, Encode<'_>),
    ) -> bool {
        let Some(folds) = &self.folds else { return false };
        let ended = folds.take(is_all, now_ns);
        ended.iter().for_each(|repeats| tell(repeats, means, deliver));
        !ended.is_empty()
    }

    /// No trace fails any more: what waits for that is let go.
    pub fn let_all_go(&self, counts: &Counts) {
        if let Some(trail) = &self.trail {
            counts.logs_let_go.add(trail.let_all_go());
        }
    }

    /// The same for records of one logger, severity and template.
    fn key_of_kind(&self, frame: &Log<'_>) -> u64 {
        self.hasher.hash_one((frame.logger.text, frame.severity, frame.template()))
    }

    /// The same for records that are equal but for their time and what tells one request from another.
    fn key_of_equals(&self, log: &Log<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        (log.logger.text, log.severity, log.message, log.is_template).hash(&mut hasher);
        log.error.map(|error| (&error.type_name, &error.message)).hash(&mut hasher);
        log.each_set(|set| {
            for entry in set.entries.iter().filter(|entry| !is_of_a_request(entry.role)) {
                set.member(entry).hash(&mut hasher);
            }
        });
        hasher.finish()
    }
}

/// Which record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The one that came.
    Own,
    /// One that comes with it.
    Other,
}

/// Whether a record waits for its trace to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// It has no trace, or is none of those that wait.
    Nowhere,
    /// The trace has failed.
    TooLate,
    Waits,
}

fn release(trail: &Trail, trace_id: TraceId, means: &Means<'_>, deliver: &mut dyn FnMut(Which, Encode<'_>)) {
    for waiting in trail.fail(trace_id) {
        means.counts.logs_by_share.sub(u64::from(waiting.is_counted));
        deliver(Which::Other, &|encoder, out| waiting.write(encoder, out));
    }
}

fn tell(repeats: &Repeats, means: &Means<'_>, deliver: &mut dyn FnMut(Which, Encode<'_>)) {
    repeats.tell(means.rules, means.counts, |log| {
        deliver(Which::Other, &|encoder, out| encoder.log(log, out));
    });
}
