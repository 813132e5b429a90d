//! The series of many files as those of one registry.

use crate::api::meter::across::{Across, Rulebook};
use crate::api::meter::cell::Cell;
use crate::api::meter::definition::Definition;
use crate::api::meter::histogram_cell::HistogramCell;
use crate::api::meter::last::LastCell;
use crate::api::meter::processes::{identity, layout};
use crate::api::meter::registry::Registry;
use crate::api::meter::stored::Storable;
use crate::api::meter::sum::SumCell;
use crate::api::meter::table::Series;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::model::attributes::Attributes;
use crate::model::metric::InstrumentKind;
use crate::stats::Counts;
use std::collections::HashMap;
use std::sync::Arc;

/// A registry that is being filled.
pub(super) struct Merge<'r> {
    registry: Registry,
    rulebook: &'r Rulebook,
    /// By their identities; none for what is damaged, or whose name stands for another instrument.
    known: HashMap<Vec<u8>, Option<Known>, foldhash::fast::RandomState>,
}

struct Known {
    definition: Arc<Definition>,
    attributes: Attributes,
    across: Across,
    /// Made with the first value.
    series: Option<Arc<dyn Absorb>>,
}

/// A series of any kind.
trait Absorb {
    fn absorb(&self, words: &[u64], across: Across);
}

impl<C: Cell> Absorb for Series<C> {
    fn absorb(&self, words: &[u64], across: Across) {
        self.cell().absorb(words, across);
    }
}

impl<'r> Merge<'r> {
    pub(super) fn new(rulebook: &'r Rulebook, rules: &Rules) -> Self {
        // Each process had its own limit for all of its series; an instrument's holds for all processes together.
        let limits = Limits { series_per_process: usize::MAX, ..rules.limits.clone() };
        let registry = Registry::new(Arc::new(Rules::new(limits, &[], None)), Arc::new(Counts::default()));
        Self { registry, rulebook, known: HashMap::default() }
    }

    /// Makes the instruments of a file. Of two that contradict each other the one of the file that comes first stays.
    pub(super) fn meet(&mut self, words: &[u64]) {
        for record in layout::records(words) {
            if !self.known.contains_key(&record.identity) {
                let known = self.instrument(&record.identity);
                self.known.insert(record.identity, known);
            }
        }
    }

    fn instrument(&self, bytes: &[u8]) -> Option<Known> {
        let (definition, attributes) = identity::read(bytes)?;
        let kind = definition.descriptor.kind;
        let asked = self.rulebook.get(&*definition.descriptor.name).copied();
        let across = match kind {
            InstrumentKind::Counter | InstrumentKind::Histogram => Across::Sum,
            InstrumentKind::UpDownCounter => asked.unwrap_or(Across::Sum),
            InstrumentKind::Gauge => asked.unwrap_or(Across::LiveSum),
        };
        let definition = Arc::new(definition);
        match kind {
            InstrumentKind::Counter | InstrumentKind::UpDownCounter => {
                self.registry.instrument::<SumCell>(&definition).map(drop)
            }
            InstrumentKind::Gauge => self.registry.instrument::<LastCell>(&definition).map(drop),
            InstrumentKind::Histogram => self.registry.instrument::<HistogramCell>(&definition).map(drop),
        }
        .ok()?;
        Some(Known { definition, attributes, across, series: None })
    }

    /// Adds the values of a file whose instruments were met.
    pub(super) fn add(&mut self, words: &[u64], is_alive: bool) {
        for record in layout::records(words) {
            let Some(Some(known)) = self.known.get_mut(&record.identity) else { continue };
            if !is_alive && !known.across.keeps_ended() {
                continue;
            }
            if known.series.is_none() {
                known.series = known.series_of(&self.registry);
            }
            if let Some(series) = &known.series {
                series.absorb(record.cells, known.across);
            }
        }
    }

    pub(super) fn done(self) -> Registry {
        self.registry
    }
}

impl Known {
    fn series_of(&self, registry: &Registry) -> Option<Arc<dyn Absorb>> {
        match self.definition.descriptor.kind {
            InstrumentKind::Counter | InstrumentKind::UpDownCounter => self.series::<SumCell>(registry),
            InstrumentKind::Gauge => self.series::<LastCell>(registry),
            InstrumentKind::Histogram => self.series::<HistogramCell>(registry),
        }
    }

    fn series<C: Storable>(&self, registry: &Registry) -> Option<Arc<dyn Absorb>> {
        let instrument = registry.instrument::<C>(&self.definition).ok()?;
        Some(instrument.series(&self.attributes))
    }
}
