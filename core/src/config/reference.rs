//! What the page of the documentation says of each key and variable, taken from the tables that validate.
//! Not for how the page looks: the command `vigie` writes it.

use super::declarative::DeclaredEntry;
use super::settings::{Sampling, Settings};
use super::{absent, declarative, file, otel, outputs, tables, variables};
use crate::api::sampler::{FromParent, Parents};
use crate::document::setting::{Setting, Takes};
use crate::document::variable::Variable;
use crate::encode::attributes::limits::Limits;
use crate::model::enrichment::Enrichment;
use crate::model::propagation;
use crate::model::signal::{Signal, SignalSet};
use crate::output::kind::{OutputKind, Waiting};
use crate::output::registry;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every object of the document and every variable.
#[derive(Debug)]
pub struct Reference {
    /// The objects of the document, each with its keys.
    pub sections: Vec<Section>,
    /// The variables that set keys.
    pub variables: Vec<VariableEntry>,
    /// The specification's variables that have no equal here.
    pub absent_variables: Vec<AbsentEntry>,
    /// The keys of a declarative file of OpenTelemetry.
    pub declared: Vec<DeclaredEntry>,
    /// The variables that hand a process the context of the one that started it.
    pub context_variables: Vec<&'static str>,
}

/// One object of the document.
#[derive(Debug)]
pub struct Section {
    /// The path of the object; empty for the document itself.
    pub path: String,
    /// The kind of output whose keys these are.
    pub kind: Option<KindEntry>,
    /// Its keys.
    pub keys: Vec<KeyEntry>,
    /// Its keys that are not built yet, each with what it will do.
    pub unbuilt: Vec<(&'static str, &'static str)>,
}

/// A kind of output.
#[derive(Debug)]
pub struct KindEntry {
    /// Its name.
    pub name: &'static str,
    /// The signals that it takes unless told otherwise.
    pub default_signals: Vec<&'static str>,
    /// Whether a caller may wait for room in its buffer.
    pub may_wait: bool,
}

/// One key.
#[derive(Debug)]
pub struct KeyEntry {
    /// Its name.
    pub key: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What is accepted, in the words of an error message.
    pub accepted: String,
    /// Whether it is an object with a section of its own.
    pub is_section: bool,
    /// Words that are not built yet.
    pub unbuilt: &'static [&'static str],
    /// What holds without it: JSON, or words; empty where nothing does.
    pub default: String,
    /// Whether it has to be given.
    pub is_required: bool,
    /// A whole document that sets it, as JSON.
    pub example: String,
    /// The variables that set it.
    pub variables: Vec<&'static str>,
}

/// Variables without an equal, which share what there is instead.
#[derive(Debug)]
pub struct AbsentEntry {
    /// Their names.
    pub names: &'static [&'static str],
    /// What there is instead.
    pub instead: &'static str,
}

/// One variable.
#[derive(Debug)]
pub struct VariableEntry {
    /// Its name; behind it those of its siblings for single signals.
    pub names: &'static [&'static str],
    /// The paths of the keys that it sets; none for a variable that may set any.
    pub keys: &'static [&'static str],
    /// What is accepted, in the words of an error message.
    pub accepted: String,
    /// An example of its text.
    pub example: &'static str,
}

/// All that there is to say of the configuration document and its variables.
#[must_use]
pub fn reference() -> Reference {
    let in_force = in_force(&Settings::defaults(String::new()));
    let plain = |path: &str, settings: &'static [Setting]| Section::of(path, settings, &in_force);
    let mut sections = vec![plain("", &tables::DOCUMENT)];
    for setting in &tables::DOCUMENT {
        within("", setting, &mut |path, settings| sections.push(plain(path, settings)));
        if setting.key == outputs::KEY {
            sections.extend(outputs(&in_force));
        }
    }
    let entry = |variable: &'static Variable| VariableEntry {
        names: variable.names,
        keys: variable.keys,
        accepted: variable.takes.words(),
        example: variable.example,
    };
    Reference {
        sections,
        variables: all_variables().map(entry).collect(),
        absent_variables: absent::ABSENT
            .iter()
            .map(|absent| AbsentEntry { names: absent.names, instead: absent.instead })
            .collect(),
        declared: declarative::listed(),
        context_variables: propagation::variables().collect(),
    }
}

