//! Records that are written only if their trace fails: the last ones of each trace wait here until that is known.
//!
//! Not for spans, which wait for the same reason in `tail`.

use super::plan::TrailPlan;
use crate::api::recent::Recent;
use crate::encode::record::Encoder;
use crate::model::ids::TraceId;
use crate::model::severity::Severity;
use crate::output::lanes::Encoded;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many traces that have failed are remembered, for what comes of them later.
const FAILED_REMEMBERED: usize = 4096;

/// What a record takes beside its bytes, and a trace beside its records, about.
const FRAME_BYTES: usize = 128;

/// A record that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) encoded: Vec<Encoded>,
    /// Whether it was left out by its share, and is counted as that already.
    pub(super) is_counted: bool,
}

impl Waiting {
    /// Appends its bytes in the format of `encoder`.
    pub(super) fn write(&self, encoder: &dyn Encoder, out: &mut Vec<u8>) {
        if let Some(encoded) = self.encoded.iter().find(|encoded| encoded.encoder.id() == encoder.id()) {
            out.extend_from_slice(&encoded.bytes);
        }
    }

    fn size_bytes(&self) -> usize {
        FRAME_BYTES + self.encoded.iter().map(|encoded| encoded.bytes.len()).sum::<usize>()
    }
}

/// The records of all traces that wait.
#[derive(Debug)]
pub(super) struct Trail {
    pub(super) level: Severity,
    most_records: usize,
    bound_bytes: usize,
    traces: Mutex<Traces>,
}

#[derive(Debug)]
struct Traces {
    waiting: HashMap<TraceId, Trace>,
    by_number: BTreeMap<u64, TraceId>,
    next_number: u64,
    bytes: usize,
    failed: Recent<TraceId>,
}

#[derive(Debug)]
struct Trace {
    /// Its place among the others, by the first of its records that waited.
    number: u64,
    records: VecDeque<Waiting>,
    bytes: usize,
}

impl Trail {
    /// One in which so many bytes wait at most, of all traces together.
    pub(super) fn new(plan: TrailPlan, bound_bytes: usize) -> Self {
        let traces = Traces {
            waiting: HashMap::new(),
            by_number: BTreeMap::new(),
            next_number: 0,
            bytes: 0,
            failed: Recent::new(FAILED_REMEMBERED),
        };
        Self { level: plan.level, most_records: plan.records, bound_bytes, traces: Mutex::new(traces) }
    }

    /// Whether the trace has failed, so that nothing of it waits.
    pub(super) fn has_failed(&self, trace_id: TraceId) -> bool {
        self.traces().failed.has(&trace_id)
    }

    /// The trace has failed: what waited of it.
    pub(super) fn fail(&self, trace_id: TraceId) -> VecDeque<Waiting> {
        let mut traces = self.traces();
        traces.failed.add(trace_id);
        traces.take(trace_id)
    }

    /// Lets a record wait. How many others, that nobody has counted, had to go for it; nothing if the trace has failed meanwhile, so
    /// that it does not wait.
    pub(super) fn hold(&self, trace_id: TraceId, record: Waiting) -> Option<u64> {
        let mut traces = self.traces();
        if traces.failed.has(&trace_id) {
            return None;
        }
        let mut gone = traces.push(trace_id, record, self.most_records);
        while traces.bytes > self.bound_bytes
            && let Some(oldest) = traces.by_number.values().next().copied()
        {
            gone += uncounted(&traces.take(oldest));
        }
        Some(gone)
    }

    /// Forgets what waits of a trace that has ended here. How many that were.
    pub(super) fn let_go(&self, trace_id: TraceId) -> u64 {
        uncounted(&self.traces().take(trace_id))
    }

    /// Forgets everything. How many that were.
    pub(super) fn let_all_go(&self) -> u64 {
        let mut traces = self.traces();
        let all: Vec<TraceId> = traces.waiting.keys().copied().collect();
        all.into_iter().map(|trace_id| uncounted(&traces.take(trace_id))).sum()
    }

    fn traces(&self) -> MutexGuard<'_, Traces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Traces {
    fn push(&mut self, trace_id: TraceId, record: Waiting, most_records: usize) -> u64 {
        let trace = self.waiting.entry(trace_id).or_insert_with(|| {
            let number = self.next_number;
            self.next_number += 1;
            self.by_number.insert(number, trace_id);
            self.bytes += FRAME_BYTES;
            Trace { number, records: VecDeque::new(), bytes: FRAME_BYTES }
        });
        let mut gone = 0;
        while trace.records.len() >= most_records
            && let Some(oldest) = trace.records.pop_front()
        {
            trace.bytes -= oldest.size_bytes();
            self.bytes -= oldest.size_bytes();
            gone += u64::from(!oldest.is_counted);
        }
        trace.bytes += record.size_bytes();
        self.bytes += record.size_bytes();
        trace.records.push_back(record);
        gone
    }

    fn take(&mut self, trace_id: TraceId) -> VecDeque<Waiting> {
        let Some(trace) = self.waiting.remove(&trace_id) else { return VecDeque::new() };
        self.by_number.remove(&trace.number);
        self.bytes -= trace.bytes;
        trace.records
    }
}

fn uncounted(records: &VecDeque<Waiting>) -> u64 {
    records.iter().filter(|record| !record.is_counted).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(is_counted: bool) -> Waiting {
        Waiting { encoded: Vec::new(), is_counted }
    }

    fn trail(records: usize, bound_bytes: usize) -> Trail {
        Trail::new(TrailPlan { level: Severity::DEBUG, records }, bound_bytes)
    }

    #[test]
    fn the_last_records_of_a_trace_wait_and_come_out_when_it_fails() {
        let trail = trail(2, 1 << 20);
        let trace = TraceId::from(7_u128);
        assert_eq!([0; 3].map(|_| trail.hold(trace, record(false))), [Some(0), Some(0), Some(1)]);
        assert!(!trail.has_failed(trace));
        assert_eq!(trail.fail(trace).len(), 2);
        assert!(trail.has_failed(trace));
        assert_eq!(trail.hold(trace, record(false)), None, "another thread may have asked before it failed");
        assert_eq!(trail.let_go(trace), 0);
        assert_eq!(trail.traces().bytes, 0);
    }

    #[test]
    fn a_hundred_thousand_traces_take_no_more_than_the_bound_and_are_counted() {
        let bound_bytes = 64 * 1024;
        let trail = trail(3, bound_bytes);
        let (traces, each) = (100_000_u64, 5);
        let mut gone = 0;
        for number in 0..traces {
            for place in 0..each {
                gone += trail.hold(TraceId::from(u128::from(number + 1)), record(place == 4)).unwrap();
            }
            let held = trail.traces();
            assert!(held.bytes <= bound_bytes && held.waiting.len() == held.by_number.len());
            assert!(held.waiting.len() <= bound_bytes / FRAME_BYTES);
        }
        let released = trail.fail(TraceId::from(u128::from(traces))).len() as u64;
        assert_eq!(released, 3);
        gone += trail.let_all_go();
        // Of the last one two uncounted ones and a counted one came out.
        assert_eq!(gone + 2, traces * (each - 1));
        assert_eq!(trail.traces().bytes, 0);
    }
}
