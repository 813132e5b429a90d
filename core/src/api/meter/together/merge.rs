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
use crate::clock::Clock;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::prometheus::{Escaping, Exposition, Format};
use crate::model::attributes::Attributes;
use crate::model::metric::InstrumentKind;
use crate::stats::Counts;
use std::collections::HashMap;
use std::sync::Arc;

/// A registry that is filled anew for each text, and what is remembered from one to the next.
pub(super) struct Merge {
    registry: Registry,
    exposition: Exposition,
    rulebook: Rulebook,
    /// By the words that tell a series in the files; none for one whose name stands for another instrument.
    known: HashMap<Box<[u64]>, Option<Known>, foldhash::fast::RandomState>,
}

struct Known {
    definition: Arc<Definition>,
    attributes: Attributes,
    across: Across,
    /// Made with the first value.
    series: Option<Arc<dyn Absorb>>,
}

/// A series of any kind.
trait Absorb: Send + Sync {
    fn absorb(&self, words: &[u64], across: Across);

    fn reset(&self);
}

impl<C: Cell> Absorb for Series<C> {
    fn absorb(&self, words: &[u64], across: Across) {
        self.cell().absorb(words, across);
    }

    fn reset(&self) {
        self.cell().reset();
    }
}

impl Merge {
    pub(super) fn new(rulebook: &Rulebook, rules: &Rules) -> Self {
        // Each process had its own limit for all of its series; an instrument's holds for all processes together.
        let limits = Limits { series_per_process: usize::MAX, ..rules.limits.clone() };
        let rules = Arc::new(Rules::new(limits, &Default::default(), None));
        let registry = Registry::new(rules, Arc::new(Counts::default()), Arc::new(Clock::system()));
        let exposition = Exposition::default();
        Self { registry, exposition, rulebook: rulebook.clone(), known: HashMap::default() }
    }

    /// Forgets every value, and no series.
    pub(super) fn reset(&mut self) {
        self.known
            .values()
            .flatten()
            .filter_map(|known| known.series.as_ref())
            .for_each(|series| series.reset());
    }

    /// Makes the instruments of a file. Of two that contradict each other the one that was met first stays.
    pub(super) fn meet(&mut self, words: &[u64]) {
        for record in layout::records(words) {
            if self.known.contains_key(record.key) {
                continue;
            }
            if let Some((definition, attributes)) = record.identity().and_then(|bytes| identity::read(&bytes))
            {
                let known = self.instrument(definition, attributes);
                self.known.insert(record.key.into(), known);
            }
        }
    }

    fn instrument(&self, definition: Definition, attributes: Attributes) -> Option<Known> {
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
            let Some(Some(known)) = self.known.get_mut(record.key) else { continue };
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

    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The exposition of all values.
    pub(super) fn text(&self, format: Format, escaping: Escaping) -> String {
        self.exposition.text(format, escaping, &self.registry.instruments())
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
