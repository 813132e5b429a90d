//! Everything that recording needs of the configuration in force, made once and then only read.
//!
//! Not for making it: the telemetry floor builds pipelines from settings.

use super::categories::Categories;
use super::levels::Levels;
use super::meter::together::Together;
use super::meter::{OwnMetrics, Registry};
use super::open_roots::OpenRoots;
use super::sampler::{Plan, Sampler};
use super::tail::{Encode, Tail};
use super::threads::Threads;
use super::volume::{Means, Volume};
use crate::clock::Clock;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::entities::Entities;
use crate::encode::prometheus::{Escaping, Exposition, Format};
use crate::encode::record::{Encoder, Point, Span};
use crate::generation;
use crate::model::attributes::Attributes;
use crate::model::exception_signals::ExceptionSignals;
use crate::model::ids::{IdGenerator, TraceFlags};
use crate::model::resource::Resource;
use crate::model::severity::Severity;
use crate::model::signal::{Signal, SignalSet};
use crate::output::kind::{Around, Collection, Temporality};
use crate::output::lanes::Lanes;
use crate::output::schedule::Schedule;
use crate::stats::Counts;
use std::sync::Arc;
use std::time::Instant;

/// The configuration in force, ready for use. Cheap to clone: all that is large is shared.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The generation it serves, 0 while nothing is configured.
    pub generation: u64,
    /// The process that made it.
    pub process_id: u32,
    /// Limits and redaction.
    pub rules: Arc<Rules>,
    /// Where changes and refusals are counted.
    pub counts: Arc<Counts>,
    /// What every record says of its source.
    pub resource: Arc<Resource>,
    /// The outputs, each its own fault domain, by the formats that they want.
    pub lanes: Lanes,
    /// When metric points are pushed, if any output takes them.
    pub schedule: Option<Arc<Schedule>>,
    /// The local roots that are open, as far as they are noted.
    pub open_roots: Arc<OpenRoots>,
    /// When they are noted, if any output keeps notes.
    pub noting: Option<Arc<Schedule>>,
    /// Where time comes from.
    pub clock: Arc<Clock>,
    /// Where identifiers come from.
    pub ids: Arc<IdGenerator>,
    /// Which traces are kept.
    pub sampler: Sampler,
    /// As what exceptions of spans are told.
    pub exceptions: ExceptionSignals,
    /// Which others are kept after all, if that is asked for.
    pub tail: Option<Arc<Tail>>,
    /// The instruments and their series.
    pub registry: Arc<Registry>,
    /// What brings the outputs' books into that registry, where that is asked for.
    pub own: Option<Arc<OwnMetrics>>,
    /// What the text formats of Prometheus remember of that registry.
    pub exposition: Arc<Exposition>,
    /// What is remembered of the series of all processes, where they are shared.
    pub together: Arc<Together>,
    /// What gives records a category, if anything does.
    pub categories: Option<Arc<Categories>>,
    /// What is looked for in messages, if anything is.
    pub entities: Option<Arc<Entities>>,
    /// Which thread records tell.
    pub threads: Threads,
    /// The least severity by logger.
    pub levels: Arc<Levels>,
    /// What leaves out log records, if anything does.
    pub volume: Option<Arc<Volume>>,
    /// When it is looked whether levels have been changed outside of the process, if that is looked for.
    pub watching: Option<Arc<Schedule>>,
    /// Whether it was shut down: records are refused then, and booked.
    pub closed: bool,
    /// Tells it from every other one that was ever put in force; 0 before that.
    pub number: u64,
}

impl Pipeline {
    /// The pipeline before there is a configuration: no outputs, defaults for everything else.
    #[must_use]
    pub fn unconfigured() -> Self {
        let rules = Arc::new(Rules::new(Limits::default(), &Default::default(), None));
        let counts = Arc::new(Counts::default());
        let clock = Arc::new(Clock::system());
        Self {
            generation: 0,
            process_id: std::process::id(),
            registry: Arc::new(Registry::new(Arc::clone(&rules), Arc::clone(&counts), Arc::clone(&clock))),
            own: None,
            exposition: Arc::default(),
            together: Arc::default(),
            rules,
            counts,
            resource: Arc::default(),
            lanes: Lanes::default(),
            schedule: None,
            open_roots: Arc::default(),
            noting: None,
            clock,
            ids: Arc::new(IdGenerator::random()),
            sampler: Sampler::new(&Plan { ratio: 1.0, ..Plan::default() }),
            exceptions: ExceptionSignals::default(),
            tail: None,
            categories: None,
            entities: None,
            threads: Threads::Untold,
            levels: Arc::default(),
            volume: None,
            watching: None,
            closed: false,
            number: 0,
        }
    }

