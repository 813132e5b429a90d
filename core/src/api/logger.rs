//! Loggers: a name, what it is bound to, and the gate in front of records.
//!
//! Not for the record itself: see `api::log_record`.

use super::hub::Hub;
use super::log_record::LogRecord;
use super::pipeline::{LEVEL_UNKNOWN, Pipeline};
use crate::encode::attribute_writer::{AttributeWriter, Target};
use crate::encode::json;
use crate::encode::json_reader::read_json;
use crate::model::attributes::Attributes;
use crate::model::context::{FieldSet, write_member};
use crate::model::severity::Severity;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Records log records under a name. Cheap to clone, usable from any thread.
#[derive(Debug, Clone)]
pub struct Logger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hub: Arc<Hub>,
    name: Arc<str>,
    /// `,"logger":"…"`, or nothing for the nameless.
    member: Box<[u8]>,
    level: Arc<AtomicU8>,
    bound: Option<ArcSwap<Bound>>,
}

/// Attributes that every record of a logger carries, and the rules they were encoded under.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) epoch: u64,
    pub(super) fields: FieldSet,
}

impl Logger {
    /// The logger `name`. Creating one is not use: nothing is configured by it.
    pub(crate) fn new(hub: Arc<Hub>, name: &str) -> Self {
        let mut member = Vec::new();
        if !name.is_empty() {
            let mut value = Vec::new();
            json::write_str(&mut value, crate::encode::truncate::prefix(name, 1024));
            write_member(&mut member, "logger", &value);
        }
        let level = hub.level_cell(name);
        Self(Arc::new(Inner { hub, name: name.into(), member: member.into(), level, bound: None }))
    }

    /// The logger's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether a record of `severity` would be recorded. One atomic load.
    #[inline]
    #[must_use]
    pub fn enabled(&self, severity: Severity) -> bool {
        let threshold = self.0.level.load(Ordering::Relaxed);
        if threshold == LEVEL_UNKNOWN {
            return self.configured_threshold() <= severity.number();
        }
        threshold <= severity.number()
    }

    /// The number of the least severity that is recorded, for faces that keep a copy of it.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        match self.0.level.load(Ordering::Relaxed) {
            LEVEL_UNKNOWN => self.configured_threshold(),
            known => known,
        }
    }

    #[cold]
    fn configured_threshold(&self) -> u8 {
        self.0.hub.live().threshold(&self.0.name)
    }

    /// A child whose records also carry what `fill` writes.
    #[must_use]
    pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Self {
        let pipeline = self.0.hub.peek();
        let mut added = Attributes::default();
        fill(&mut AttributeWriter::new(&mut added, &pipeline.rules, &pipeline.counts, Target::Log));
        let before = self.0.bound.as_ref().map(ArcSwap::load);
        let fields = FieldSet::merged(before.as_ref().map(|bound| &bound.fields), &added);
        let bound = Bound { epoch: pipeline.rules.epoch, fields };
        Self(Arc::new(Inner {
            hub: Arc::clone(&self.0.hub),
            name: Arc::clone(&self.0.name),
            member: self.0.member.clone(),
            level: Arc::clone(&self.0.level),
            bound: Some(ArcSwap::from_pointee(bound)),
        }))
    }

    /// Begins a record; nothing when it is filtered.
    #[inline]
    #[must_use]
    pub fn record(&self, severity: Severity) -> Option<LogRecord<'_>> {
        if !self.enabled(severity) {
            return None;
        }
        Some(LogRecord::new(self, self.0.hub.live(), severity))
    }

    /// `,"logger":"…"`
    #[inline]
    pub(super) fn member(&self) -> &[u8] {
        &self.0.member
    }

    /// What the logger is bound to, under the rules in force.
    #[inline]
    pub(super) fn bound(&self, pipeline: &Pipeline) -> Option<arc_swap::Guard<Arc<Bound>>> {
        let slot = self.0.bound.as_ref()?;
        let bound = slot.load();
        if bound.epoch == pipeline.rules.epoch {
            return Some(bound);
        }
        slot.store(Arc::new(encoded_anew(&bound.fields, pipeline)));
        Some(slot.load())
    }
}

/// Bound attributes under new rules: a key may have become secret since.
#[cold]
fn encoded_anew(fields: &FieldSet, pipeline: &Pipeline) -> Bound {
    let mut text = vec![b'{'];
    text.extend_from_slice(&fields.well_known_members);
    text.extend_from_slice(&fields.plain.bytes);
    text.push(b'}');
    if text.get(1) == Some(&b',') {
        text.remove(1);
    }
    let mut attributes = Attributes::default();
    let mut writer = AttributeWriter::new(&mut attributes, &pipeline.rules, &pipeline.counts, Target::Log);
    // Our own encoding is well-formed, and a part of it would still be right.
    let _ = read_json(&text, &mut writer);
    drop(writer);
    Bound { epoch: pipeline.rules.epoch, fields: FieldSet::merged(None, &attributes) }
}