/// Shows the object that the key of another one takes, if it takes one, and those within it.
fn within(path: &str, setting: &Setting, show: &mut dyn FnMut(&str, &'static [Setting])) {
    if let Takes::Object(settings) = setting.takes {
        let path = joined(path, setting.key);
        show(&path, settings);
        settings.iter().for_each(|setting| within(&path, setting, show));
    }
}

fn joined(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

fn all_variables() -> impl Iterator<Item = &'static Variable> {
    [&file::VARIABLE].into_iter().chain(variables::all()).chain(otel::all()).chain(registry::variables())
}

/// The keys that all outputs have, and those of each kind.
fn outputs(in_force: &Value) -> Vec<Section> {
    let common = outputs::COMMON.iter().map(|setting| {
        let own = if setting.key == tables::TO.key { None } else { Some(member(setting)) };
        let members: Vec<_> = [member(&tables::TO)].into_iter().chain(own).collect();
        KeyEntry::of(outputs::KEY, setting, in_force, &members.join(", "))
    });
    let section =
        Section { path: outputs::KEY.to_owned(), kind: None, keys: common.collect(), unbuilt: Vec::new() };
    [section].into_iter().chain(registry::kinds().into_iter().map(|kind| of_kind(kind, in_force))).collect()
}

fn of_kind(kind: &dyn OutputKind, in_force: &Value) -> Section {
    let to = format!("{}: {}", json!(tables::TO.key), json!(kind.name()));
    let entry = |setting: &'static Setting| {
        let needed = kind.settings().iter().filter(|other| other.is_required && other.key != setting.key);
        let members: Vec<_> =
            [to.clone()].into_iter().chain(needed.map(member)).chain([member(setting)]).collect();
        let entry = KeyEntry::of(outputs::KEY, setting, in_force, &members.join(", "));
        let path = format!("{}.{}", outputs::KEY, setting.key);
        let variables = kind.variables().iter().filter(|variable| variable.keys.contains(&path.as_str()));
        // An object within an output is told by its keys alone.
        KeyEntry { is_section: false, variables: variables.map(Variable::name).collect(), ..entry }
    };
    Section {
        path: outputs::KEY.to_owned(),
        kind: Some(KindEntry {
            name: kind.name(),
            default_signals: signal_names(kind.default_signals()),
            may_wait: kind.waiting() == Waiting::ForRoom,
        }),
        keys: kind.settings().iter().filter(|setting| setting.is_built()).map(entry).collect(),
        unbuilt: unbuilt(kind.settings()),
    }
}

fn signal_names(signals: SignalSet) -> Vec<&'static str> {
    Signal::ALL.into_iter().filter(|signal| signals.has(*signal)).map(Signal::as_str).collect()
}

fn unbuilt(settings: &[Setting]) -> Vec<(&'static str, &'static str)> {
    settings
        .iter()
        .filter(|setting| !setting.is_built())
        .map(|setting| (setting.key, setting.about))
        .collect()
}

fn member(setting: &Setting) -> String {
    format!("{}: {}", json!(setting.key), setting.example)
}

impl Section {
    fn of(path: &str, settings: &'static [Setting], in_force: &Value) -> Self {
        let entry = |setting: &'static Setting| {
            let needed = settings.iter().filter(|other| other.is_required && other.key != setting.key);
            let members: Vec<_> = needed.chain([setting]).map(member).collect();
            KeyEntry::of(path, setting, in_force, &members.join(", "))
        };
        Self {
            path: path.to_owned(),
            kind: None,
            keys: settings.iter().filter(|setting| setting.is_built()).map(entry).collect(),
            unbuilt: unbuilt(settings),
        }
    }
}

