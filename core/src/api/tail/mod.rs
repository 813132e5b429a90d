//! Tail sampling of what happens in this process: the spans of a trace that was not kept at its start wait here until it is
//! known whether one of them failed or took long.
//!
//! Not for the decision at the start: see `sampler`. Not for what other processes record of the trace.

mod held;

use crate::encode::record::{Encoder, Span};
use crate::model::signal::Signal;
use crate::model::span::Status;
use crate::output::lanes::Lanes;
use crate::stats::Counts;
use held::{Held, Traces};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Appends a span's bytes in a format; nothing in one that does not take spans.
pub(super) type Encode<'a> = &'a dyn Fn(&dyn Encoder, &mut Vec<u8>);

/// Which traces are kept after all, and the spans of those that this is not known of yet.
#[derive(Debug)]
pub struct Tail {
    keep_errors: bool,
    keep_slower_than_ns: u64,
    traces: Mutex<Traces>,
}

impl Tail {
    /// Keeps the traces of which a span fails, if errors are kept, or takes longer than `keep_slower_than`. So many bytes of
    /// spans wait at most.
    #[must_use]
    pub fn new(keep_errors: bool, keep_slower_than: Option<Duration>, bound_bytes: usize) -> Self {
        let keep_slower_than_ns =
            keep_slower_than.map_or(u64::MAX, |least| u64::try_from(least.as_nanos()).unwrap_or(u64::MAX));
        Self { keep_errors, keep_slower_than_ns, traces: Mutex::new(Traces::new(bound_bytes)) }
    }

    /// A span of a trace that was not kept at its start has ended: `deliver` is called for all that is kept by now.
    ///
    /// With the first span that failed or took long the trace is kept: what waited of it, that span and all that end later. With
    /// the end of a local root of which that is not known, what waits below it is let go.
    pub(super) fn pass(
        &self,
        span: &Span<'_>,
        lanes: &Lanes,
        counts: &Counts,
        mut deliver: impl FnMut(Encode<'_>),
    ) {
        let Some(ids) = span.context.span else { return };
        let mut traces = self.traces();
        let released = if traces.is_kept(ids.trace_id) {
            Vec::new()
        } else if self.is_wanted(span) {
            traces.keep(ids.trace_id)
        } else if let Some(parent) = span.parent.filter(|parent| parent.is_remote != Some(true)) {
            let encoded = lanes.encoded(Signal::Spans, |encoder, out| encoder.span(span, out));
            let evicted =
                traces.hold(ids.trace_id, Held { span_id: ids.span_id, parent_id: parent.span_id, encoded });
            counts.undecided_spans.add(evicted);
            return;
        } else {
            return traces.let_go(ids.trace_id, ids.span_id);
        };
        drop(traces);
        for held in released {
            deliver(&|encoder, out| held.write(encoder, out));
        }
        deliver(&|encoder, out| encoder.span(span, out));
    }

    fn is_wanted(&self, span: &Span<'_>) -> bool {
        (self.keep_errors && span.status == Status::Error) || span.duration_ns > self.keep_slower_than_ns
    }

    fn traces(&self) -> MutexGuard<'_, Traces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
