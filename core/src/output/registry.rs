//! THE list of kinds of outputs: nothing else knows them by name.

use super::kind::{OutputKind, OutputSettings, Target, Variables};
use super::{
    console, file, influx, journald, lines, memory, null, otlp, prometheus, pushgateway, selection, statsd,
    syslog,
};
use crate::document::report::Report;
use crate::document::variable::Variable;
use crate::error::{Error, Result};
use std::sync::{Arc, Mutex, PoisonError};

/// The kinds that are always there, in the order in which they are named to users.
const KINDS: [&dyn OutputKind; 12] = [
    &console::Console,
    &file::File,
    &lines::Lines,
    &influx::Influx,
    &journald::Journald,
    &memory::Memory,
    &null::Null,
    &otlp::Collector,
    &prometheus::Prometheus,
    &pushgateway::Pushgateway,
    &statsd::Statsd,
    &syslog::Syslog,
];

/// What `outputs` takes, in the words of error messages, which name kinds by way of example.
pub(crate) const LIST_WORDS: &str =
    "a list of at least one output such as {\"to\": \"console\"}; \"disabled\": true records nothing";
/// What an entry of `outputs` may be.
pub(crate) const ENTRY_WORDS: &str = "an object such as {\"to\": \"console\"}";
/// An example of `outputs`, for the documentation.
pub(crate) const LIST_EXAMPLE: &str = "[{\"to\": \"file\", \"path\": \"logs/shop.jsonl\"}]";
/// An example of `to` that needs no other key.
pub(crate) const KIND_EXAMPLE: &str = "\"memory\"";

static ADDED: Mutex<Vec<&'static dyn OutputKind>> = Mutex::new(Vec::new());

/// Adds a kind of output, which configurations can name from then on.
///
/// # Errors
/// When there is a kind of this name already.
pub fn register(kind: &'static dyn OutputKind) -> Result<()> {
    let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    let name = kind.name();
    if KINDS.iter().chain(added.iter()).any(|known| known.name() == name) {
        return Err(Error::argument("output kind", name, "a name that no kind of output has yet"));
    }
    added.push(kind);
    Ok(())
}

/// All kinds.
pub(crate) fn kinds() -> Vec<&'static dyn OutputKind> {
    let added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    KINDS.into_iter().chain(added.iter().copied()).collect()
}

/// The variables that say something of outputs.
pub(crate) fn variables() -> Vec<&'static Variable> {
    [&selection::VARIABLE].into_iter().chain(kinds().into_iter().flat_map(OutputKind::variables)).collect()
}

/// The outputs where none are configured: those that variables of the environment ask for, and the console unless they
/// say where logs go.
pub(crate) fn implied(report: &mut Report, variables: &Variables<'_>) -> Vec<OutputSettings> {
    selection::tell_absent(report, variables);
    let mut outputs = Vec::new();
    if !selection::places_logs(variables) {
        outputs.push(unconfigured());
    }
    for kind in kinds() {
        let asked_for = kind.implied(report, variables).into_iter();
        outputs.extend(asked_for.map(|(target, signals)| OutputSettings { kind, target, signals }));
    }
    outputs
}

/// The output of a process that configured none: logs on the console.
pub(crate) fn unconfigured() -> OutputSettings {
    let target = Arc::new(console::Settings::default());
    OutputSettings { kind: &console::Console, target, signals: console::Console.default_signals() }
}

/// What keeps every record for a user's test, beside the outputs that are configured.
pub(crate) fn capture() -> Arc<dyn Target> {
    Arc::new(memory::Settings { label: "capture" })
}
