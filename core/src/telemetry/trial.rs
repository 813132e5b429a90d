//! Each output that settings ask for, tried with a test record of each signal that it takes.
//!
//! Not for recording: nothing is put in force, nothing is kept for later, and what other processes left in a spool is
//! not touched.

use super::Telemetry;
use super::build::{Parts, active};
use super::metrics::Metrics;
use crate::api::meter::InstrumentOptions;
use crate::api::pipeline::Pipeline;
use crate::buffer::records::Records;
use crate::config::{Config, Environment, Settings};
use crate::encode::record::{Encoder, Log, Name, Point, Span};
use crate::error::Result;
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::ids::TraceFlags;
use crate::model::metric::{Descriptor, InstrumentKind, Number, PointValue};
use crate::model::severity::Severity;
use crate::model::signal::{Signal, SignalSet};
use crate::model::span::{SpanKind, Status};
use crate::output::exporter::{Export, Exporter};
use crate::output::kind::{Around, Opened, OutputSettings, Passage};
use crate::output::progress::Progress;
use crate::output::schedule::{Round, Schedule};
use crate::stats::DropReason;
use std::sync::Arc;
use std::time::Duration;

/// The logger, the span and the instrument of test records.
const NAME: &str = "vigie.doctor";
const MESSAGE: &str = "test record of vigie doctor";

/// How long a reader that takes nothing is waited for. A server has the time that its own setting gives it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found of one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How the books call the output.
    pub label: String,
    /// The signals that it takes, by their names.
    pub signals: Vec<&'static str>,
    /// Whether it works.
    pub outcome: Outcome,
    /// What was found, in words for people that hold no credentials.
    pub what: String,
}

/// Whether an output works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It took its records.
    Good,
    /// Nothing speaks against it, and nothing can tell whether records arrive.
    Unsure,
    /// It did not take its records.
    Bad,
}

/// Tries one output after the other, each as the settings have it, and tells what was found as soon as it is known.
///
/// Every far side gets one test record of each signal that the output takes: a log record of the logger `vigie.doctor`,
/// a span and a gauge of that name. A file and a folder of a spool are made where they are missing, as they would be by
/// a program; in the folder, a file that no process would send is written, locked and removed again. With `disabled`
/// there is nothing to try.
pub fn try_outputs(settings: &Settings, mut tell: impl FnMut(Finding)) {
    let pipeline = Parts::of(settings).into_pipeline();
    let asked_for = with_a_gauge();
    let hub = asked_for.as_ref().map(|telemetry| Arc::downgrade(&telemetry.hub));
    let metrics = Metrics::of(hub.unwrap_or_default());
    for (_, output) in active(settings) {
        let around = Around { signals: output.signals, is_trial: true, ..pipeline.around(&metrics) };
        let (outcome, what) = match output.target.open(&around) {
            Ok(opened) => tried(&output, opened, &pipeline),
            Err(error) => (Outcome::Bad, error.to_string()),
        };
        let signals = output.signals.iter().map(Signal::as_str).collect();
        tell(Finding { label: output.label(), signals, outcome, what });
    }
}

/// What outputs show that read all metrics themselves: a telemetry with the test gauge and nothing else.
fn with_a_gauge() -> Result<Telemetry> {
    let nowhere = serde_json::json!({"to": "null"});
    let telemetry = Telemetry::new(Config::new(NAME).variables(Environment::empty()).output(nowhere))?;
    let options = InstrumentOptions { description: MESSAGE.to_owned(), ..InstrumentOptions::default() };
    telemetry.meter().gauge(NAME, options)?.set(1, |_| {});
    Ok(telemetry)
}

fn tried(output: &OutputSettings, mut opened: Opened, pipeline: &Pipeline) -> (Outcome, String) {
    match opened.passage {
        Passage::Discarded => (Outcome::Good, "it discards what it gets".to_owned()),
        Passage::Asked => asked(&*opened.exporter),
        Passage::Buffered | Passage::WriteThrough => {
            let records = records(&*opened.encoder, output.signals, pipeline);
            let tried = sent(&mut *opened.exporter, &records);
            opened.exporter.close();
            tried
        }
    }
}

