//! From settings to a pipeline: outputs opened, resource rendered, everything else derived.
//!
//! Not for when that happens: see `lifecycle` and `state`.

use super::metric_push;
use crate::api::hub::Hub;
use crate::api::meter::Registry;
use crate::api::pipeline::{LEVEL_OFF, Pipeline};
use crate::api::sampler::Sampler;
use crate::clock::Clock;
use crate::config::{ConsoleFormat, ConsoleStream, Delivery, OutputKind, OutputSettings, Settings};
use crate::encode::json;
use crate::encode::key::Rules;
use crate::error::{Error, ErrorCode, Problem, Result};
use crate::export::output::Output;
use crate::export::{ConsoleSink, FileSink, MemorySink, MemoryStore, NullSink, Ticker};
use crate::generation;
use crate::model::context::write_member;
use crate::model::ids::IdGenerator;
use crate::model::signal::Signal;
use crate::platform;
use crate::stats::Counts;
use std::sync::{Arc, Weak};

/// Opened outputs.
type Outputs = Vec<Output>;

/// A pipeline without its outputs.
pub(super) struct Parts(Pipeline);

impl Parts {
    pub(super) fn of(settings: &Settings) -> Self {
        let rules = Arc::new(Rules::new(
            settings.limits.clone(),
            &settings.redact_keys,
            settings.attributes_key.as_deref(),
        ));
        let counts = Arc::new(Counts::default());
        let testing = settings.testing.as_ref();
        let clock = testing.and_then(|testing| Some(Clock::stepping(testing.clock_ns?, testing.step_ns)));
        let ids =
            testing.and_then(|testing| testing.ids).map_or_else(IdGenerator::random, IdGenerator::sequence);
        Self(Pipeline {
            generation: generation::current(),
            process_id: std::process::id(),
            registry: Arc::new(Registry::new(Arc::clone(&rules), Arc::clone(&counts))),
            exposition: Arc::default(),
            rules,
            counts,
            resource: resource(settings).into(),
            outputs: Arc::new([]),
            clock: Arc::new(clock.unwrap_or_else(Clock::system)),
            ids: Arc::new(ids),
            sampler: Sampler::new(settings.sampling.ratio, settings.sampling.parent_based),
            level: if settings.disabled { LEVEL_OFF } else { settings.level.number() },
            levels: Arc::new(settings.levels.clone()),
            closed: false,
        })
    }

    /// Goes on with the instruments, series and counts of `before`.
    pub(super) fn with_registry_of(mut self, before: &Pipeline) -> Self {
        before.registry.set_rules(Arc::clone(&self.0.rules));
        self.0.registry = Arc::clone(&before.registry);
        self.0.exposition = Arc::clone(&before.exposition);
        self.0.counts = Arc::clone(&before.counts);
        self
    }

    /// Starts with no series, but with the callbacks of `before`.
    pub(super) fn with_fresh_registry_of(mut self, before: &Pipeline) -> Self {
        let fresh = before.registry.fresh(Arc::clone(&self.0.rules), Arc::clone(&self.0.counts));
        self.0.registry = Arc::new(fresh);
        self
    }

    pub(super) fn pipeline(mut self, outputs: Outputs) -> Pipeline {
        self.0.outputs = outputs.into_iter().map(Arc::new).collect();
        self.0
    }
}

/// `,"service":"…",…,"pid":1`
fn resource(settings: &Settings) -> Vec<u8> {
    let testing = settings.testing.as_ref();
    let host = || testing.and_then(|testing| testing.host.clone()).or_else(platform::host_name);
    let texts = [
        ("service", Some(settings.service.clone())),
        ("version", settings.version.clone()),
        ("environment", settings.environment.clone()),
        ("host", settings.enrich.host.then(host).flatten()),
    ];
    let mut members = Vec::new();
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let mut value = Vec::new();
            json::write_str(&mut value, &text);
            write_member(&mut members, name, &value);
        }
    }
    if settings.enrich.process {
        let pid = testing.and_then(|testing| testing.pid).unwrap_or_else(std::process::id);
        write_member(&mut members, "pid", pid.to_string().as_bytes());
    }
    members
}