    /// Whether it serves the present generation.
    #[inline]
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.generation == generation::current()
    }

    /// Whether nothing shall be recorded at all.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.levels.are_off()
    }

    /// Whether a span with these flags is recorded, which is shown to others than the outputs or not.
    #[inline]
    #[must_use]
    pub fn records(&self, flags: TraceFlags, is_shown: bool) -> bool {
        (flags.is_sampled() || is_shown || self.tail.is_some()) && !self.is_off()
    }

    /// Shows `deliver` a span that has ended, if its trace is kept, and what waited for that or its failure to be known. One that
    /// was recorded for somebody else, and not sampled, is nothing for the outputs.
    #[inline]
    pub fn pass(&self, span: &Span<'_>, mut deliver: impl FnMut(Signal, Encode<'_>)) {
        if let Some(volume) = &self.volume {
            volume.span_ended(&self.means(), span, &mut |_, encode| deliver(Signal::Logs, encode));
        }
        let mut deliver = |encode: Encode<'_>| deliver(Signal::Spans, encode);
        if span.context.span.is_some_and(|ids| ids.flags.is_sampled()) {
            deliver(&|encoder, out| encoder.span(span, out));
        } else if let Some(tail) = &self.tail {
            tail.pass(span, &self.lanes, &self.counts, deliver);
        }
    }

    /// Writes a span's attributes.
    #[inline]
    pub fn span_writer<'a>(&'a self, attributes: &'a mut Attributes) -> AttributeWriter<'a> {
        AttributeWriter::new(attributes, &self.rules, &self.counts, Target::Span)
    }

    /// The least severity of a record of the logger `name` that is of use: one below its level may wait for its trace to fail.
    #[must_use]
    pub fn threshold(&self, name: &str) -> u8 {
        self.with_trail(self.levels.threshold(name))
    }

    /// The same as far as a level was set; every severity where nobody set one.
    #[must_use]
    pub fn set_threshold(&self, name: &str) -> u8 {
        self.with_trail(self.levels.set_threshold(name))
    }

    fn with_trail(&self, level: u8) -> u8 {
        let trail = self.volume.as_ref().and_then(|volume| volume.trail_level());
        trail.filter(|_| !self.is_off()).map_or(level, |trail| trail.number().min(level))
    }

    /// Whether a record is below the level of its logger, so that all it may do is to wait for its trace to fail.
    pub(super) fn waits_for_failure(&self, name: &str, severity: Severity, is_let_through: bool) -> bool {
        if self.volume.as_ref().is_none_or(|volume| volume.trail_level().is_none()) {
            return false;
        }
        let level =
            if is_let_through { self.levels.set_threshold(name) } else { self.levels.threshold(name) };
        severity.number() < level
    }

    /// What its outputs are opened with.
    #[must_use]
    pub fn around<'a>(&'a self, metrics: &'a Arc<dyn Collection>) -> Around<'a> {
        let Self { resource, rules, counts, .. } = self;
        Around {
            signals: SignalSet::ALL,
            resource,
            rules,
            counts,
            metrics,
            is_lenient: false,
            is_trial: false,
        }
    }

    /// The exposition of all instruments as they are now, those of other processes included where they are shared.
    #[must_use]
    pub fn exposition_text(&self, format: Format, escaping: Escaping) -> String {
        self.collect();
        let all = self.registry.processes().and_then(|processes| {
            // It fails where the folder is gone, and with it what the others left there.
            self.together.text(&processes, &self.rules, format, escaping).ok()
        });
        all.unwrap_or_else(|| self.exposition.text(format, escaping, &self.registry.instruments()))
    }

    /// Asks for all values that are not measured but asked for; whether there is any series then.
    fn collect(&self) -> bool {
        self.tell_own();
        self.registry.collect()
    }

    /// Brings the outputs' books into the registry, where that is asked for.
    pub fn tell_own(&self) {
        if let Some(own) = &self.own {
            own.tell(self.lanes.outputs(), &self.registry);
        }
    }

    /// Pushes points to all outputs that take metrics.
    pub fn push_points(&self) {
        self.push(Temporality::Delta);
        self.push(Temporality::Cumulative);
    }

    /// Pushes points to the outputs that get such ones, all with one reading of the clock.
    pub fn push(&self, temporality: Temporality) {
        if self.closed || !self.lanes.collect(temporality) || !self.collect() {
            return;
        }
        let timestamp_ns = self.clock.wall_ns();
        match temporality {
            Temporality::Cumulative => {
                self.lanes.push_points(temporality, |show| self.registry.points(timestamp_ns, show));
            }
            Temporality::Delta => {
                let mut gains = self.registry.gains();
                self.lanes.push_points(temporality, |show| gains.points(timestamp_ns, show));
            }
        }
    }

    /// A point for each series as `encoder` encodes them, one behind the other.
    #[must_use]
    pub fn encoded_points(&self, encoder: &dyn Encoder) -> Vec<u8> {
        let mut out = Vec::new();
        if self.collect() {
            self.registry
                .points(self.clock.wall_ns(), &mut |point: &Point<'_>| encoder.point(point, &mut out));
        }
        out
    }

    /// Notes the local roots that have been open for long. What is open at the end stays noted: it never ends.
    pub fn note_open_roots(&self) {
        if !self.closed {
            self.open_roots.note(&self.lanes);
        }
    }

    /// Waits until every output is empty; all share one deadline. Repeats that were counted so far are told.
    #[must_use]
    pub fn flush(&self, deadline: Instant) -> bool {
        let is_out = self.flush_outputs(deadline);
        // Only now: batches that are rendered late may have brought some.
        if self.tell_repeats(true) { self.flush_outputs(deadline) && is_out } else { is_out }
    }

    fn flush_outputs(&self, deadline: Instant) -> bool {
        // All work at once; every output is asked, also after one that failed.
        self.lanes.outputs().iter().for_each(|output| output.hurry());
        self.lanes.outputs().iter().filter(|output| !output.flush(deadline)).count() == 0
    }

    /// What log records are thinned out with.
    pub(super) fn means(&self) -> Means<'_> {
        let Self { rules, counts, lanes, ids, .. } = self;
        Means { rules, counts, lanes, ids }
    }

    /// Writes how often records were repeated in windows that are over, or in all. Whether there was anything.
    pub fn tell_repeats(&self, is_all: bool) -> bool {
        let Some(volume) = &self.volume else { return false };
        let mut scratch = Vec::new();
        volume.tell_repeats(&self.means(), is_all, self.clock.peek_ns(), &mut |_, encode| {
            self.lanes.deliver(Signal::Logs, false, &mut scratch, encode);
        })
    }
}
