//! What can be told of where a process runs, beside its machine and its number: found once, when the settings are resolved.
//!
//! Not for how records tell it: each format writes its part of the resource.

mod around;
mod cloud;
mod container;
mod kubernetes;
mod runtime;
mod system;
pub(super) mod variables;

pub use runtime::Runtime;

use super::environment::Environment;
use super::settings::Settings;
use crate::model::enrichment::Enrichment;
use crate::platform;
use around::{Around, Facts};
use container::Container;
use std::path::Path;

/// What the settings ask for and there is, in the order of lines. An attribute of the resource that was configured under
/// such a name is what there is.
pub(super) fn told(settings: &Settings, environment: &Environment) -> Vec<(&'static str, String)> {
    let asked: Vec<&'static str> = settings.enriched_names().collect();
    let mut facts = Facts::default();
    for key in &asked {
        let configured = settings.resource.get(*key).and_then(|value| value.as_str());
        facts.tell(key, configured.unwrap_or_default());
    }
    if !asked.is_empty() && !settings.disabled {
        find(settings, environment, &mut facts);
    }
    asked.into_iter().filter_map(|key| Some((key, facts.take(key)?))).collect()
}

fn find(settings: &Settings, environment: &Environment, facts: &mut Facts) {
    let is_asked = |what| settings.enrich.contains(&what);
    let testing = settings.testing.as_ref();
    let host = testing.and_then(|testing| testing.host.clone()).or_else(platform::host_name);
    let root = testing.and_then(|testing| testing.root.as_deref()).unwrap_or(Path::new("/"));
    let around = Around { environment, root, host: host.as_deref() };
    if is_asked(Enrichment::Os) {
        system::find(&around, facts);
    }
    if is_asked(Enrichment::Container) || is_asked(Enrichment::Kubernetes) {
        let container = Container::find(&around);
        facts.tell("container.id", container.id.as_deref().unwrap_or_default());
        kubernetes::find(&around, &container, facts);
    }
    if is_asked(Enrichment::Cloud) {
        cloud::find(&around, facts);
    }
    let fixed = testing.and_then(|testing| testing.runtime.as_deref()).map(Runtime::of);
    if let Some(runtime) = fixed.as_ref().or(environment.runtime()) {
        facts.tell("process.runtime.name", &runtime.name);
        facts.tell("process.runtime.version", &runtime.version);
        facts.tell("process.runtime.description", &runtime.description);
    }
}

#[cfg(test)]
mod tests;
