//! What the specification's `OTEL_*` variables say.
//! Not for those of exporters, which belong to the outputs, nor for those that have no equal here (see `absent`), nor for
//! a declarative file, in whose presence none of them is read (see `declarative`).
//!
//! Follows the OpenTelemetry environment variable specification: an empty value counts as not set.

use super::environment::Environment;
use super::layer::Layer;
use super::{resource, sections};
use crate::document::pairs::pairs;
use crate::document::report::{Found, Report};
use crate::document::setting::{Names, Takes};
use crate::document::variable::Variable;
use crate::model::exception_signals::ExceptionSignals;
use crate::model::propagation::{self, Propagators};
use serde_json::{Value, json};

/// Reads one variable's text into the layer.
type Read = fn(&mut Report, &Environment, &Variable, &str, &mut Layer);

const fn variable(
    read: Read,
    names: &'static [&'static str],
    keys: &'static [&'static str],
    takes: Takes,
    example: &'static str,
) -> (Read, Variable) {
    (read, Variable { names, keys, takes, example })
}

/// The variables, in the order in which they are read: of two that set the same, the later one wins.
///
/// The specific variables of spans come before the general ones, so that these win: there is one limit for all records,
/// and cutting logs by a limit meant for spans is the lesser intent.
static VARIABLES: [(Read, Variable); 14] = {
    const COUNT: Takes = Takes::Other("a whole number");
    const PAIRS: Takes = Takes::Other("key=value pairs separated by commas");
    const MILLISECONDS: Takes = Takes::Other("milliseconds from 10 to 86400000");
    const NAME: Takes = Takes::Other("a name");
    [
        variable(limit, &["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"], &["limits.attributes"], COUNT, "64"),
        variable(limit, &["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"], &["limits.string_bytes"], COUNT, "1024"),
        variable(limit, &["OTEL_ATTRIBUTE_COUNT_LIMIT"], &["limits.attributes"], COUNT, "64"),
        variable(limit, &["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"], &["limits.string_bytes"], COUNT, "1024"),
        variable(limit, &["OTEL_SPAN_EVENT_COUNT_LIMIT"], &["limits.events"], COUNT, "16"),
        variable(limit, &["OTEL_SPAN_LINK_COUNT_LIMIT"], &["limits.links"], COUNT, "16"),
        variable(every, &["OTEL_METRIC_EXPORT_INTERVAL"], &["metrics.every"], MILLISECONDS, "10000"),
        variable(
            resource,
            &["OTEL_RESOURCE_ATTRIBUTES"],
            &["service", "version", "environment", "resource"],
            PAIRS,
            "service.name=shop,team=checkout",
        ),
        variable(service, &["OTEL_SERVICE_NAME"], &["service"], NAME, "shop"),
        variable(sampler, &["OTEL_TRACES_SAMPLER"], &["sample.traces"], SAMPLER, "parentbased_traceidratio"),
        // The sampler reads it, as it means nothing without one.
        variable(|_, _, _, _, _| {}, &[ARGUMENT], &["sample.traces"], Takes::Share, "0.25"),
        variable(
            exceptions,
            &["OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN"],
            &["exceptions"],
            Takes::Choice { known: &OPT_INS, unbuilt: &[] },
            "logs",
        ),
        variable(propagators, &["OTEL_PROPAGATORS"], &["propagators"], PROPAGATORS, "tracecontext"),
        variable(
            disabled,
            &["OTEL_SDK_DISABLED"],
            &["disabled"],
            Takes::Choice { known: &FLAGS, unbuilt: &[] },
            "true",
        ),
    ]
};

const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
const FLAGS: [(&str, bool); 2] = [("true", true), ("false", false)];

/// All variables of this source.
pub(super) fn all() -> impl Iterator<Item = &'static Variable> {
    VARIABLES.iter().map(|(_, variable)| variable)
}

/// Reads the variables; problems are reported under the variables' names.
pub(super) fn layer(report: &mut Report, environment: &Environment) -> Layer {
    let mut layer = Layer::default();
    for (read, variable) in &VARIABLES {
        if let Some(text) = environment.get(variable.name()) {
            read(report, environment, variable, text.trim(), &mut layer);
        }
    }
    layer
}

fn refuse(report: &mut Report, variable: &Variable, text: &str) {
    let value = Value::from(text);
    let found = Found { path: variable.name().to_owned(), value: &value, takes: variable.takes };
    report.refuse(&found, variable.takes.words());
}

fn disabled(report: &mut Report, _: &Environment, variable: &Variable, text: &str, layer: &mut Layer) {
    let word = text.to_ascii_lowercase();
    match FLAGS.iter().find(|(name, _)| *name == word) {
        Some((_, flag)) => layer.disabled = Some(*flag),
        None => refuse(report, variable, text),
    }
}

fn limit(report: &mut Report, _: &Environment, variable: &Variable, text: &str, layer: &mut Layer) {
    let Ok(number) = text.parse::<u64>() else { return refuse(report, variable, text) };
    layer.limits.extend(of_document(report, variable, &Value::from(number)).limits);
}

