//! What a declarative file comes to, as a document of our own, and where in the file each part of it stood.

use super::super::layer::Layer;
use super::super::sections;
use crate::document::report::Report;
use crate::model::signal::{Signal, SignalSet};
use serde_json::{Map, Value, json};

/// The document so far, and what no key of it says.
#[derive(Default)]
pub(super) struct Draft {
    /// What has no key in our document.
    pub(super) layer: Layer,
    document: Map<String, Value>,
    /// The shortest interval between metrics that a reader asks for, in milliseconds.
    pub(super) shortest_interval: Option<u64>,
    outputs: Vec<Entry>,
    has_outputs: bool,
    keeps_console: bool,
    /// The paths of our document, and those of the file that they came from.
    came_from: Vec<(String, String)>,
}

/// An output.
#[derive(Debug)]
pub(super) struct Entry {
    members: Map<String, Value>,
    signals: SignalSet,
    /// Where the file asks for it.
    at: String,
    /// The paths of its members, and those of the file that they came from.
    came_from: Vec<(String, String)>,
}

impl Entry {
    /// An output of this kind for one signal, which the file asks for at this path.
    pub(super) fn new(kind: &str, signal: Signal, at: &str) -> Self {
        let mut members = Map::new();
        members.insert("to".to_owned(), Value::from(kind));
        let signals = SignalSet::default().with(signal);
        Self { members, signals, at: at.to_owned(), came_from: Vec::new() }
    }

    /// Sets a member that the file has at the path `from`.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>, from: &str) {
        self.members.insert(key.to_owned(), value.into());
        self.came_from.push((key.to_owned(), from.to_owned()));
    }
}

impl Draft {
    /// Sets a key that the file has at the path `from`; a key inside of another has a dot between them.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>, from: &str) {
        let (top, inside) = key.split_once('.').unwrap_or((key, ""));
        let slot = self.document.entry(top).or_insert_with(|| json!({}));
        match slot.as_object_mut().filter(|_| !inside.is_empty()) {
            Some(section) => drop(section.insert(inside.to_owned(), value.into())),
            None => *slot = value.into(),
        }
        self.came_from.retain(|(known, _)| known != key);
        self.came_from.push((key.to_owned(), from.to_owned()));
    }

    /// From here on the outputs are those of the file, though there may be none.
    pub(super) const fn decides_outputs(&mut self) {
        self.has_outputs = true;
    }

    /// The file says nothing of logs: if it says anything of outputs, logs go to the console besides, as they do where
    /// nothing is configured.
    pub(super) const fn keeps_console(&mut self) {
        self.keeps_console = true;
    }

    /// Adds an output; one that differs from another in its signal alone is the same one.
    pub(super) fn add(&mut self, entry: Entry) {
        match self.outputs.iter_mut().find(|other| other.members == entry.members) {
            Some(other) => other.signals = entry.signals.iter().fold(other.signals, SignalSet::with),
            None => self.outputs.push(entry),
        }
    }

    /// The settings. Problems with the document go into the report under the file's own paths.
    pub(super) fn finish(mut self, report: &mut Report) -> Layer {
        let mut outputs = Vec::new();
        for entry in std::mem::take(&mut self.outputs) {
            let ours = format!("outputs[{}]", outputs.len());
            let inside = entry.came_from.into_iter().map(|(key, from)| (format!("{ours}.{key}"), from));
            self.came_from.extend(inside);
            self.came_from.push((ours, entry.at));
            let signals: Vec<_> = entry.signals.iter().map(Signal::as_str).collect();
            let mut members = entry.members;
            members.insert("signals".to_owned(), json!(signals));
            outputs.push(Value::Object(members));
        }
        if self.has_outputs && self.keeps_console {
            outputs.push(json!({"to": "console"}));
        }
        let has_none = self.has_outputs && outputs.is_empty();
        if !outputs.is_empty() {
            self.document.insert("outputs".to_owned(), Value::Array(outputs));
        }
        for (ours, from) in self.came_from {
            report.alias(ours, from);
        }
        let read = sections::document(report, &Value::Object(self.document));
        Layer {
            limits: read.limits,
            metrics_every: read.metrics_every,
            // None at all is no mistake here: there may be nothing but exporters that have no equal.
            outputs: if has_none { Some(Vec::new()) } else { read.outputs },
            ..self.layer
        }
    }
}
