//! THE list of kinds of outputs: nothing else knows them by name.

use super::kind::{OutputKind, OutputSettings, Target, Variables};
use super::{console, file, influx, lines, memory, null, otlp, prometheus, pushgateway, statsd};
use crate::document::report::Report;
use crate::error::{Error, Result};
use std::sync::{Arc, Mutex, PoisonError};

/// The kinds that are always there, in the order in which they are named to users.
const KINDS: [&dyn OutputKind; 10] = [
    &console::Console,
    &file::File,
    &lines::Lines,
    &influx::Influx,
    &memory::Memory,
    &null::Null,
    &otlp::Collector,
    &prometheus::Prometheus,
    &pushgateway::Pushgateway,
    &statsd::Statsd,
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

/// The outputs that variables of the environment ask for where none are configured.
pub(crate) fn implied(report: &mut Report, variables: &Variables<'_>) -> Vec<OutputSettings> {
    let settings = kinds().into_iter().filter_map(|kind| {
        let (target, signals) = kind.implied(report, variables)?;
        Some(OutputSettings { kind, target, signals })
    });
    settings.collect()
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
