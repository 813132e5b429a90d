//! From settings to a pipeline: outputs opened, everything else derived.
//!
//! Not for when that happens: see `lifecycle` and `state`.

use super::losses;
use super::metrics::Metrics;
use super::watch;
use crate::api::categories::Categories;
use crate::api::hub::Hub;
use crate::api::levels::{LEVEL_OFF, Levels, SetLevels};
use crate::api::meter::{OwnMetrics, Processes, Registry, together};
use crate::api::open_roots::NOTED_EVERY;
use crate::api::pipeline::Pipeline;
use crate::api::sampler::Sampler;
use crate::api::tail::Tail;
use crate::api::threads::Threads;
use crate::api::volume::Volume;
use crate::clock::Clock;
use crate::config::Settings;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::entities::Entities;
use crate::encode::json_reader::read_json;
use crate::error::{Error, ErrorCode, Problem, Result};
use crate::generation;
use crate::model::attributes::Attributes;
use crate::model::enrichment::Enrichment;
use crate::model::ids::IdGenerator;
use crate::model::resource::Resource;
use crate::output::kind::{Around, OutputSettings, Temporality};
use crate::output::lanes::Lanes;
use crate::output::running::Output;
use crate::output::schedule::{Round, Schedule};
use crate::platform;
use crate::stats::Counts;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A pipeline without its outputs.
pub(super) struct Parts(Pipeline);

impl Parts {
    pub(super) fn of(settings: &Settings) -> Self {
        let rules =
            Rules::new(settings.limits.clone(), &settings.redaction, settings.attributes_key.as_deref());
        let rules = Arc::new(rules.with_reserved(settings.enriched_names()));
        let counts = Arc::new(Counts::default());
        let testing = settings.testing.as_ref();
        let clock = testing.and_then(|testing| Some(Clock::stepping(testing.clock_ns?, testing.step_ns)));
        let clock = Arc::new(clock.unwrap_or_else(Clock::system));
        let ids =
            testing.and_then(|testing| testing.ids).map_or_else(IdGenerator::random, IdGenerator::sequence);
        let resource = Arc::new(resource(settings, &rules, &counts));
        Self(Pipeline {
            generation: generation::current(),
            process_id: std::process::id(),
            registry: Arc::new(Registry::new(Arc::clone(&rules), Arc::clone(&counts), Arc::clone(&clock))),
            own: OwnMetrics::new().filter(|_| settings.metrics_self && !settings.disabled).map(Arc::new),
            exposition: Arc::default(),
            together: Arc::default(),
            rules,
            counts,
            resource,
            lanes: Lanes::default(),
            schedule: None,
            open_roots: Arc::default(),
            noting: None,
            clock,
            ids: Arc::new(ids),
            sampler: Sampler::new(&settings.sampling.plan()),
            exceptions: settings.exceptions,
            tail: tail(settings).map(Arc::new),
            categories: Categories::new(&settings.categories.events, &settings.categories.loggers)
                .map(Arc::new),
            entities: Entities::new(&settings.entities, settings.entity_patterns.clone()).map(Arc::new),
            threads: threads(settings),
            levels: Arc::new(levels(settings)),
            volume: None,
            watching: None,
            closed: false,
            number: 0,
        })
    }

    /// The pipeline as it is without outputs.
    pub(super) fn into_pipeline(self) -> Pipeline {
        self.0
    }

    /// Goes on with the instruments, series, counts and open spans of `before`.
    pub(super) fn with_registry_of(mut self, before: &Pipeline) -> Self {
        before.registry.set_rules(Arc::clone(&self.0.rules), Arc::clone(&self.0.clock));
        self.0.registry = Arc::clone(&before.registry);
        self.0.exposition = Arc::clone(&before.exposition);
        self.0.counts = Arc::clone(&before.counts);
        self.0.open_roots = Arc::clone(&before.open_roots);
        self
    }

