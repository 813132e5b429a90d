//! Instruments and their series, and the measurements that JavaScript has collected for them.
//! Not for finding series by attributes: lib/metrics/series.ts does that.

use crate::columns::Reader;
use crate::instance::NOWHERE;
use crate::text::Text;
use crate::wire::{histogram, instrument_kind, measure};
use crate::{convert, error, instance, js};
use napi::Env;
use napi::bindgen_prelude::{Float64ArraySlice, Utf16String};
use napi_derive::napi;
use napi_sys::napi_value;
use vigie_core::host::{global, guard};
use vigie_core::{
    AnyInstrument, AnySeries, AttributeWriter, BoundHistogram, InstrumentKind, InstrumentOptions, Number,
};

/// `instrument(kind, name, unit, description, buckets)`: its number. Throws when the core refuses it.
#[napi]
pub fn instrument(
    env: &Env,
    kind: u32,
    name: String,
    unit: String,
    description: String,
    buckets: Option<Float64ArraySlice<'_>>,
) -> napi::Result<u32> {
    guard(Ok(0), || {
        let buckets = buckets.map(|bounds| bounds.to_vec());
        let Some(kind) = kind_of(kind) else { return Ok(NOWHERE) };
        let made = global().meter().instrument(kind, &name, InstrumentOptions { unit, description, buckets });
        let made = made.map_err(|error| error::throw(env, error))?;
        Ok(instance::with(env, 0, |instance| instance::add(&mut instance.instruments, made)))
    })
}

fn kind_of(number: u32) -> Option<InstrumentKind> {
    match number {
        instrument_kind::COUNTER => Some(InstrumentKind::Counter),
        instrument_kind::UP_DOWN => Some(InstrumentKind::UpDownCounter),
        instrument_kind::GAUGE => Some(InstrumentKind::Gauge),
        instrument_kind::HISTOGRAM => Some(InstrumentKind::Histogram),
        _ => None,
    }
}

/// `bounds(instrument)`: the upper bounds of a histogram.
#[napi]
pub fn bounds(env: &Env, instrument: u32) -> napi::Result<Float64ArraySlice<'_>> {
    let bounds = guard(Vec::new(), || {
        instance::with(env, Vec::new(), |instance| match instance.instruments.get(instrument as usize) {
            Some(AnyInstrument::Histogram(histogram)) => histogram.bounds().to_vec(),
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
        let mut reader = Reader::new(ints, nums, &text, &[]);
        let fill = |writer: &mut AttributeWriter<'_>| convert::tagged_members(&mut reader, writer);
        instance::with(env, NOWHERE, |instance| {
            let Some(instrument) = instance.instruments.get(instrument as usize) else { return NOWHERE };
            let bound = instrument.bind(fill);
            instance::add(&mut instance.series, bound)
        })
    })
}

/// `isOverflow(series)`: whether its measurements go to the series for all beyond the limit.
#[napi]
pub fn is_overflow(env: &Env, series: u32) -> bool {
    guard(false, || {
        instance::with(env, false, |instance| {
            instance.series.get(series as usize).is_some_and(AnySeries::is_overflow)
        })
    })
}

/// `measure(ints, intCount, nums, numCount)`: applies the measurements that cells have collected.
pub fn measure(call: &js::Call) -> napi_value {
    let nothing = Text::Ascii(Vec::new());
    let mut reader = Reader::new(call.ints(0, call.size(1)), call.doubles(2, call.size(3)), &nothing, &[]);
    instance::with(&call.env, (), |instance| {
        while let Some(what) = reader.next() {
            let number = reader.size();
            apply(what, instance.series.get(number), &mut reader);
        }
    });
    call.give_nothing()
}

fn apply(what: i32, series: Option<&AnySeries>, reader: &mut Reader<'_>) {
    match what {
        measure::COUNTS => {
            let has_fractions = reader.int() != 0;
            let length = reader.size();
            let data = reader.many(length).split_first_chunk();
            if let (Some(AnySeries::Histogram(histogram)), Some((head, counts))) = (series, data) {
                merge(histogram, has_fractions, head, counts);
            }
        }
        measure::MORE => {
            let measurements = reader.size() as u64;
            if let Some(series) = series {
                series.count_more(measurements);
            }
        }
        measure::FRACTIONS => {
            let sum = reader.num();
            if let Some(series) = series {
                series.add_float(sum);
            }
        }
        // A raw value comes as the user gave it: the core refuses what the instrument does not take, and counts it.
        measure::VALUE | measure::RAW => {
            let value = reader.num();
            if let Some(series) = series {
                series.update(value);
            }
        }
        _ => {}
    }
}

fn merge(series: &BoundHistogram, has_fractions: bool, head: &[f64; histogram::BUCKETS], counts: &[f64]) {
    let counts: Vec<u64> = counts.iter().map(|count| *count as u64).collect();
    let sum = Number::Float(head[histogram::SUM]);
    let sum = if has_fractions { sum } else { sum.normal() };
    series.merge(&counts, sum, head[histogram::MIN], head[histogram::MAX]);
}
