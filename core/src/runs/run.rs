//! One open run, and what its span says when it ends.

use super::above::{Above, Inherited};
use super::chunks::ChunkTimes;
use super::id::RunId;
use super::own::own;
use super::start::{Kept, RunEnd, RunStart, RunSummary};
use super::state::RunState;
use crate::api::tracer::Span;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::context::Context;
use crate::model::error_info::ErrorInfo;
use crate::model::span::Status;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// On the span of a run that ended neither well nor with an error: how.
const STATE: &str = "vigie.run.state";

/// On the span of an outermost run: how many spans below it were left out.
const LEFT_OUT: &str = "vigie.run.spans_left_out";

/// The span of a run, empty once it has ended. It has a lock of its own, so that nobody's attributes are written under
/// that of the table.
#[derive(Debug, Clone)]
pub(super) struct RunSpan(Arc<Mutex<Option<Span>>>);

impl RunSpan {
    pub(super) fn new(span: Span) -> Self {
        Self(Arc::new(Mutex::new(Some(span))))
    }

    /// Has `work` do something with the span unless it has ended.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Span) -> T) -> Option<T> {
        own(&self.0).as_mut().map(work)
    }

    /// Takes the span out to be ended: that may wait for an output, and nobody else shall wait for the lock meanwhile.
    fn take(&self) -> Option<Span> {
        own(&self.0).take()
    }
}

#[derive(Debug)]
pub(super) struct Run {
    /// None for a run that is passed over.
    pub(super) span: Option<RunSpan>,
    /// What its body stands in.
    pub(super) context: Context,
    /// The run above it, while that is open.
    pub(super) parent: Option<RunId>,
    /// The outermost run.
    pub(super) root: RunId,
    /// The runs right below it that are open.
    pub(super) children: Vec<RunId>,
    pub(super) inherited: Option<Inherited>,
    /// Times are counted from the beginning of the table.
    pub(super) started: Duration,
    pub(super) touched: Duration,
    pub(super) chunks: ChunkTimes,
    /// Of an outermost run: spans below it, and those left out.
    pub(super) spans: u32,
    pub(super) left_out: u32,
    /// Whether a run right below it was interrupted.
    pub(super) is_interrupted: bool,
    /// Whether it ends while one below it is amid its chunks.
    pub(super) is_given_up: bool,
    pub(super) kept: Option<Kept>,
}

impl Run {
    /// A run that starts under what is above it.
    pub(super) fn under(
        above: Above,
        start: &RunStart<'_>,
        span: Option<RunSpan>,
        kept: Option<Kept>,
        now: Duration,
    ) -> Self {
        let own = span.as_ref().and_then(|span| span.with(|span| span.context().clone()));
        let context = own.unwrap_or(above.context);
        Self {
            span,
            context,
            parent: above.parent,
            root: above.root,
            children: Vec::new(),
            inherited: merged(above.inherited, start.inherited),
            started: now,
            touched: now,
            chunks: ChunkTimes::default(),
            spans: 0,
            left_out: 0,
            is_interrupted: false,
            is_given_up: false,
            kept,
        }
    }

    /// How it went, when `said` is what was said of it: a framework calls it an end too when it stops at an interrupted
    /// part, and when nobody reads a stream any further.
    pub(super) fn state(&self, said: RunState) -> RunState {
        match said {
            RunState::Ok if self.is_interrupted => RunState::Interrupted,
            RunState::Ok if self.is_given_up => RunState::Abandoned,
            said => said,
        }
    }

    /// Ends its span, if it has one.
    pub(super) fn finish(
        self,
        now: Duration,
        end: RunEnd<'_>,
        fill: impl FnOnce(&mut AttributeWriter<'_>, &RunSummary),
    ) -> RunSummary {
        let state = self.state(end.state);
        let duration = now.saturating_sub(self.started);
        let summary = RunSummary { state, duration, chunks: self.chunks, kept: self.kept };
        let Some(mut span) = self.span.and_then(|span| span.take()) else { return summary };
        span.attributes(|writer| {
            fill(writer, &summary);
            if self.left_out > 0 {
                writer.key(LEFT_OUT);
                writer.int(i64::from(self.left_out));
            }
        });
        match state {
            RunState::Ok => {}
            RunState::Error => {
                if let Some(error) = end.error {
                    span.record_exception(error, None, |_| {});
                }
                span.set_status(Status::Error, end.error.map(ErrorInfo::status_message).as_deref());
            }
            RunState::Cancelled | RunState::Abandoned | RunState::Interrupted => {
                span.attributes(|writer| {
                    writer.key(STATE);
                    writer.str(state.as_str());
                });
            }
        }
        span.end(None);
        summary
    }
}

/// Those of the run above, and those that this one adds; the later of two with the same key wins in a span.
fn merged(above: Option<Inherited>, added: &[(&str, &str)]) -> Option<Inherited> {
    if added.is_empty() {
        return above;
    }
    let above = above.iter().flat_map(|above| above.iter().cloned());
    Some(above.chain(added.iter().map(|(key, text)| (Box::from(*key), Box::from(*text)))).collect())
}
