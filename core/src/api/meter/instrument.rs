//! One instrument inside one registry: its definition and its series.
//!
//! Not for what users hold: see `handle`.

use super::cell::Cell;
use super::definition::Definition;
use super::processes::Processes;
use super::recent::{Place, Recent};
use super::scratch::Scratch;
use super::shared::Shared;
use super::table::{Maker, Series, Table};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::collected::{Collected, Head, SeriesPoint, Show};
use crate::model::attributes::Attributes;
use crate::model::metric::Descriptor;
use std::sync::Arc;

/// An instrument and its series.
pub(crate) struct Instrument<C: Cell> {
    definition: Arc<Definition>,
    shared: Arc<Shared>,
    number: usize,
    table: Table<C>,
}

impl<C: Cell> Instrument<C> {
    /// An instrument without series, the `number`th of its registry.
    pub(crate) fn new(definition: &Arc<Definition>, shared: &Arc<Shared>, number: usize) -> Self {
        Self { definition: Arc::clone(definition), shared: Arc::clone(shared), number, table: Table::new() }
    }

    /// Applies `f` to the cell of the attributes that `fill` writes. No lock is held while `fill` runs.
    #[inline]
    pub(crate) fn measure(&self, fill: impl FnOnce(&mut AttributeWriter<'_>), f: impl Fn(&C) + Copy) {
        Scratch::with(&self.shared, fill, |attributes, rules, recent| {
            let place = Recent::place(self.table.number, &attributes.bytes);
            match recent.find::<Series<C>>(place, self.table.number, rules.epoch, &attributes.bytes) {
                Some(series) => self.apply(series, f),
                None => self.apply(&self.not_met_lately(attributes, rules, recent, place), f),
            }
        });
    }

    /// The series of attributes that this thread did not meet lately.
    #[cold]
    #[inline(never)]
    fn not_met_lately(
        &self,
        attributes: &mut Attributes,
        rules: &Rules,
        recent: &mut Recent,
        place: Place,
    ) -> Arc<Series<C>> {
        if let Some(series) = self.table.known(rules.epoch, &attributes.bytes) {
            recent.keep(place, self.table.number, rules.epoch, &attributes.bytes, &series);
            return series;
        }
        let spelling = attributes.bytes.clone();
        AttributeWriter::settle(attributes, rules, self.shared.counts());
        let series = self.series(attributes);
        // The overflow series is not remembered: attributes without end lead to it.
        if !series.overflow {
            recent.keep(place, self.table.number, rules.epoch, &spelling, &series);
            self.table.remember(rules, spelling, &series);
        }
        series
    }

    /// Applies `f` to the cell of a series of its own.
    #[inline]
    pub(crate) fn apply(&self, series: &Series<C>, f: impl FnOnce(&C)) {
        if series.does_more() {
            self.apply_more(series, f);
        } else {
            f(series.cell());
        }
    }

    // Apart, and given `f` by value: a value that is passed by its address has to be in memory before the
    // atomic operation, which then waits for it.
    #[cold]
    #[inline(never)]
    fn apply_more(&self, series: &Series<C>, f: impl FnOnce(&C)) {
        series.update_more(|| self.shared.counts().series_overflow.one(), f);
    }

    /// The series of these attributes, which are encoded.
    pub(crate) fn series(&self, attributes: &Attributes) -> Arc<Series<C>> {
        let maker = Maker { shared: &self.shared, definition: &self.definition };
        self.table.find_or_create(attributes, &maker)
    }

    /// What it was created as.
    pub(crate) fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Shows all its series to other processes.
    pub(crate) fn share(&self, processes: &Processes) {
        for series in self.table.created_since(0) {
            series.share(processes, &self.definition);
        }
    }

    /// Shows the words of every series' cell.
    pub(crate) fn words(&self, mut show: impl FnMut(&Definition, &Attributes, &[u64])) {
        let mut words = Vec::new();
        for series in self.table.created_since(0) {
            words.clear();
            series.cell().each_word(&mut |word| words.push(word));
            show(&self.definition, &series.attributes, &words);
        }
    }

    /// Whether it has no series yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

impl<C: Cell> Collected for Instrument<C> {
    fn descriptor(&self) -> &Descriptor {
        &self.definition.descriptor
    }

    fn number(&self) -> usize {
        self.number
    }

    fn created_since(&self, first: usize, mut show: impl FnMut(&Attributes, &Head)) {
        for series in self.table.created_since(first) {
            show(&series.attributes, &series.head);
        }
    }

    fn points(&self, mut show: impl Show) {
        let mut buckets = Vec::new();
        for series in self.table.listed().iter() {
            if let Some(value) = series.cell().point(&mut buckets) {
                show.show(&SeriesPoint {
                    head: &series.head,
                    attributes: &series.attributes,
                    start_ns: series.start_ns,
                    value,
                });
            }
        }
    }
}
