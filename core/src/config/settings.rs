//! The settings in force, typed and complete.
//! Not for reading or checking them: see `resolve` and its helpers.

use crate::api::levels::SetLevels;
use crate::api::meter::Rulebook;
use crate::api::sampler::{FromParent, Parents, Plan, SamplingRule};
use crate::api::volume::VolumePlan;
use crate::document::absence::{self, Absence};
use crate::document::place::Place;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::redact::Redaction;
use crate::encode::entities::Kind;
use crate::encode::patterns::Patterns;
use crate::model::enrichment::Enrichment;
use crate::model::exception_signals::ExceptionSignals;
use crate::model::propagation::Propagators;
use crate::model::severity::Severity;
use crate::model::thread::Thread;
use crate::output::kind::OutputSettings;
use crate::output::registry;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

/// Everything that configuration decides. Plain data; cheap enough to clone, meant to be shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `service.name` of the resource; the program's name unless given.
    pub service: String,
    /// `service.version` of the resource.
    pub version: Option<String>,
    /// `deployment.environment.name` of the resource.
    pub environment: Option<String>,
    /// The resource's other attributes, each a scalar or a list of scalars.
    pub resource: Map<String, Value>,
    /// Least severity that is recorded.
    pub level: Severity,
    /// Whether that was set, so that it also counts for records that another library's level has let through.
    pub level_is_set: bool,
    /// Least severity by logger name; a name also covers the names below it (`shop` covers `shop.cart`).
    pub levels: BTreeMap<String, Severity>,
    /// Where records go.
    pub outputs: Vec<OutputSettings>,
    /// Which traces and log records are kept.
    pub sampling: Sampling,
    /// The folder in which levels of the running process may be set.
    pub control: Option<Place>,
    /// As what exceptions that spans record are told.
    pub exceptions: ExceptionSignals,
    /// What is masked.
    pub redaction: Redaction,
    /// What records tell of where they come from.
    pub enrich: BTreeSet<Enrichment>,
    /// What was found of that beside the machine and the process, by name.
    pub surroundings: Vec<(&'static str, String)>,
    /// What gives records a category.
    pub categories: CategoryRules,
    /// What is looked for in messages.
    pub entities: BTreeSet<Kind>,
    /// What is looked for besides.
    pub entity_patterns: Option<Patterns>,
    /// How much is kept.
    pub limits: Limits,
    /// How often metric points are written.
    pub metrics_every: Duration,
    /// Whether there are metrics of Vigie itself.
    pub metrics_self: bool,
    /// The folder in which the processes of the service share their metrics.
    pub metrics_folder: Option<Place>,
    /// How gauges and up-down counters of several processes become one, by name.
    pub metrics_across: Rulebook,
    /// Context keys that travel as baggage members, besides the correlation id.
    pub propagate: Vec<String>,
    /// In which formats context is read and written.
    pub propagators: Propagators,
    /// Whether remote spans are linked to and not continued, because anybody may name one.
    pub public_endpoint: bool,
    /// Fixed time, identifiers and enrichment, for tests.
    pub testing: Option<Testing>,
    /// The key that log attributes are nested under; they stand at the top level without it.
    pub attributes_key: Option<String>,
    /// Nothing is recorded at all.
    pub disabled: bool,
    /// Whether a face may flush at SIGTERM, SIGINT and SIGHUP, which then go on as ever. Node's does.
    pub signals: bool,
    /// The file that `VIGIE_CONFIG` names, whose levels are followed.
    pub level_file: Option<LevelFile>,
    /// What was asked for and has no equal here.
    pub absences: Vec<Absence>,
}

/// Which traces and log records are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// Share of the traces that are kept, 0 to 1.
    pub ratio: f64,
    /// Shares of their own for the traces that they fit; the first one that fits is taken.
    pub rules: Vec<SamplingRule>,
    /// So many new traces are kept a second at most.
    pub per_second: Option<f64>,
    /// Whether traces of which a span fails here are kept in any case.
    pub keep_errors: bool,
    /// Traces of which a span takes longer here are kept in any case.
    pub keep_slower_than: Option<Duration>,
    /// What a parent means for the spans below it.
    pub parents: Parents,
    /// Whether that counts. False only for the specification's samplers that ignore the parent.
    pub parent_based: bool,
    /// Whether decisions are consistent with those of others, and told to them in `tracestate`.
    pub consistent: bool,
    /// How many log records are written.
    pub volume: VolumePlan,
}

