//! What was measured since the last collection, for far sides that add up themselves.
//!
//! Cells only ever grow, and are read by everybody: what was told already is remembered here, once for all outputs that
//! want differences.

use crate::encode::collected::SeriesPoint;
use crate::model::metric::{HistogramPoint, InstrumentKind, Number, PointValue};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// A last value that does not change is told every so many times, so that a far side that began anew knows it too.
const REPEATED_EVERY: u8 = 10;

/// What was told of every series.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    /// By the number of the instrument, then by the encoded attributes.
    told: Vec<HashMap<Box<[u8]>, Told, RandomState>>,
    /// Memory for differences of buckets.
    counts: Vec<u64>,
}

/// What was told of one series.
#[derive(Debug)]
enum Told {
    Sum(Number),
    Histogram {
        counts: Vec<u64>,
        sum: Number,
    },
    Last {
        value: Number,
        /// Collections since then.
        age: u8,
    },
}

impl Deltas {
    /// Shows what the series of the `number`th instrument has to tell by now, if anything, and takes it as told: what a
    /// counter or a histogram has gained, the last value of the others.
    pub(crate) fn tell(
        &mut self,
        number: usize,
        kind: InstrumentKind,
        point: &SeriesPoint<'_>,
        mut show: impl FnMut(PointValue<'_>),
    ) {
        if self.told.len() <= number {
            self.told.resize_with(number + 1, HashMap::default);
        }
        let Some(series) = self.told.get_mut(number) else { return };
        let key = point.attributes.bytes.as_slice();
        if !series.contains_key(key) {
            series.insert(key.into(), Told::nothing(kind, point.value));
        }
        let Some(told) = series.get_mut(key) else { return };
        match (told, point.value) {
            (Told::Sum(told), PointValue::Number(now)) => {
                let gained = difference(now, *told);
                if gained.as_f64() > 0.0 {
                    *told = sum(*told, gained);
                    show(PointValue::Number(gained));
                }
            }
            (Told::Last { value, age }, PointValue::Number(now)) => {
                *age += 1;
                if *age >= REPEATED_EVERY || !is_same(*value, now) {
                    (*value, *age) = (now, 0);
                    show(PointValue::Number(now));
                }
            }
            (Told::Histogram { counts, sum: told }, PointValue::Histogram(now)) => {
                self.counts.clear();
                self.counts
                    .extend(now.counts.iter().zip(&*counts).map(|(now, told)| now.saturating_sub(*told)));
                let count = self.counts.iter().sum();
                if count > 0 {
                    let gained = difference(now.sum, *told);
                    *told = sum(*told, gained);
                    counts.clear();
                    counts.extend_from_slice(now.counts);
                    let gained = HistogramPoint { counts: &self.counts, count, sum: gained, ..now };
                    show(PointValue::Histogram(gained));
                }
            }
            // A series keeps the kind of its instrument.
            _ => {}
        }
    }
}

impl Told {
    fn nothing(kind: InstrumentKind, value: PointValue<'_>) -> Self {
        match (kind, value) {
            (_, PointValue::Histogram(point)) => {
                Self::Histogram { counts: vec![0; point.counts.len()], sum: Number::Int(0) }
            }
            (InstrumentKind::Counter, _) => Self::Sum(Number::Int(0)),
            (_, PointValue::Number(value)) => Self::Last { value, age: REPEATED_EVERY },
        }
    }
}

fn is_same(one: Number, other: Number) -> bool {
    match (one, other) {
        (Number::Int(one), Number::Int(other)) => one == other,
        (one, other) => one.as_f64().to_bits() == other.as_f64().to_bits(),
    }
}

/// `now - told` without the digits that a sum of this size does not hold.
///
/// They would be noise: 0.1 and 0.2 add up to 0.30000000000000004. What is cut off stays untold and comes later.
fn difference(now: Number, told: Number) -> Number {
    if let (Number::Int(now), Number::Int(told)) = (now, told)
        && let Some(difference) = now.checked_sub(told)
    {
        return Number::Int(difference);
    }
    let (now, told) = (now.as_f64(), told.as_f64());
    let noise = 4.0 * f64::EPSILON * now.abs().max(told.abs());
    let places = -noise.log10().ceil();
    let difference = now - told;
    if !(0.0..=300.0).contains(&places) || !difference.is_finite() {
        return Number::Float(difference);
    }
    let scale = 10_f64.powf(places);
    Number::Float((difference * scale).round() / scale)
}

fn sum(told: Number, gained: Number) -> Number {
    match (told, gained) {
        (Number::Int(told), Number::Int(gained)) => {
            told.checked_add(gained).map_or(Number::Float(told as f64 + gained as f64), Number::Int)
        }
        _ => Number::Float(told.as_f64() + gained.as_f64()),
    }
}