    /// Starts with no series, but with the callbacks of `before`.
    pub(super) fn with_fresh_registry_of(mut self, before: &Pipeline) -> Self {
        let Pipeline { rules, counts, clock, .. } = &self.0;
        let fresh = before.registry.fresh(Arc::clone(rules), Arc::clone(counts), Arc::clone(clock));
        self.0.registry = Arc::new(fresh);
        self
    }

    /// Goes on with the levels of `before`, which have been changed since it was configured.
    pub(super) fn with_levels_of(mut self, before: &Pipeline) -> Self {
        self.0.levels = Arc::clone(&before.levels);
        self
    }

    /// The pipeline, with every output opened.
    ///
    /// # Errors
    /// When outputs cannot be opened; they are all named.
    pub(super) fn open(self, settings: &Arc<Settings>, hub: &Weak<Hub>) -> Result<Pipeline> {
        let mut outputs = Vec::new();
        let mut problems = Vec::new();
        let on_loss = losses::announcer(Weak::clone(hub));
        let metrics = Metrics::of(Weak::clone(hub));
        let around = self.0.around(&metrics);
        for (index, output) in active(settings) {
            match Output::open(&output, &around, settings.limits.buffer_bytes, false, &on_loss) {
                Ok(output) => outputs.push(Arc::new(output)),
                Err(error) => {
                    let key =
                        output.target.claim().map(|claim| format!(".{}", claim.key)).unwrap_or_default();
                    let shown = format!("{}: {error}", output.label());
                    let accepted = "an output that can be opened";
                    problems.push(Problem::finding(format!("outputs[{index}]{key}"), shown, accepted));
                }
            }
        }
        let processes = self.processes(settings).map_err(|problem| problems.push(problem)).ok().flatten();
        problems.extend(control_folder(settings));
        if problems.is_empty() {
            self.share(processes);
            Ok(self.pipeline(outputs, settings, hub))
        } else {
            Err(Error::new(ErrorCode::Io, problems))
        }
    }

    /// The pipeline, with every output opened that can be; the others are reported on standard error.
    pub(super) fn open_leniently(
        self,
        settings: &Arc<Settings>,
        hub: &Weak<Hub>,
        write_through: bool,
    ) -> Pipeline {
        let mut outputs = Vec::new();
        let on_loss = losses::announcer(Weak::clone(hub));
        let metrics = Metrics::of(Weak::clone(hub));
        let around = Around { is_lenient: true, ..self.0.around(&metrics) };
        for (_, output) in active(settings) {
            match Output::open(&output, &around, settings.limits.buffer_bytes, write_through, &on_loss) {
                Ok(output) => outputs.push(Arc::new(output)),
                Err(error) => {
                    platform::complain(&format!("output {} cannot be opened: {error}", output.label()));
                }
            }
        }
        match self.processes(settings) {
            Ok(processes) => self.share(processes),
            Err(problem) => platform::complain(&problem.to_string()),
        }
        if let Some(problem) = control_folder(settings) {
            platform::complain(&problem.to_string());
        }
        self.pipeline(outputs, settings, hub)
    }

    /// The processes that metrics are shared with.
    fn processes(&self, settings: &Settings) -> std::result::Result<Option<Arc<Processes>>, Problem> {
        const KEY: &str = "metrics.multiprocess";
        let before = self.0.registry.processes();
        let folder = settings.metrics_folder.as_ref().filter(|_| !settings.disabled);
        if let Some(before) = &before
            && folder.is_none_or(|folder| folder.absolute != before.folder())
        {
            // What was measured is in that folder.
            let finding = format!("differs from {}, which is in use", before.folder().display());
            return Err(Problem::finding(KEY, finding, "the same folder until shutdown"));
        }
        let Some(folder) = folder else { return Ok(None) };
        let mut rulebook = settings.metrics_across.clone();
        OwnMetrics::add_rules(&mut rulebook);
        together::join(&folder.absolute, &rulebook, &self.0.rules, before.as_deref())
            .map(|processes| Some(Arc::new(processes)))
            .map_err(|error| {
                let shown = format!("{}: {error}", folder.given.display());
                Problem::finding(KEY, shown, "a folder that can be written")
            })
    }

