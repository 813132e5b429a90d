//! Instruments and their series, and the measurements that JavaScript has collected for them.
//! Not for finding series by attributes: lib/series.ts does that.

use crate::columns::Reader;
use crate::text::Text;
use crate::{convert, error, instance, js};
use napi::Env;
use napi::bindgen_prelude::{Float64ArraySlice, Utf16String};
use napi_derive::napi;
use napi_sys::napi_value;
use vigie_core::{
    AttributeWriter, BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Counter, Gauge, Histogram,
    InstrumentOptions, Result, UpDownCounter, global, guard,
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

/// What JavaScript sends of a cell; the numbers of lib/cells.ts.
const VALUE: i32 = 0;
const FRACTIONS: i32 = 1;
const COUNTS: i32 = 2;

/// Stands for a series that could not be made. No series has this number, so measurements of it are passed over.
const NOWHERE: u32 = i32::MAX as u32;

/// `instrument(kind, name, unit, description, buckets)`: its number. Throws when the core refuses it.
#[napi]
pub fn instrument(
    env: &Env,
    kind: i32,
    name: String,
    unit: String,
    description: String,
    buckets: Option<Float64ArraySlice<'_>>,
) -> napi::Result<u32> {
    guard(Ok(0), || {
        let buckets = buckets.map(|bounds| bounds.to_vec());
        let made = create(kind, &name, InstrumentOptions { unit, description, buckets });
        let made = made.map_err(|error| error::throw(env, error))?;
        Ok(instance::with(env, 0, |instance| instance::add(&mut instance.instruments, made)))
    })
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
#[napi]
pub fn bounds(env: &Env, instrument: u32) -> napi::Result<Float64ArraySlice<'_>> {
    let bounds = guard(Vec::new(), || {
        instance::with(env, Vec::new(), |instance| match instance.instruments.get(instrument as usize) {
            Some(Instrument::Histogram(histogram)) => histogram.bounds().to_vec(),
            _ => Vec::new(),
        })
    });
    Float64ArraySlice::copy_from(env, bounds)
}

/// `series(instrument, text, ints, nums)`: the number of the series of these attributes.
#[napi]
pub fn series(env: &Env, instrument: u32, text: Utf16String, ints: &[i32], nums: &[f64]) -> u32 {
    guard(NOWHERE, || {
        let text = Text::wide(&text);
        let mut reader = Reader::new(ints, nums, &text);
        let fill = |writer: &mut AttributeWriter<'_>| convert::tagged_members(&mut reader, writer);
        instance::with(env, NOWHERE, |instance| {
            let Some(of) = instance.instruments.get(instrument as usize) else { return NOWHERE };
            let bound = match of {
                Instrument::Counter(counter) => Series::Counter(counter.bind(fill)),
                Instrument::UpDownCounter(counter) => Series::UpDownCounter(counter.bind(fill)),
                Instrument::Gauge(gauge) => Series::Gauge(gauge.bind(fill)),
                Instrument::Histogram(histogram) => Series::Histogram(histogram.bind(fill)),
            };
            instance::add(&mut instance.series, bound)
        })
    })
}

/// `measure(ints, intCount, nums, numCount)`: applies the measurements that cells have collected.
pub fn measure(call: &js::Call) -> napi_value {
    let nothing = Text::Ascii(Vec::new());
    let mut reader = Reader::new(call.ints(0, call.size(1)), call.doubles(2, call.size(3)), &nothing);
    instance::with(&call.env, (), |instance| {
        while let Some(what) = reader.next() {
            let number = reader.size();
            apply(what, instance.series.get(number), &mut reader);
        }
    });
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
        FRACTIONS => {
            let sum = reader.num();
            // A whole sum of fractions is still a double: in two parts the core sees that.
            let part = if sum.fract() == 0.0 { 0.5 } else { 0.0 };
            one(series, sum - part);
            if part > 0.0 {
                one(series, part);
            }
        }
        VALUE => one(series, reader.num()),
        // A value that no instrument takes goes on as the user gave it: the core refuses and counts it.
        _ => one(series, reader.num()),
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
    let mut counts: Vec<u64> = counts.iter().map(|count| *count as u64).collect();
    let mut rest = sum;
    // As above: a whole sum of several fractions goes over in two parts.
    if has_fractions && sum.fract() == 0.0 {
        let mut first = vec![0; counts.len()];
        let filled = counts.iter_mut().zip(&mut first).find(|(count, _)| **count > 0);
        if let Some((count, one)) = filled {
            (*count, *one) = (*count - 1, 1);
            histogram.merge(&first, 0.5, min, max);
            rest = sum - 0.5;
        }
    }
    histogram.merge(&counts, rest, min, max);
}
