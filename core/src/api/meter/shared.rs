//! What every instrument of a registry needs of it: limits and redaction, counters, a clock, room for series.

use super::processes::Processes;
use crate::clock::Clock;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::stats::Counts;
use arc_swap::{ArcSwap, ArcSwapOption};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What every instrument of a registry needs of it.
#[derive(Debug)]
pub(crate) struct Shared {
    rules: ArcSwap<Rules>,
    /// The epoch of `rules`, cheaper to ask.
    epoch: AtomicU64,
    counts: Arc<Counts>,
    clock: ArcSwap<Clock>,
    series: AtomicUsize,
    processes: ArcSwapOption<Processes>,
}

impl Shared {
    /// Without series.
    pub(crate) fn new(rules: Arc<Rules>, counts: Arc<Counts>, clock: Arc<Clock>) -> Self {
        let epoch = AtomicU64::new(rules.epoch);
        Self {
            rules: ArcSwap::new(rules),
            epoch,
            counts,
            clock: ArcSwap::new(clock),
            series: AtomicUsize::new(0),
            processes: ArcSwapOption::empty(),
        }
    }

    /// The other processes that series are shared with, if any.
    pub(crate) fn processes(&self) -> Option<Arc<Processes>> {
        self.processes.load_full()
    }

    /// Has series shared with other processes from now on.
    pub(crate) fn set_processes(&self, processes: Arc<Processes>) {
        self.processes.store(Some(processes));
    }

    /// Replaces limits and redaction, and the clock.
    pub(crate) fn set_rules(&self, rules: Arc<Rules>, clock: Arc<Clock>) {
        self.clock.store(clock);
        let epoch = rules.epoch;
        self.rules.store(rules);
        self.epoch.store(epoch, Ordering::Release);
    }

    #[inline]
    pub(crate) fn rules_epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    #[inline]
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// When a series that is made now begins, nanoseconds since 1970-01-01 UTC.
    pub(crate) fn start_ns(&self) -> i64 {
        self.clock.load().peek_ns()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.rules.load().limits.clone()
    }

    /// Whether the process may have one more series.
    pub(crate) fn has_room(&self) -> bool {
        self.series.load(Ordering::Relaxed) < self.rules.load().limits.series_per_process
    }

    /// Books one more series, if the process may have it.
    pub(crate) fn admit_series(&self) -> bool {
        let most = self.rules.load().limits.series_per_process;
        self.series
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now < most).then_some(now + 1))
            .is_ok()
    }
}
