//! One instrument inside one registry: its definition, its series, how they are shown.
//!
//! Not for what users hold: see `handle`.

use super::definition::Definition;
use super::labels::Scratch;
use super::recent::{Place, Recent};
use super::registry::Shared;
use super::table::{Maker, Series, Table};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::openmetrics::{self, Format};
use crate::encode::record::Point;
use crate::model::attributes::Attributes;
use crate::model::metric::{Descriptor, PointValue};
use std::sync::Arc;

/// What an instrument keeps per series.
pub(crate) trait Cell: Sized + Send + Sync + 'static {
    /// What all series of an instrument share for showing them.
    type Heads: Send + Sync;

    /// A cell before its first value.
    fn new(definition: &Definition) -> Self;

    /// What is rendered once per instrument.
    fn heads(sample: &str, definition: &Definition) -> Self::Heads;

    /// What is rendered once per series.
    fn head(sample: &str, block: &str) -> String;

    /// The samples of one series in a text format.
    fn samples(&self, out: &mut String, format: Format, heads: &Self::Heads, head: &str);

    /// Shows its point, if there is one yet.
    fn point(&self, show: &mut dyn FnMut(PointValue<'_>));

    /// Files an instrument under its type.
    fn file(instrument: Arc<Instrument<Self>>) -> AnyInstrument;

    /// The instrument, if its series are cells of this type.
    fn of(any: &AnyInstrument) -> Option<&Arc<Instrument<Self>>>;
}

/// An instrument whose cell type is known at run time only.
#[derive(Clone)]
pub(crate) enum AnyInstrument {
    Sum(Arc<Instrument<super::sum::SumCell>>),
    Last(Arc<Instrument<super::last::LastCell>>),
    Histogram(Arc<Instrument<super::histogram_cell::HistogramCell>>),
}

impl AnyInstrument {
    pub(crate) fn definition(&self) -> &Definition {
        match self {
            Self::Sum(instrument) => &instrument.definition,
            Self::Last(instrument) => &instrument.definition,
            Self::Histogram(instrument) => &instrument.definition,
        }
    }

    pub(crate) fn points(&self, timestamp_ns: i64, show: &mut dyn FnMut(&Point<'_>)) {
        match self {
            Self::Sum(instrument) => instrument.points(timestamp_ns, show),
            Self::Last(instrument) => instrument.points(timestamp_ns, show),
            Self::Histogram(instrument) => instrument.points(timestamp_ns, show),
        }
    }

    pub(crate) fn text(&self, out: &mut String, format: Format) {
        match self {
            Self::Sum(instrument) => instrument.text(out, format),
            Self::Last(instrument) => instrument.text(out, format),
            Self::Histogram(instrument) => instrument.text(out, format),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Sum(instrument) => instrument.table.listed().is_empty(),
            Self::Last(instrument) => instrument.table.listed().is_empty(),
            Self::Histogram(instrument) => instrument.table.listed().is_empty(),
        }
    }
}

/// An instrument and its series.
pub(crate) struct Instrument<C: Cell> {
    definition: Arc<Definition>,
    shared: Arc<Shared>,
    sample: String,
    heads: C::Heads,
    table: Table<C>,
}

impl<C: Cell> Instrument<C> {
    /// An instrument without series that the text formats call `sample`.
    pub(crate) fn new(definition: &Arc<Definition>, shared: &Arc<Shared>, sample: String) -> Self {
        Self {
            definition: Arc::clone(definition),
            shared: Arc::clone(shared),
            heads: C::heads(&sample, definition),
            sample,
            table: Table::new(),
        }
    }

    /// Applies `f` to the cell of the labels that `fill` writes. No lock is held while `fill` runs.
    #[inline]
    pub(crate) fn measure(&self, fill: impl FnOnce(&mut AttributeWriter<'_>), f: impl Fn(&C)) {
        Scratch::with(&self.shared, fill, |labels, rules, recent| {
            let place = Recent::place(self.table.number, &labels.bytes);
            match recent.find::<Series<C>>(place, self.table.number, rules.epoch, &labels.bytes) {
                Some(series) => self.apply(series, &f),
                None => self.apply(&self.not_met_lately(labels, rules, recent, place), &f),
            }
        });
    }

    /// The series of labels that this thread did not meet lately.
    #[cold]
    #[inline(never)]
    fn not_met_lately(
        &self,
        labels: &mut Attributes,
        rules: &Rules,
        recent: &mut Recent,
        place: Place,
    ) -> Arc<Series<C>> {
        if let Some(series) = self.table.known(rules.epoch, &labels.bytes) {
            recent.keep(place, self.table.number, rules.epoch, &labels.bytes, &series);
            return series;
        }
        let spelling = labels.bytes.clone();
        AttributeWriter::settle(labels, rules, self.shared.counts());
        let series = self.series(labels);
        // The overflow series is not remembered: labels without end lead to it.
        if !series.overflow {
            recent.keep(place, self.table.number, rules.epoch, &spelling, &series);
            self.table.remember(rules, spelling, &series);
        }
        series
    }

    #[inline]
    fn apply(&self, series: &Series<C>, f: &impl Fn(&C)) {
        if series.overflow {
            self.shared.counts().series_overflow.one();
        }
        f(&series.cell);
    }

    /// The series of these labels, which are encoded.
    pub(crate) fn series(&self, labels: &Attributes) -> Arc<Series<C>> {
        let maker = Maker {
            definition: &self.definition,
            shared: &self.shared,
            cell: &|| C::new(&self.definition),
            head: &|block| C::head(&self.sample, block),
        };
        self.table.find_or_create(labels, &maker)
    }

    fn points(&self, timestamp_ns: i64, show: &mut dyn FnMut(&Point<'_>)) {
        let Definition { name, kind, unit, description, .. } = &*self.definition;
        let (name, unit, description) = (name.clone(), unit.clone(), description.clone());
        let instrument = &Descriptor { name, kind: *kind, unit, description };
        for series in self.table.listed().iter() {
            let attributes = &series.attributes;
            series.cell.point(&mut |value| show(&Point { timestamp_ns, instrument, attributes, value }));
        }
    }

    fn text(&self, out: &mut String, format: Format) {
        let listed = self.table.listed();
        let Some(first) = listed.first() else { return };
        let Definition { kind, unit, description, .. } = &*self.definition;
        openmetrics::family_head(out, format, &self.sample, *kind, unit, description);
        // The first head stands for the others' length; a wrong guess costs one move of the text.
        out.reserve(listed.len() * (first.head.len() + 16));
        for series in listed.iter() {
            series.cell.samples(out, format, &self.heads, &series.head);
        }
    }
}
