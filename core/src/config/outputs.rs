//! Reads the `outputs` list.
//! Not for a kind's own settings: each kind reads those. Whether a path can be written shows when it is opened.

use crate::document::report::{Found, Object, Report};
use crate::model::signal::{Signal, SignalSet};
use crate::output::kind::{OutputKind, OutputSettings};
use crate::output::registry;

/// Reads the list; entries with problems are reported and left out.
pub(super) fn outputs(report: &mut Report, found: &Found<'_>) -> Option<Vec<OutputSettings>> {
    let example = registry::EXAMPLE;
    let accepted =
        format!("a list of at least one output such as {example}; \"disabled\": true records nothing");
    let entries = report.list(found, &accepted)?;
    if entries.is_empty() {
        report.refuse(found, accepted);
    }
    let mut outputs: Vec<OutputSettings> = Vec::new();
    for entry in entries {
        let Some(output) = output(report, &entry) else { continue };
        if let Some(claim) = output.target.claim()
            && outputs.iter().any(|other| other.target.claim().as_ref() == Some(&claim))
        {
            let path = format!("{}.{}", entry.path, claim.key);
            report.finding(&path, "used by another output", format!("a {} for each output", claim.key));
            continue;
        }
        outputs.push(output);
    }
    (!outputs.is_empty()).then_some(outputs)
}

fn output(report: &mut Report, entry: &Found<'_>) -> Option<OutputSettings> {
    let before = report.problems.len();
    let kind = kind(report, entry)?;
    let object = own_object(report, entry, kind);
    let target = object.as_ref().and_then(|object| kind.read(report, object));
    let signals = match object.as_ref().and_then(|object| object.get("signals")) {
        Some(found) => signals(report, &found),
        None => Some(kind.default_signals()),
    };
    let whole = report.problems.len() == before;
    target.zip(signals).filter(|_| whole).map(|(target, signals)| OutputSettings { kind, target, signals })
}

/// The kind that the entry names.
fn kind(report: &mut Report, entry: &Found<'_>) -> Option<&'static dyn OutputKind> {
    let kinds = registry::kinds();
    let known: Vec<_> = kinds.iter().map(|kind| (kind.name(), *kind)).collect();
    let object = report.any_object(entry, &format!("an object such as {}", registry::EXAMPLE))?;
    let Some(to) = object.get("to") else {
        let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
        report.finding(&object.path_of("to"), "missing", names.join(", "));
        return None;
    };
    report.choice(&to, &known, &registry::UNBUILT)
}

/// The entry with its keys checked against those of its kind.
fn own_object<'d>(report: &mut Report, entry: &Found<'d>, kind: &dyn OutputKind) -> Option<Object<'d>> {
    let keys = |is_built| {
        kind.settings().iter().filter(move |setting| setting.is_built == is_built).map(|setting| setting.key)
    };
    let known: Vec<_> = std::iter::once("to").chain(keys(true)).chain(["signals"]).collect();
    report.object(entry, &known, &keys(false).collect::<Vec<_>>())
}

fn signals(report: &mut Report, found: &Found<'_>) -> Option<SignalSet> {
    const ACCEPTED: &str = "a list of at least one of logs, spans, metrics";
    let names = Signal::ALL.map(|signal| (signal.as_str(), signal));
    let entries = report.list(found, ACCEPTED)?;
    if entries.is_empty() {
        report.refuse(found, ACCEPTED);
        return None;
    }
    let mut signals = SignalSet::default();
    for entry in entries {
        if let Some(signal) = report.choice(&entry, &names, &[]) {
            signals = signals.with(signal);
        }
    }
    Some(signals)
}