/// Opens every output; those that cannot be opened are all named in the error.
pub(super) fn open(settings: &Settings, hub: &Weak<Hub>) -> Result<Outputs> {
    let mut outputs = Vec::new();
    let mut problems = Vec::new();
    for (index, output) in active(settings).iter().enumerate() {
        match open_one(settings, output, false) {
            Ok(output) => outputs.push(output),
            Err(error) => {
                let key = match &output.kind {
                    OutputKind::File { .. } => format!("outputs[{index}].path"),
                    _ => format!("outputs[{index}]"),
                };
                let shown = format!("{}: {error}", label(&output.kind));
                problems.push(Problem::finding(key, shown, "an output that can be opened for writing"));
            }
        }
    }
    if problems.is_empty() {
        Ok(ticking(outputs, settings, hub))
    } else {
        Err(Error::new(ErrorCode::Io, problems))
    }
}

/// Opens what can be opened; the rest is reported on standard error.
pub(super) fn open_leniently(settings: &Settings, hub: &Weak<Hub>, write_through: bool) -> Outputs {
    let mut outputs = Vec::new();
    for output in active(settings) {
        match open_one(settings, output, write_through) {
            Ok(output) => outputs.push(output),
            Err(error) => diagnose(&format!("output {} cannot be opened: {error}", label(&output.kind))),
        }
    }
    ticking(outputs, settings, hub)
}

/// Has the worker of the first output that takes metrics push them to all at regular intervals.
fn ticking(outputs: Outputs, settings: &Settings, hub: &Weak<Hub>) -> Outputs {
    let mut chosen = false;
    let give = |output: Output| {
        if chosen || !output.takes(Signal::Metrics) {
            return output;
        }
        chosen = true;
        let run = Arc::new(metric_push::ticker(Weak::clone(hub)));
        output.with_ticker(Ticker { every: settings.metrics_every, run })
    };
    outputs.into_iter().map(give).collect()
}

fn active(settings: &Settings) -> &[OutputSettings] {
    if settings.disabled { &[] } else { &settings.outputs }
}

fn open_one(settings: &Settings, output: &OutputSettings, child: bool) -> std::io::Result<Output> {
    let bound = settings.limits.buffer_bytes;
    let make = |sink, write_through| {
        Output::new(output.kind.name(), label(&output.kind), output.signals, sink, bound, write_through)
    };
    Ok(match &output.kind {
        OutputKind::Console { format, stream } => {
            let human = match format {
                ConsoleFormat::Auto => None,
                ConsoleFormat::Json => Some(false),
                ConsoleFormat::Human => Some(true),
            };
            let out = match stream {
                ConsoleStream::Stdout => platform::standard_output()?,
                ConsoleStream::Stderr => platform::standard_error()?,
            };
            make(Box::new(ConsoleSink::new(out, human)), child)
        }
        OutputKind::File { path, delivery } => {
            make(Box::new(FileSink::open(path)?), child || *delivery == Delivery::WriteThrough)
        }
        OutputKind::Memory => {
            let store = MemoryStore::default();
            make(Box::new(MemorySink(store.clone())), true).with_memory(store)
        }
        OutputKind::Null => make(Box::new(NullSink), false).discarding(),
    })
}

fn label(kind: &OutputKind) -> String {
    match kind {
        OutputKind::File { path, .. } => format!("file:{}", path.display()),
        OutputKind::Console { stream: ConsoleStream::Stderr, .. } => "console:stderr".to_owned(),
        other => other.name().to_owned(),
    }
}

/// One line on standard error, for what nobody is there to be told.
pub(super) fn diagnose(text: &str) {
    use std::io::Write;
    // With standard error closed there is nowhere left to complain to.
    let _ = writeln!(std::io::stderr(), "vigie: {}", text.replace('\n', "; "));
}