fn every(report: &mut Report, _: &Environment, variable: &Variable, text: &str, layer: &mut Layer) {
    let Ok(milliseconds) = text.parse::<u64>() else { return refuse(report, variable, text) };
    let read = of_document(report, variable, &Value::from(format!("{milliseconds}ms")));
    layer.metrics_every = read.metrics_every.or(layer.metrics_every);
}

/// What the document says that has this value under the variable's key.
fn of_document(report: &mut Report, variable: &Variable, value: &Value) -> Layer {
    // One document a variable, so that a problem with the range bears the variable's name.
    let mut own = Report::default();
    let path = variable.keys.first().copied().unwrap_or_default();
    own.alias(path, variable.name());
    let layer = match path.split_once('.') {
        Some((section, key)) => sections::document(&mut own, &json!({section: {key: value}})),
        None => Layer::default(),
    };
    report.problems.append(&mut own.problems);
    layer
}

fn resource(report: &mut Report, _: &Environment, variable: &Variable, text: &str, layer: &mut Layer) {
    for pair in pairs(text) {
        match pair {
            Ok((key, value)) => resource::set(layer, key, value.into()),
            Err(text) => refuse(report, variable, text),
        }
    }
}

fn service(_: &mut Report, _: &Environment, _: &Variable, text: &str, layer: &mut Layer) {
    layer.service = Some(text.to_owned());
}

/// What share of the traces a sampler keeps.
#[derive(Debug, Clone, Copy)]
enum Kept {
    All,
    None,
    Argument,
}

/// The samplers; the second of each says whether a parent's decision stands.
const SAMPLERS: [(&str, (Kept, bool)); 6] = [
    ("always_on", (Kept::All, false)),
    ("always_off", (Kept::None, false)),
    ("traceidratio", (Kept::Argument, false)),
    ("parentbased_always_on", (Kept::All, true)),
    ("parentbased_always_off", (Kept::None, true)),
    ("parentbased_traceidratio", (Kept::Argument, true)),
];
const SAMPLER: Takes =
    Takes::Choice { known: &SAMPLERS, unbuilt: &["jaeger_remote", "parentbased_jaeger_remote", "xray"] };

fn sampler(
    report: &mut Report,
    environment: &Environment,
    variable: &Variable,
    text: &str,
    layer: &mut Layer,
) {
    let value = Value::from(text);
    let found = Found { path: variable.name().to_owned(), value: &value, takes: variable.takes };
    let Some((kept, parent_based)) = report.choice(&found, &SAMPLERS) else { return };
    layer.ratio = match kept {
        Kept::All => Some(1.0),
        Kept::None => Some(0.0),
        Kept::Argument => ratio(report, environment),
    };
    layer.parent_based = Some(parent_based);
}

/// What the variable of the semantic conventions opts in to.
static OPT_INS: [(&str, ExceptionSignals); 2] =
    [("logs", ExceptionSignals::Logs), ("logs/dup", ExceptionSignals::Both)];

/// A list, in which the conventions will have more words for other changes; where both of ours stand in it, both signals are meant.
fn exceptions(report: &mut Report, _: &Environment, variable: &Variable, text: &str, layer: &mut Layer) {
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match OPT_INS.iter().find(|(name, _)| *name == word) {
            Some((_, ExceptionSignals::Both)) => layer.exceptions = Some(ExceptionSignals::Both),
            Some((_, signals)) => layer.exceptions = layer.exceptions.or(Some(*signals)),
            None => refuse(report, variable, word),
        }
    }
}

fn ratio(report: &mut Report, environment: &Environment) -> Option<f64> {
    let Some(text) = environment.get(ARGUMENT).map(str::trim) else { return Some(1.0) };
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    if ratio.is_none() {
        all()
            .filter(|variable| variable.name() == ARGUMENT)
            .for_each(|variable| refuse(report, variable, text));
    }
    ratio
}

#[derive(Debug)]
struct PropagatorsOrNone;

impl Names for PropagatorsOrNone {
    fn names(&self) -> Vec<&'static str> {
        propagation::names().into_iter().chain(["none"]).collect()
    }
}

const PROPAGATORS: Takes = Takes::Choice { known: &PropagatorsOrNone, unbuilt: &propagation::UNBUILT };

/// A list written for the specification cannot name our own `correlation`, so leaving it out does not switch it off;
/// only `none` does.
fn propagators(report: &mut Report, _: &Environment, variable: &Variable, text: &str, layer: &mut Layer) {
    let known: Vec<_> =
        PropagatorsOrNone.names().into_iter().map(|name| (name, propagation::find(name))).collect();
    let mut chosen = Propagators::none();
    let mut none = false;
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let value = Value::from(word);
        let found = Found { path: variable.name().to_owned(), value: &value, takes: variable.takes };
        match report.choice(&found, &known) {
            Some(Some(propagator)) => chosen.add(propagator),
            Some(None) => none = true,
            None => {}
        }
    }
    if !none && let Some(own) = propagation::find("correlation") {
        chosen.add(own);
    }
    layer.propagators = Some(chosen);
}