impl KeyEntry {
    /// The key `setting` of the object at `section`; `members` are those of an object that shows it.
    fn of(section: &str, setting: &'static Setting, in_force: &Value, members: &str) -> Self {
        let is_section = matches!(setting.takes, Takes::Object(_));
        let path = joined(section, setting.key);
        let known = if is_section { None } else { in_force.pointer(&format!("/{}", path.replace('.', "/"))) };
        let object = match section {
            "" => members.to_owned(),
            outputs::KEY => format!("{}: [{{{members}}}]", json!(section)),
            _ => section
                .rsplit('.')
                .fold(members.to_owned(), |inside, key| format!("{}: {{{inside}}}", json!(key))),
        };
        Self {
            key: setting.key,
            about: setting.about,
            accepted: setting.takes.words(),
            is_section,
            unbuilt: setting.takes.unbuilt(),
            default: known.map_or_else(|| setting.default.to_owned(), Value::to_string),
            is_required: setting.is_required,
            example: format!("{{{object}}}"),
            variables: all_variables()
                .filter(|v| v.keys.contains(&path.as_str()))
                .map(|v| v.name())
                .collect(),
        }
    }
}

/// The settings as a document, without those that stand for "not given".
fn in_force(settings: &Settings) -> Value {
    let outputs: Vec<_> =
        settings.outputs.iter().map(|output| json!({(tables::TO.key): output.kind.name()})).collect();
    let told = Enrichment::ALL.into_iter().filter(|(_, what)| settings.enrich.contains(what));
    let enrich: Vec<_> = told.map(|(word, _)| word).collect();
    json!({
        "resource": settings.resource,
        "level": settings.level.text().to_ascii_lowercase(),
        "levels": settings.levels.iter().map(|(name, level)| (name, level.text())).collect::<BTreeMap<_, _>>(),
        "outputs": outputs,
        "sample": sample(&settings.sampling),
        "redact": {"keys": [], "allow": [], "patterns": {}, "mode": "mask"},
        "enrich": enrich,
        "categories": {},
        "entities": settings.entities.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>(),
        "entity_patterns": {},
        "limits": limits(&settings.limits),
        "metrics": {"every": format!("{:?}", settings.metrics_every), "self": settings.metrics_self},
        "propagate": settings.propagate,
        "propagators": settings.propagators.names().collect::<Vec<_>>(),
        "public_endpoint": settings.public_endpoint,
        "disabled": settings.disabled,
        "signals": settings.signals,
    })
}

fn sample(sampling: &Sampling) -> Value {
    let Parents { remote_sampled, remote_not_sampled, local_sampled, local_not_sampled } = sampling.parents;
    json!({
        "traces": sampling.ratio,
        "rules": [],
        "keep_errors": sampling.keep_errors,
        "consistent": sampling.consistent,
        "remote_parent_sampled": from_parent(remote_sampled),
        "remote_parent_not_sampled": from_parent(remote_not_sampled),
        "local_parent_sampled": from_parent(local_sampled),
        "local_parent_not_sampled": from_parent(local_not_sampled),
    })
}

fn from_parent(from: FromParent) -> Value {
    match from {
        FromParent::Parent => json!("parent"),
        FromParent::Root => json!("root"),
        FromParent::Share(share) => json!(share),
    }
}

fn limits(limits: &Limits) -> Value {
    json!({
        "attributes": limits.attributes,
        "depth": limits.depth,
        "nodes": limits.nodes,
        "key_bytes": limits.key_bytes,
        "string_bytes": size(limits.string_bytes),
        "line_bytes": size(limits.line_bytes),
        "events": limits.events,
        "links": limits.links,
        "open_spans": limits.open_spans,
        "series_per_instrument": limits.series_per_instrument,
        "series_per_process": limits.series_per_process,
        "buffer_bytes": size(limits.buffer_bytes),
        "shutdown": format!("{:?}", limits.shutdown),
    })
}

/// A size as people write it.
fn size(bytes: usize) -> Value {
    const KIB: usize = 1024;
    match bytes {
        bytes if bytes >= KIB * KIB && bytes.is_multiple_of(KIB * KIB) => {
            json!(format!("{}MiB", bytes / KIB / KIB))
        }
        bytes if bytes >= KIB && bytes.is_multiple_of(KIB) => json!(format!("{}KiB", bytes / KIB)),
        bytes => json!(bytes),
    }
}
