//! Reads the `outputs` list.
//! Not for a kind's own settings: each kind reads those. Whether a path can be written shows when it is opened.

use super::tables::{SIGNAL_NAMES, SIGNALS, TO};
use crate::document::report::{Found, Report};
use crate::document::setting::Setting;
use crate::model::signal::SignalSet;
use crate::output::kind::{OutputKind, OutputSettings};
use crate::output::registry;

/// The document's key.
pub(super) const KEY: &str = "outputs";

/// The keys that all outputs have.
pub(super) static COMMON: [&Setting; 2] = [&TO, &SIGNALS];

/// Reads the list; entries with problems are reported and left out.
pub(super) fn outputs(report: &mut Report, found: &Found<'_>) -> Option<Vec<OutputSettings>> {
    let entries = report.list(found)?;
    if entries.is_empty() {
        report.refuse(found, found.takes.words());
    }
    let mut outputs: Vec<OutputSettings> = Vec::new();
    for entry in entries {
        let Some(output) = output(report, &entry) else { continue };
        if let Some(claim) = output.target.claim()
            && outputs.iter().any(|other| other.target.claim().as_ref() == Some(&claim))
        {
            let path = format!("{}.{}", entry.path, claim.key);
            report.finding(&path, "used by another output", format!("another {} for each output", claim.key));
            continue;
        }
        outputs.push(output);
    }
    (!outputs.is_empty()).then_some(outputs)
}

fn output(report: &mut Report, entry: &Found<'_>) -> Option<OutputSettings> {
    let before = report.problems.len();
    let kind = kind(report, entry)?;
    let object = report.object(entry, settings(kind))?;
    let target = kind.read(report, &object);
    let signals = match object.get(SIGNALS.key) {
        Some(found) => signals(report, &found, kind),
        None => Some(kind.default_signals()),
    };
    let whole = report.problems.len() == before;
    target.zip(signals).filter(|_| whole).map(|(target, signals)| OutputSettings { kind, target, signals })
}

/// The keys of an output of this kind.
fn settings(kind: &dyn OutputKind) -> impl Iterator<Item = &'static Setting> + use<> {
    [&TO].into_iter().chain(kind.settings()).chain([&SIGNALS])
}

/// The kind that the entry names.
fn kind(report: &mut Report, entry: &Found<'_>) -> Option<&'static dyn OutputKind> {
    let Some(members) = entry.value.as_object() else {
        report.refuse(entry, entry.takes.words());
        return None;
    };
    // Only its kind tells which other keys it may have.
    let to = members.get(TO.key).filter(|to| !to.is_null());
    let path = format!("{}.{}", entry.path, TO.key);
    let Some(value) = to else {
        report.finding(&path, "missing", TO.takes.words());
        return None;
    };
    let kinds = registry::kinds();
    let known: Vec<_> = kinds.iter().map(|kind| (kind.name(), *kind)).collect();
    report.choice(&Found { path, value, takes: TO.takes }, &known)
}

fn signals(report: &mut Report, found: &Found<'_>, kind: &dyn OutputKind) -> Option<SignalSet> {
    let entries = report.list(found)?;
    if entries.is_empty() {
        report.refuse(found, found.takes.words());
        return None;
    }
    let mut signals = SignalSet::default();
    for entry in entries {
        match report.choice(&entry, &SIGNAL_NAMES) {
            Some(signal) if kind.carries().has(signal) => signals = signals.with(signal),
            Some(_) => report.refuse(&entry, carried(kind)),
            None => {}
        }
    }
    Some(signals)
}

/// The names of the signals that the kind can take.
fn carried(kind: &dyn OutputKind) -> String {
    let names: Vec<_> = SIGNAL_NAMES
        .iter()
        .filter(|(_, signal)| kind.carries().has(*signal))
        .map(|(name, _)| *name)
        .collect();
    names.join(", ")
}