impl Sampling {
    /// What decides when a span starts.
    #[must_use]
    pub fn plan(&self) -> Plan<'_> {
        let anew = Parents::all(FromParent::Root);
        Plan {
            ratio: self.ratio,
            rules: &self.rules,
            per_second: self.per_second,
            parents: if self.parent_based { self.parents } else { anew },
            is_consistent: self.consistent,
        }
    }

    /// Whether what a span turns out to be decides too.
    #[must_use]
    pub fn has_tail(&self) -> bool {
        self.keep_errors || self.keep_slower_than.is_some()
    }
}

/// A file whose levels are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelFile {
    /// Where it is.
    pub path: PathBuf,
    /// The levels of the sources that are stronger.
    pub above: SetLevels,
}

/// What gives a record the category that nobody gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryRules {
    /// By the beginnings of events' names.
    pub events: BTreeMap<String, &'static str>,
    /// By the names of loggers, which cover those below them.
    pub loggers: BTreeMap<String, &'static str>,
}

impl CategoryRules {
    /// Adds those of a stronger source.
    pub(super) fn extend(&mut self, stronger: Option<Self>) {
        let Self { events, loggers } = stronger.unwrap_or_default();
        self.events.extend(events);
        self.loggers.extend(loggers);
    }
}

/// A world that repeats itself: see `testing` in the documentation of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Testing {
    /// The first reading of the clock, nanoseconds since the epoch; the real clock without it.
    pub clock_ns: Option<i64>,
    /// What each reading adds, in nanoseconds.
    pub step_ns: i64,
    /// The first number of the identifier sequence; random identifiers without it.
    pub ids: Option<u64>,
    /// The machine's name that lines show.
    pub host: Option<String>,
    /// The process id that lines show.
    pub pid: Option<u32>,
    /// A folder in place of the root of the file system, for what enrichment looks at.
    pub root: Option<PathBuf>,
    /// Name and version of the runtime.
    pub runtime: Option<String>,
    /// The thread that records tell.
    pub thread: Option<Thread>,
}

impl Settings {
    /// The level where nobody set one.
    pub(crate) const DEFAULT_LEVEL: Severity = Severity::INFO;

    /// What is in force when nothing is configured.
    #[must_use]
    pub fn defaults(service: String) -> Self {
        Self {
            service,
            version: None,
            environment: None,
            resource: Map::new(),
            level: Self::DEFAULT_LEVEL,
            level_is_set: false,
            levels: BTreeMap::new(),
            outputs: vec![registry::unconfigured()],
            sampling: Sampling {
                ratio: 1.0,
                rules: Vec::new(),
                per_second: None,
                keep_errors: false,
                keep_slower_than: None,
                parents: Parents::default(),
                parent_based: true,
                consistent: false,
                volume: VolumePlan::default(),
            },
            control: None,
            exceptions: ExceptionSignals::default(),
            redaction: Redaction::default(),
            enrich: BTreeSet::from([Enrichment::Host, Enrichment::Process]),
            surroundings: Vec::new(),
            categories: CategoryRules::default(),
            entities: BTreeSet::new(),
            entity_patterns: None,
            limits: Limits::default(),
            metrics_every: Duration::from_secs(60),
            metrics_self: false,
            metrics_folder: None,
            metrics_across: Rulebook::new(),
            propagate: Vec::new(),
            propagators: Propagators::default(),
            public_endpoint: false,
            testing: None,
            attributes_key: None,
            disabled: false,
            signals: false,
            level_file: None,
            absences: Vec::new(),
        }
    }

    /// The names that enrichment has in lines, whether it has anything to tell or not.
    pub(crate) fn enriched_names(&self) -> impl Iterator<Item = &'static str> {
        let asked = Enrichment::ALL.into_iter().filter(|(_, what)| self.enrich.contains(what));
        asked.flat_map(|(_, what)| what.keys()).copied()
    }

    /// What was asked for and has no equal here, in one sentence with what there is instead; nothing where all has.
    #[must_use]
    pub fn absences_told(&self) -> Option<String> {
        absence::told(&self.absences)
    }

    /// Least severity that the logger of this name records: the longest name in `levels` that is its own or
    /// stands above it (`shop` above `shop.cart`), `level` otherwise.
    #[must_use]
    pub fn level_of(&self, logger: &str) -> Severity {
        let mut name = logger;
        loop {
            if let Some(level) = self.levels.get(name) {
                return *level;
            }
            match name.rsplit_once('.') {
                Some((above, _)) => name = above,
                None => return self.level,
            }
        }
    }
}
