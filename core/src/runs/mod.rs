//! Runs: pieces of work that a framework announces by callbacks, each under an identifier of the framework's own.
//!
//! Callbacks come on any thread and in any order, the one that ends a run sometimes never. The table turns them into
//! spans: it finds the parent by the framework's identifier, passes over runs that nobody wants to see, ends what was
//! left open below a run that ends, and what nobody has touched for too long.
//!
//! Not for what runs mean: names and attributes are the adapter's.

mod above;
mod chunks;
mod counts;
mod id;
mod own;
mod run;
mod start;
mod state;
mod table;
#[cfg(test)]
mod tests;

use crate::api::span_start::SpanStart;
use crate::api::tracer::Span;
use crate::clock::Moment;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::values;
use crate::model::context::Context;
use crate::telemetry::Telemetry;
use counts::Counts;
use own::own;
use run::{Run, RunSpan};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use table::Table;

pub use chunks::ChunkTimes;
pub use counts::RunCounts;
pub use id::{RunId, run_id_of_text};
pub use start::{Kept, RunEnd, RunRules, RunStart, RunSummary};
pub use state::RunState;

/// How many times within [`RunRules::idle`] the table is looked through.
const SWEEPS: u32 = 4;

/// The open runs of one adapter. No method fails: a callback about a run that is not open is counted.
///
/// What fills attributes holds the run's span: it must neither call the table for the same run nor run code of a user.
#[derive(Debug)]
pub struct Runs {
    telemetry: Telemetry,
    rules: RunRules,
    /// What times are counted from.
    began: Moment,
    table: Mutex<Table>,
    counts: Counts,
}

