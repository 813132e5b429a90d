//! Instruments and their series, and what JavaScript measured since it last told.
//! Not for finding series by attributes: lib/series.ts does that.

use crate::columns::Reader;
use crate::error::report;
use crate::{convert, js};
use napi_sys::napi_value;
use vigie_core::{
    BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Counter, Gauge, Histogram,
    InstrumentOptions, Number, Result, UpDownCounter, global,
};

/// An instrument of any kind.
pub enum Instrument {
    Counter(Counter),
    UpDownCounter(UpDownCounter),
    Gauge(Gauge),
    Histogram(Histogram),
}

/// A series of any kind.
pub enum Series {
    Counter(BoundCounter),
    UpDownCounter(BoundUpDownCounter),
    Gauge(BoundGauge),
    Histogram(BoundHistogram),
}

/// What is told of a cell; the numbers of lib/cells.ts.
const VALUE: i32 = 0;
const FRACTIONS: i32 = 1;
const COUNTS: i32 = 2;

/// `instrument(kind, name, unit, description, buckets)`: its number, or the problems as JSON.
pub fn instrument(call: &js::Call<'_>) -> napi_value {
    let text = |index| call.string(index).unwrap_or_default();
    let buckets = call.has(4).then(|| call.all_doubles(4).to_vec());
    let options = InstrumentOptions { unit: text(2), description: text(3), buckets };
    match create(call.int(0), &text(1), options) {
        Ok(made) => {
            let number = call.instance.try_borrow_mut().map_or(0, |mut instance| {
                instance.instruments.push(made);
                instance.instruments.len() - 1
            });
            call.give_number(number as f64)
        }
        Err(error) => call.give_text(&report(&error)),
    }
}

fn create(kind: i32, name: &str, options: InstrumentOptions) -> Result<Instrument> {
    let meter = global().meter();
    match kind {
        0 => meter.counter(name, options).map(Instrument::Counter),
        1 => meter.up_down_counter(name, options).map(Instrument::UpDownCounter),
        2 => meter.gauge(name, options).map(Instrument::Gauge),
        _ => meter.histogram(name, options).map(Instrument::Histogram),
    }
}

/// `bounds(instrument)`: the upper bounds of a histogram.
pub fn bounds(call: &js::Call<'_>) -> napi_value {
    let number = call.size(0);
    let Ok(instance) = call.instance.try_borrow() else { return call.give_doubles(&[]) };
    match instance.instruments.get(number) {
        Some(Instrument::Histogram(histogram)) => call.give_doubles(histogram.bounds()),
        _ => call.give_doubles(&[]),
    }
}

/// `series(instrument, text, ints, intCount, nums, numCount)`: the number of the series of these attributes.
pub fn series(call: &js::Call<'_>) -> napi_value {
    let text = call.text(1);
    let mut reader = Reader::new(call.ints(2, call.size(3)), call.doubles(4, call.size(5)), &text);
    let Ok(mut instance) = call.instance.try_borrow_mut() else { return call.give_nothing() };
    let fill = |writer: &mut vigie_core::AttributeWriter<'_>| convert::tagged_members(&mut reader, writer);
    let bound = match instance.instruments.get(call.size(0)) {
        Some(Instrument::Counter(counter)) => Series::Counter(counter.bind(fill)),
        Some(Instrument::UpDownCounter(counter)) => Series::UpDownCounter(counter.bind(fill)),
        Some(Instrument::Gauge(gauge)) => Series::Gauge(gauge.bind(fill)),
        Some(Instrument::Histogram(histogram)) => Series::Histogram(histogram.bind(fill)),
        None => return call.give_nothing(),
    };
    instance.series.push(bound);
    call.give_number((instance.series.len() - 1) as f64)
}

/// `measure(ints, intCount, nums, numCount)`: applies what cells have collected.
pub fn measure(call: &js::Call<'_>) -> napi_value {
    let nothing = crate::text::Text::Ascii(Vec::new());
    let mut reader = Reader::new(call.ints(0, call.size(1)), call.doubles(2, call.size(3)), &nothing);
    if let Ok(instance) = call.instance.try_borrow() {
        while let Some(what) = reader.next() {
            let number = reader.size();
            apply(what, instance.series.get(number), &mut reader);
        }
    }
    call.give_nothing()
}

fn apply(what: i32, series: Option<&Series>, reader: &mut Reader<'_>) {
    match what {
        COUNTS => {
            let has_fractions = reader.int() != 0;
            let length = reader.size();
            let data = reader.many(length);
            if let (Some(Series::Histogram(histogram)), [sum, min, max, counts @ ..]) = (series, data) {
                merge(histogram, has_fractions, counts, *sum, *min, *max);
            }
        }
        FRACTIONS => fractions(series, reader.num()),
        VALUE => one(series, reader.num()),
        // As it was given, for the core to judge.
        _ => one(series, reader.num()),
    }
}

/// Only sums are told in fractions.
fn fractions(series: Option<&Series>, sum: f64) {
    match series {
        Some(Series::Counter(counter)) => counter.add_float(sum),
        Some(Series::UpDownCounter(counter)) => counter.add_float(sum),
        _ => one(series, sum),
    }
}

fn one(series: Option<&Series>, value: f64) {
    match series {
        Some(Series::Counter(counter)) => counter.add(value),
        Some(Series::UpDownCounter(counter)) => counter.add(value),
        Some(Series::Gauge(gauge)) => gauge.set(value),
        Some(Series::Histogram(histogram)) => histogram.record(value),
        None => {}
    }
}

fn merge(histogram: &BoundHistogram, has_fractions: bool, counts: &[f64], sum: f64, min: f64, max: f64) {
    let counts: Vec<u64> = counts.iter().map(|count| *count as u64).collect();
    let sum = Number::Float(sum);
    histogram.merge(&counts, if has_fractions { sum } else { sum.normal() }, min, max);
}
