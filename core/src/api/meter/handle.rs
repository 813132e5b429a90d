//! What the instruments' public types are made of: they outlive registries and find the current one.
//!
//! Not for the domain of values: each instrument checks its own.

use super::definition::{Definition, InstrumentOptions};
use super::home::MeterHome;
use super::instrument::Instrument;
use super::scratch::Scratch;
use super::slot::Slot;
use super::stored::Storable;
use super::table::Series;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::values;
use crate::error::Result;
use crate::model::attributes::Attributes;
use crate::model::metric::InstrumentKind;
use std::sync::Arc;

/// An instrument as a user holds it.
pub(crate) struct Handle<C: Storable> {
    pub(crate) definition: Arc<Definition>,
    pub(crate) home: Arc<dyn MeterHome>,
    slot: Slot<Instrument<C>>,
}

impl<C: Storable> Handle<C> {
    /// Creates the instrument, or finds the one that has its name.
    pub(crate) fn new(
        home: &Arc<dyn MeterHome>,
        kind: InstrumentKind,
        name: &str,
        options: InstrumentOptions,
    ) -> Result<Arc<Self>> {
        let definition = Arc::new(Definition::new(kind, name, options)?);
        // Creation is not use: this opens nothing, and the slot stays empty until the first measurement.
        home.registry().instrument::<C>(&definition)?;
        Ok(Arc::new(Self { definition, home: Arc::clone(home), slot: Slot::new() }))
    }

    /// Applies `f` to the cell of the attributes that `fill` writes.
    #[inline]
    pub(crate) fn measure(&self, fill: impl FnOnce(&mut AttributeWriter<'_>), f: impl Fn(&C) + Copy) {
        match self.slot.get() {
            Some(instrument) => instrument.measure(fill, f),
            None => self.measure_later(fill, f),
        }
    }

    #[cold]
    #[inline(never)]
    fn measure_later(&self, fill: impl FnOnce(&mut AttributeWriter<'_>), f: impl Fn(&C) + Copy) {
        self.slot.with(|| self.find(), |instrument| instrument.measure(fill, f));
    }

    fn find(&self) -> Option<Arc<Instrument<C>>> {
        if !self.home.open() {
            return None;
        }
        match self.home.registry().instrument(&self.definition) {
            Ok(instrument) => Some(instrument),
            // The name went to another kind after a new start.
            Err(_) => {
                self.refuse();
                None
            }
        }
    }

    /// Counts a measurement that was not accepted.
    #[cold]
    pub(crate) fn refuse(&self) {
        self.home.registry().shared().counts().invalid_measurements.one();
    }

    /// A handle for one set of attributes.
    pub(crate) fn bind(self: &Arc<Self>, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Bound<C> {
        let registry = self.home.registry();
        let (attributes, epoch) = Scratch::with(registry.shared(), fill, |attributes, rules, _| {
            AttributeWriter::settle(attributes, rules, registry.shared().counts());
            (attributes.clone(), rules.epoch)
        });
        Bound { handle: Arc::clone(self), attributes, epoch, slot: Slot::new() }
    }
}

impl<C: Storable> std::fmt::Debug for Handle<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instrument").field("definition", &self.definition).finish_non_exhaustive()
    }
}

/// One series of an instrument as a user holds it; found at its first measurement, then kept.
pub(crate) struct Bound<C: Storable> {
    pub(crate) handle: Arc<Handle<C>>,
    attributes: Attributes,
    /// Of the rules that the attributes were written under.
    epoch: u64,
    slot: Slot<Series<C>>,
}

impl<C: Storable> Bound<C> {
    /// Applies `f` to the cell.
    #[inline]
    pub(crate) fn measure(&self, f: impl FnOnce(&C)) {
        match self.slot.get() {
            Some(series) => self.apply(series, f),
            None => self.measure_later(f),
        }
    }

    // Apart, and given `f` by value: a value that is passed by its address has to be in memory before the
    // atomic operation, which then waits for it.
    #[cold]
    #[inline(never)]
    fn measure_later(&self, f: impl FnOnce(&C)) {
        self.slot.with(|| self.find(), |series| self.apply(series, f));
    }

    #[inline]
    fn apply(&self, series: &Series<C>, f: impl FnOnce(&C)) {
        if series.does_more() {
            self.update_more(series, f);
        } else {
            f(series.cell());
        }
    }

    #[cold]
    #[inline(never)]
    fn update_more(&self, series: &Series<C>, f: impl FnOnce(&C)) {
        series.update_more(|| self.count_overflow(1), f);
    }

    #[cold]
    fn count_overflow(&self, measurements: u64) {
        self.handle.home.registry().shared().counts().series_overflow.add(measurements);
    }

    /// Whether it is the overflow series; found now when it was not before.
    pub(crate) fn is_overflow(&self) -> bool {
        self.slot.with(|| self.find(), |series| series.overflow) == Some(true)
    }

    /// Counts measurements that a host added up on its own side, beyond the one that [`Bound::measure`] counts.
    pub(crate) fn count_more(&self, measurements: u64) {
        if measurements > 0 && self.is_overflow() {
            self.count_overflow(measurements);
        }
    }

    fn find(&self) -> Option<Arc<Series<C>>> {
        let instrument = self.handle.find()?;
        let registry = self.handle.home.registry();
        if registry.shared().rules_epoch() == self.epoch {
            return Some(instrument.series(&self.attributes));
        }
        // Bound under other rules, before the configuration was read for one: limits and redaction apply anew.
        let rewrite = |w: &mut AttributeWriter<'_>| values::copy(&self.attributes, w);
        Some(Scratch::with(registry.shared(), rewrite, |attributes, rules, _| {
            AttributeWriter::settle(attributes, rules, registry.shared().counts());
            instrument.series(attributes)
        }))
    }
}

impl<C: Storable> std::fmt::Debug for Bound<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound").field("definition", &self.handle.definition).finish_non_exhaustive()
    }
}