impl Runs {
    /// An empty table whose spans go to `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry, rules: RunRules) -> Self {
        Self {
            telemetry: telemetry.clone(),
            rules,
            began: telemetry.hub.peek().clock.moment(),
            table: Mutex::new(Table::default()),
            counts: Counts::default(),
        }
    }

    /// Starts a run and returns the context that its body stands in: that of its span, or of the nearest one above when it
    /// has none. A run that is open already is not started again, as happens where a handler is registered twice.
    pub fn start(
        &self,
        start: &RunStart<'_>,
        kept: Option<Kept>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) -> Context {
        self.telemetry.ensure();
        let now = self.now();
        self.sweep_if_due(now);
        // Users' code may write them, which must not run under the lock.
        let mut fill = Some(fill);
        let early = if self.telemetry.decides_by_attributes() { fill.take() } else { None };
        let given = early.map(|fill| self.telemetry.span_attributes(fill));
        let tell = |writer: &mut AttributeWriter<'_>| {
            if let Some(given) = &given {
                values::copy(given, writer);
            }
        };
        let mut table = self.lock();
        if let Some(open) = table.touch(start.id, now) {
            self.counts.unmatched.one();
            return open.context.clone();
        }
        let above = table.above(start);
        if table.len() >= self.rules.open {
            self.counts.refused.one();
            return above.context;
        }
        let has_span = !start.is_hidden && table.take_span(above.root, self.rules.spans);
        if !start.is_hidden && !has_span {
            self.counts.left_out.one();
        }
        let span = has_span.then(|| {
            let told = SpanStart {
                kind: start.kind,
                links: start.links,
                parent: Some(&above.context),
                ..SpanStart::default()
            };
            RunSpan::new(self.telemetry.start_span_with_attributes(start.name, told, tell))
        });
        let mut run = Run::under(above, start, span.clone(), kept, now);
        if !start.logged.is_empty() {
            run.context =
                self.telemetry.context_with(&run.context, |writer| write_texts(writer, start.logged));
        }
        let (context, inherited) = (run.context.clone(), run.inherited.clone());
        table.insert(start.id, run);
        drop(table);
        if let Some(span) = span {
            span.with(|span| {
                span.attributes(|writer| {
                    write_texts(writer, inherited.iter().flat_map(|inherited| inherited.iter()));
                    // Once more, since they win over what is inherited.
                    tell(writer);
                    if let Some(fill) = fill {
                        fill(writer);
                    }
                });
            });
        }
        context
    }

    /// Another piece of the run's answer came.
    pub fn chunk(&self, id: RunId) {
        let now = self.now();
        if let Some(run) = self.found(self.lock().touch(id, now)) {
            run.chunks.add(now.saturating_sub(run.started));
        }
    }

    /// Has `work` do something with the span of a run, if it has one: attributes, events, another name.
    pub fn with_span(&self, id: RunId, work: impl FnOnce(&mut Span)) {
        let now = self.now();
        let span = self.found(self.lock().touch(id, now)).and_then(|run| run.span.clone());
        if let Some(span) = span {
            span.with(work);
        }
    }

    /// What the body of a run stands in, for whoever is called in it; `None` when the run is not open.
    #[must_use]
    pub fn context(&self, id: RunId) -> Option<Context> {
        self.lock().get(id).map(|run| run.context.clone())
    }

    /// Reads what was kept with an open run. `read` must not call the table again.
    pub fn kept<T>(&self, id: RunId, read: impl FnOnce(&Kept) -> T) -> Option<T> {
        self.lock().get(id)?.kept.as_ref().map(read)
    }

    /// Ends a run, and before it those that are open below it. `None` when it is not open.
    pub fn end(
        &self,
        id: RunId,
        end: RunEnd<'_>,
        fill: impl FnOnce(&mut AttributeWriter<'_>, &RunSummary),
    ) -> Option<RunSummary> {
        let now = self.now();
        let mut taken = {
            let mut table = self.lock();
            if end.state == RunState::Interrupted {
                table.interrupt_above(id);
            }
            table.take(id, now)
        };
        let mut run = self.found(taken.pop())?;
        run.is_given_up = taken.iter().any(|orphan| orphan.chunks.count > 0);
        let below = RunEnd { state: run.state(end.state).of_orphans(), error: None };
        for orphan in taken {
            self.counts.orphaned.one();
            orphan.finish(now, below, |_, _| {});
        }
        Some(run.finish(now, end, fill))
    }

    /// Ends the runs of which, and of all below which, nothing was heard for [`RunRules::idle`]. Starting a run does this
    /// now and then; returns how many were ended.
    pub fn sweep(&self) -> usize {
        self.sweep_at(self.now())
    }

    /// What became of runs so far.
    #[must_use]
    pub fn counts(&self) -> RunCounts {
        self.counts.read(self.lock().len())
    }

    fn sweep_if_due(&self, now: Duration) {
        let is_due = {
            let mut table = self.lock();
            let is_due = now.saturating_sub(table.swept) >= self.rules.idle / SWEEPS;
            if is_due {
                table.swept = now;
            }
            is_due
        };
        if is_due {
            self.sweep_at(now);
        }
    }

    fn sweep_at(&self, now: Duration) -> usize {
        let Some(then) = now.checked_sub(self.rules.idle) else { return 0 };
        let taken: Vec<Run> = {
            let mut table = self.lock();
            let quiet = table.quiet_since(then);
            quiet.into_iter().flat_map(|id| table.take(id, now)).collect()
        };
        let count = taken.len();
        for run in taken {
            self.counts.swept.one();
            run.finish(now, RunEnd { state: RunState::Abandoned, error: None }, |_, _| {});
        }
        count
    }

    fn found<T>(&self, run: Option<T>) -> Option<T> {
        if run.is_none() {
            self.counts.unmatched.one();
        }
        run
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(self.telemetry.hub.peek().clock.since_ns(&self.began))
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        own(&self.table)
    }
}

/// Attributes that are texts.
fn write_texts<'a, K: AsRef<str> + 'a>(
    writer: &mut AttributeWriter<'_>,
    texts: impl IntoIterator<Item = &'a (K, K)>,
) {
    for (key, text) in texts {
        writer.key(key.as_ref());
        writer.str(text.as_ref());
    }
}
