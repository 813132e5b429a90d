//! What all records of a logger share: its name, and what it is bound to.

use super::pipeline::Pipeline;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::json::is_plain;
use crate::encode::record::Name;
use crate::encode::values;
use crate::model::attributes::Attributes;
use crate::model::context::FieldSet;
use crate::model::cut::prefix;
use arc_swap::{ArcSwap, Guard};
use std::sync::Arc;

/// How much of a name records show.
const SHOWN_BYTES: usize = 1024;

/// A logger's name and bound attributes.
#[derive(Debug)]
pub(super) struct Identity {
    name: Arc<str>,
    is_plain: bool,
    bound: Option<ArcSwap<Bound>>,
}

/// Attributes that every record of a logger carries, and the rules they were encoded under.
#[derive(Debug)]
pub(super) struct Bound {
    epoch: u64,
    pub(super) fields: FieldSet,
}

impl Identity {
    /// A name, bound to nothing.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), is_plain: is_plain(name), bound: None }
    }

    /// The same name, bound also to what `fill` writes.
    pub(super) fn bind(&self, pipeline: &Pipeline, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Self {
        let added = written(pipeline, fill);
        let before = self.bound.as_ref().map(ArcSwap::load);
        let fields = FieldSet::merged(before.as_ref().map(|bound| &bound.fields), &added);
        let bound = Bound { epoch: pipeline.rules.epoch, fields };
        let (name, bound) = (Arc::clone(&self.name), Some(ArcSwap::from_pointee(bound)));
        Self { name, is_plain: self.is_plain, bound }
    }

    /// The whole name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The name as records show it.
    #[inline]
    pub(super) fn shown(&self) -> Name<'_> {
        Name { text: prefix(&self.name, SHOWN_BYTES), is_plain: self.is_plain }
    }

    /// What the logger is bound to, under the rules in force.
    #[inline]
    pub(super) fn bound(&self, pipeline: &Pipeline) -> Option<Guard<Arc<Bound>>> {
        let slot = self.bound.as_ref()?;
        let bound = slot.load();
        if bound.epoch == pipeline.rules.epoch {
            return Some(bound);
        }
        slot.store(Arc::new(encoded_anew(&bound.fields, pipeline)));
        Some(slot.load())
    }

    /// What the logger is bound to, as one JSON object with the keys that were given.
    pub(super) fn bound_json(&self, pipeline: &Pipeline) -> String {
        self.bound(pipeline).map_or_else(|| "{}".to_owned(), |bound| bound.fields.to_json())
    }
}

/// Bound attributes under new rules: a key may have become secret since.
#[cold]
fn encoded_anew(fields: &FieldSet, pipeline: &Pipeline) -> Bound {
    let attributes = written(pipeline, |writer| {
        values::copy(&fields.well_known, writer);
        values::copy(&fields.plain, writer);
    });
    Bound { epoch: pipeline.rules.epoch, fields: FieldSet::merged(None, &attributes) }
}

fn written(pipeline: &Pipeline, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Attributes {
    let mut attributes = Attributes::default();
    fill(&mut AttributeWriter::new(&mut attributes, &pipeline.rules, &pipeline.counts, Target::Log));
    attributes
}