    fn share(&self, processes: Option<Arc<Processes>>) {
        if let Some(processes) = processes {
            self.0.registry.share(processes);
        }
    }

    fn pipeline(mut self, outputs: Vec<Arc<Output>>, settings: &Arc<Settings>, hub: &Weak<Hub>) -> Pipeline {
        self.0.lanes = Lanes::of(outputs);
        // In a world that repeats itself no second passes by itself.
        let is_stopped = settings.testing.as_ref().is_some_and(|testing| testing.clock_ns.is_some());
        self.0.volume = volume(settings, (!is_stopped).then(|| Weak::clone(hub))).map(Arc::new);
        self.0.registry.follow_gains(self.0.lanes.collect(Temporality::Delta));
        let intervals =
            [(Temporality::Delta, DELTAS_EVERY), (Temporality::Cumulative, settings.metrics_every)];
        let is_wanted = |temporality| {
            self.0.lanes.collect(temporality) && !(is_stopped && temporality == Temporality::Delta)
        };
        let wanted = intervals.into_iter().filter(|(temporality, _)| is_wanted(*temporality));
        let rounds: Vec<Round> = wanted
            .map(|(temporality, every)| Round::new(every, Arc::new(push(Weak::clone(hub), temporality))))
            .collect();
        if !rounds.is_empty() {
            let schedule = Schedule::new(rounds);
            if self.0.own.is_some() {
                // Others are measured first; these are there from the beginning.
                schedule.start();
            }
            self.0.schedule = Some(Arc::new(schedule));
        }
        if self.0.lanes.keep_notes() && !is_stopped {
            let noting = Round::new(NOTED_EVERY, Arc::new(note(Weak::clone(hub))));
            let noting = Schedule::new(vec![noting]);
            if !self.0.open_roots.is_empty() {
                // Others begin it; these have begun already.
                noting.start();
            }
            self.0.noting = Some(Arc::new(noting));
        }
        if !is_stopped && !settings.disabled {
            self.0.watching = watch::schedule(settings, hub).map(Arc::new);
            // A program that records nothing has to see that it shall.
            self.0.watching.iter().for_each(|watching| watching.start());
        }
        self.0
    }
}

/// A task of a schedule: notes the local roots that have been open for long.
fn note(hub: Weak<Hub>) -> impl Fn() + Send + Sync {
    move || {
        if let Some(hub) = hub.upgrade() {
            hub.peek().note_open_roots();
        }
    }
}

/// How often differences are collected: what far sides that add up expect.
const DELTAS_EVERY: Duration = Duration::from_secs(1);

/// A task of the schedule: pushes metric points, unless the generation has moved on.
fn push(hub: Weak<Hub>, temporality: Temporality) -> impl Fn() + Send + Sync {
    move || {
        if let Some(hub) = hub.upgrade() {
            let pipeline = hub.peek();
            if pipeline.is_current() {
                pipeline.push(temporality);
            }
        }
    }
}

/// What leaves out log records; where there is a hub, its windows are looked after.
fn volume(settings: &Settings, hub: Option<Weak<Hub>>) -> Option<Volume> {
    let Settings { sampling, limits, .. } = settings;
    let sweep = hub
        .filter(|_| sampling.volume.fold.is_some())
        .map(|hub| Schedule::new(vec![Round::new(SWEPT_EVERY, Arc::new(sweep(hub)))]));
    Volume::of(&sampling.volume, sampling.consistent, limits.buffer_bytes, sweep)
}

/// How often it is looked whether windows of equal records are over.
const SWEPT_EVERY: Duration = Duration::from_secs(1);

