//! One open run, and what its span says when it ends.

use super::chunks::ChunkTimes;
use super::start::{RunEnd, RunId, RunStart, RunSummary};
use super::state::RunState;
use super::table::Above;
use crate::api::tracer::Span;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::context::Context;
use crate::model::span::Status;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// On the span of a run that ended neither well nor with an error: how.
const STATE: &str = "vigie.run.state";

/// On the span of an outermost run: how many spans below it were left out.
const LEFT_OUT: &str = "vigie.run.spans_left_out";

/// Attributes that all runs below one get, too.
pub(super) type Inherited = Arc<[(Box<str>, Box<str>)]>;

#[derive(Debug)]
pub(super) struct Run {
    /// None for a run that is passed over. It has a lock of its own, so that nobody's attributes are written under that
    /// of the table.
    pub(super) span: Option<Arc<Mutex<Span>>>,
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
}

impl Run {
    /// A run that starts under what is above it.
    pub(super) fn under(
        above: Above,
        start: &RunStart<'_>,
        span: Option<Arc<Mutex<Span>>>,
        now: Duration,
    ) -> Self {
        let context = span.as_ref().map_or(above.context, |span| super::own(span).context().clone());
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
        }
    }

    /// Ends its span, if it has one.
    pub(super) fn finish(
        self,
        now: Duration,
        end: RunEnd<'_>,
        fill: impl FnOnce(&mut AttributeWriter<'_>, &RunSummary),
    ) -> RunSummary {
        let summary = RunSummary { duration: now.saturating_sub(self.started), chunks: self.chunks };
        let Some(span) = self.span else { return summary };
        let mut span = super::own(&span);
        fill(&mut span.attributes(), &summary);
        if self.left_out > 0 {
            let mut writer = span.attributes();
            writer.key(LEFT_OUT);
            writer.int(i64::from(self.left_out));
        }
        match end.state {
            RunState::Ok => {}
            RunState::Error => {
                if let Some(error) = end.error {
                    span.record_exception(error, |_| {});
                }
                span.set_status(Status::Error, end.error.map(|error| error.message.as_str()));
            }
            RunState::Cancelled | RunState::Abandoned | RunState::Interrupted => {
                let mut writer = span.attributes();
                writer.key(STATE);
                writer.str(end.state.as_str());
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