/// Of an output that is asked, there is only to see whether it can be.
fn asked(exporter: &dyn Exporter) -> (Outcome, String) {
    let Some(endpoint) = exporter.endpoint() else { return (Outcome::Unsure, "nobody asks it".to_owned()) };
    let found = if endpoint.is_healthy() {
        let listening = endpoint.report().get("listening").and_then(|at| Some(at.as_str()?.to_owned()));
        (Outcome::Good, format!("it can be asked at {}", listening.unwrap_or_default()))
    } else {
        let what = "another program has its address, perhaps the one that this is the configuration of; it would be \
                    waited for";
        (Outcome::Unsure, what.to_owned())
    };
    endpoint.close();
    found
}

fn sent(exporter: &mut dyn Exporter, records: &Records) -> (Outcome, String) {
    let (batch, progress) = (records.batch(), Arc::new(Progress::default()));
    let shared = Arc::clone(&progress);
    let patience = Schedule::new(vec![Round::new(PATIENCE, Arc::new(move || shared.end()))]);
    patience.start();
    let export = exporter.export(&batch, &progress);
    drop(patience);
    let said = progress.failure().map(|failure| failure.what);
    let all = batch.len();
    let refused = |reason: DropReason| said.clone().unwrap_or_else(|| format!("lost: {}", reason.as_str()));
    match export {
        Export::Delivered if !exporter.is_answered() => {
            let what = "it was sent, and nobody can tell whether it arrives: the far side gives no answer";
            (Outcome::Unsure, what.to_owned())
        }
        Export::Delivered => (Outcome::Good, said.unwrap_or_else(|| format!("it took {}", counted(all)))),
        Export::Partial { delivered: 0, reason } | Export::Refused(reason) => (Outcome::Bad, refused(reason)),
        Export::Partial { delivered, reason } => {
            (Outcome::Bad, format!("it took {delivered} of {}: {}", counted(all), refused(reason)))
        }
        Export::Retry(_) => (Outcome::Bad, refused(DropReason::Expired)),
        Export::Split => (Outcome::Bad, refused(DropReason::TooLarge)),
    }
}

fn counted(records: u64) -> String {
    if records == 1 { "1 test record".to_owned() } else { format!("{records} test records") }
}

/// One record of each of the signals, all of one moment.
fn records(encoder: &dyn Encoder, signals: SignalSet, pipeline: &Pipeline) -> Records {
    let (now_ns, nothing) = (pipeline.clock.wall_ns(), Attributes::default());
    let (trace_id, span_id) = (pipeline.ids.trace_id(), pipeline.ids.span_id());
    let ids = SpanContext { trace_id, span_id, flags: TraceFlags::SAMPLED, is_remote: false };
    let (around, of_span) = (Context::root(), Context::root().with_span(ids));
    let gauge = Descriptor {
        name: NAME.into(),
        kind: InstrumentKind::Gauge,
        unit: Box::default(),
        description: MESSAGE.into(),
    };
    let mut records = Records::default();
    for signal in signals.iter() {
        records.encode(signal, |out| match signal {
            Signal::Logs => encoder.log(&log(now_ns, &around, &nothing), out),
            Signal::Spans => encoder.span(&span(now_ns, &of_span, &nothing), out),
            Signal::Metrics => encoder.point(&point(now_ns, &gauge, &nothing), out),
        });
    }
    records
}

fn log<'a>(now_ns: i64, context: &'a Context, attributes: &'a Attributes) -> Log<'a> {
    Log {
        timestamp_ns: now_ns,
        severity: Severity::INFO,
        message: MESSAGE,
        is_template: false,
        filled_from: None,
        thread: None,
        entities: None,
        logger: Name { text: NAME, is_plain: true },
        context,
        bound: None,
        own: attributes,
        error: None,
    }
}

fn span<'a>(now_ns: i64, context: &'a Context, attributes: &'a Attributes) -> Span<'a> {
    Span {
        start_ns: now_ns,
        duration_ns: 0,
        name: NAME,
        context,
        parent: None,
        kind: SpanKind::Internal,
        status: Status::Unset,
        status_message: "",
        scope: NAME,
        attributes,
        events: &[],
        links: &[],
        dropped_events: 0,
        dropped_links: 0,
    }
}

fn point<'a>(now_ns: i64, gauge: &'a Descriptor, attributes: &'a Attributes) -> Point<'a> {
    let value = PointValue::Number(Number::Int(1));
    Point { timestamp_ns: now_ns, start_ns: now_ns, instrument: gauge, attributes, value }
}