/// A task of a schedule: tells of the repeats whose windows are over.
fn sweep(hub: Weak<Hub>) -> impl Fn() + Send + Sync {
    move || {
        if let Some(hub) = hub.upgrade() {
            let pipeline = hub.peek();
            if pipeline.is_current() && !pipeline.closed {
                pipeline.tell_repeats(false);
            }
        }
    }
}

/// Makes the folder in which levels may be set, if there shall be one; what is wrong with it.
fn control_folder(settings: &Settings) -> Option<Problem> {
    let folder = settings.control.as_ref().filter(|_| !settings.disabled)?;
    let error = platform::trusted_folder(&folder.absolute).err()?;
    let shown = format!("{}: {error}", folder.given.display());
    Some(Problem::finding("control", shown, "a folder in which nobody else may write"))
}

fn levels(settings: &Settings) -> Levels {
    let base = if settings.disabled { LEVEL_OFF } else { Settings::DEFAULT_LEVEL.number() };
    let level = settings.level_is_set.then_some(settings.level);
    let configured = SetLevels { level, levels: settings.levels.clone() };
    Levels::new(base, configured).controlled(watch::controlled(settings))
}

fn tail(settings: &Settings) -> Option<Tail> {
    let Settings { sampling, limits, .. } = settings;
    let tail = || Tail::new(sampling.keep_errors, sampling.keep_slower_than, limits.buffer_bytes);
    sampling.has_tail().then(tail)
}

fn threads(settings: &Settings) -> Threads {
    let fixed = settings.testing.as_ref().and_then(|testing| testing.thread.clone());
    match (settings.enrich.contains(&Enrichment::Thread), fixed) {
        (false, _) => Threads::Untold,
        (true, None) => Threads::Own,
        (true, Some(thread)) => Threads::Fixed(Arc::new(thread)),
    }
}

fn resource(settings: &Settings, rules: &Rules, counts: &Counts) -> Resource {
    let testing = settings.testing.as_ref();
    let host = || testing.and_then(|testing| testing.host.clone()).or_else(platform::host_name);
    let process_id = || testing.and_then(|testing| testing.pid).unwrap_or_else(std::process::id);
    Resource {
        service: settings.service.clone(),
        version: settings.version.clone(),
        environment: settings.environment.clone(),
        host: settings.enrich.contains(&Enrichment::Host).then(host).flatten(),
        process_id: settings.enrich.contains(&Enrichment::Process).then(process_id),
        surroundings: surroundings(settings, rules, counts),
        attributes: resource_attributes(settings, rules, counts),
    }
}

/// What was found of where the process runs, by the rules that hold for all attributes.
fn surroundings(settings: &Settings, rules: &Rules, counts: &Counts) -> Attributes {
    let mut attributes = Attributes::default();
    let mut writer = AttributeWriter::new(&mut attributes, rules, counts, Target::Nested);
    for (key, text) in &settings.surroundings {
        writer.attr(key, text.as_str());
    }
    drop(writer);
    attributes
}

/// The resource's other attributes, by the rules that hold for all attributes.
fn resource_attributes(settings: &Settings, rules: &Rules, counts: &Counts) -> Attributes {
    let mut attributes = Attributes::default();
    let text = serde_json::Value::Object(settings.resource.clone()).to_string();
    // It was written a line above, so that there is nothing in it that could not be read.
    let _ =
        read_json(text.as_bytes(), &mut AttributeWriter::new(&mut attributes, rules, counts, Target::Nested));
    attributes
}

/// The outputs to open, each with its entry's place in the configuration.
pub(super) fn active(settings: &Settings) -> impl Iterator<Item = (usize, OutputSettings)> {
    let outputs: &[OutputSettings] = if settings.disabled { &[] } else { &settings.outputs };
    outputs
        .iter()
        .enumerate()
        .flat_map(|(index, output)| output.divided().into_iter().map(move |divided| (index, divided)))
}
