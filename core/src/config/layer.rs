//! What one source says, everything optional, and how it is laid over weaker sources.
//! Not for reading a source: see `sections`, `variables` and `otel`.

use super::redaction::Given;
use super::settings::{CategoryRules, Settings, Testing};
use crate::api::meter::Rulebook;
use crate::api::sampler::{FromParent, Parents, SamplingRule};
use crate::api::volume::VolumePlan;
use crate::document::place::Place;
use crate::encode::attributes::limits::Limits;
use crate::encode::entities::Kind;
use crate::model::enrichment::Enrichment;
use crate::model::exception_signals::ExceptionSignals;
use crate::model::propagation::Propagators;
use crate::model::severity::Severity;
use crate::output::kind::OutputSettings;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Sets one limit.
pub(super) type SetLimit = fn(&mut Limits, u64);

/// Says what a parent of one sort means.
pub(super) type SetParent = fn(&mut Parents, FromParent);

/// The settings that a source gives.
#[derive(Default)]
pub(super) struct Layer {
    pub service: Option<String>,
    pub version: Option<String>,
    pub environment: Option<String>,
    pub resource: Map<String, Value>,
    pub level: Option<Severity>,
    pub levels: BTreeMap<String, Severity>,
    pub outputs: Option<Vec<OutputSettings>>,
    pub ratio: Option<f64>,
    pub rules: Option<Vec<SamplingRule>>,
    pub per_second: Option<f64>,
    pub keep_errors: Option<bool>,
    pub keep_slower_than: Option<Duration>,
    pub parents: Vec<(SetParent, FromParent)>,
    pub parent_based: Option<bool>,
    pub consistent: Option<bool>,
    pub volume: VolumePlan,
    pub control: Option<Place>,
    pub exceptions: Option<ExceptionSignals>,
    pub redact: Given,
    pub enrich: Option<BTreeSet<Enrichment>>,
    pub categories: Option<CategoryRules>,
    pub entities: Option<BTreeSet<Kind>>,
    pub entity_patterns: BTreeMap<String, String>,
    pub limits: Vec<(SetLimit, u64)>,
    pub shutdown: Option<Duration>,
    pub metrics_every: Option<Duration>,
    pub metrics_self: Option<bool>,
    pub metrics_folder: Option<Place>,
    pub metrics_across: Rulebook,
    pub propagate: Option<Vec<String>>,
    pub propagators: Option<Propagators>,
    pub public_endpoint: Option<bool>,
    pub testing: Option<Testing>,
    pub attributes_key: Option<String>,
    pub disabled: Option<bool>,
    pub signals: Option<bool>,
}

impl Layer {
    /// Lays this source over what weaker sources said, but for `redact` and `entity_patterns`, which make sense only as a whole.
    pub fn apply(self, settings: &mut Settings) {
        set(&mut settings.service, self.service);
        set_some(&mut settings.version, self.version);
        set_some(&mut settings.environment, self.environment);
        settings.resource.extend(self.resource);
        settings.level_is_set |= self.level.is_some();
        set(&mut settings.level, self.level);
        settings.levels.extend(self.levels);
        set(&mut settings.outputs, self.outputs);
        set(&mut settings.sampling.rules, self.rules);
        set_some(&mut settings.sampling.per_second, self.per_second);
        set(&mut settings.sampling.keep_errors, self.keep_errors);
        set_some(&mut settings.sampling.keep_slower_than, self.keep_slower_than);
        set(&mut settings.sampling.consistent, self.consistent);
        if self.parent_based.is_some() {
            // The specification's samplers are whole: they say what parents mean, too.
            settings.sampling.parents = Parents::default();
        }
        if self.ratio.is_some() || !self.parents.is_empty() {
            // Our own `sample` always respects the parent; only the specification's samplers say otherwise.
            settings.sampling.parent_based = true;
        }
        set(&mut settings.sampling.ratio, self.ratio);
        set(&mut settings.sampling.parent_based, self.parent_based);
        for (set_parent, from) in self.parents {
            set_parent(&mut settings.sampling.parents, from);
        }
        settings.sampling.volume.overlay(self.volume);
        set_some(&mut settings.control, self.control);
        set(&mut settings.exceptions, self.exceptions);
        set(&mut settings.enrich, self.enrich);
        settings.categories.extend(self.categories);
        set(&mut settings.entities, self.entities);
        for (set_limit, value) in self.limits {
            set_limit(&mut settings.limits, value);
        }
        set(&mut settings.limits.shutdown, self.shutdown);
        set(&mut settings.metrics_every, self.metrics_every);
        set(&mut settings.metrics_self, self.metrics_self);
        set_some(&mut settings.metrics_folder, self.metrics_folder);
        settings.metrics_across.extend(self.metrics_across);
        set(&mut settings.propagate, self.propagate);
        set(&mut settings.propagators, self.propagators);
        set(&mut settings.public_endpoint, self.public_endpoint);
        set_some(&mut settings.testing, self.testing);
        set_some(&mut settings.attributes_key, self.attributes_key);
        set(&mut settings.disabled, self.disabled);
        set(&mut settings.signals, self.signals);
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn set_some<T>(slot: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *slot = value;
    }
}
