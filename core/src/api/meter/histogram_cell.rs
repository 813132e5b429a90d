//! The cell of a histogram: values per bucket, sum, smallest and largest.
//!
//! Not for checking bounds: see `definition`.

use super::across::Across;
use super::cell::Cell;
use super::definition::Definition;
use super::sum::SumCell;
use crate::model::metric::{HistogramPoint, Number, PointValue};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Up to so many bounds a value is compared with each of them.
const COUNTED_BOUNDS: usize = 24;

/// Buckets and sum; the count is derived from the buckets, so that it always agrees with them.
#[derive(Debug)]
pub(crate) struct HistogramCell {
    bounds: Arc<[f64]>,
    /// One more than there are bounds.
    counts: Box<[AtomicU64]>,
    sum: SumCell,
    /// Bits of doubles, infinite until the first value.
    min: AtomicU64,
    max: AtomicU64,
}

impl HistogramCell {
    /// Records a value that is not NaN.
    #[inline]
    pub(crate) fn record(&self, value: Number) {
        let x = value.as_f64();
        let bucket = bucket(&self.bounds, x);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.add(value);
        self.widen(x, x);
    }

    /// Adds what another histogram with the same bounds counted; false when the shapes differ. A sum that is a
    /// double makes the whole sum one.
    pub(crate) fn merge(&self, counts: &[u64], sum: Number, min: f64, max: f64) -> bool {
        if counts.len() != self.counts.len() || sum.as_f64().is_nan() || min.is_nan() || max.is_nan() {
            return false;
        }
        for (mine, more) in self.counts.iter().zip(counts) {
            mine.fetch_add(*more, Ordering::Relaxed);
        }
        match sum {
            Number::Int(n) => self.sum.add_int(n),
            Number::Float(x) => self.sum.add_float(x),
        }
        self.widen(min, max);
        true
    }

    #[inline]
    fn widen(&self, low: f64, high: f64) {
        if low < f64::from_bits(self.min.load(Ordering::Relaxed)) {
            extend(&self.min, low, |low, min| low < min);
        }
        if high > f64::from_bits(self.max.load(Ordering::Relaxed)) {
            extend(&self.max, high, |high, max| high > max);
        }
    }
}

impl Cell for HistogramCell {
    fn new(definition: &Definition) -> Self {
        let bounds = Arc::clone(&definition.bounds);
        Self {
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            bounds,
            sum: SumCell::default(),
            min: AtomicU64::new(f64::INFINITY.to_bits()),
            max: AtomicU64::new(f64::NEG_INFINITY.to_bits()),
        }
    }

    fn words(definition: &Definition) -> usize {
        definition.bounds.len() + 1 + SumCell::WORDS + 2
    }

    fn each_word(&self, show: &mut dyn FnMut(u64)) {
        self.sum.each_word(show);
        show(self.min.load(Ordering::Relaxed));
        show(self.max.load(Ordering::Relaxed));
        self.counts.iter().for_each(|count| show(count.load(Ordering::Relaxed)));
    }

    fn reset(&self) {
        self.counts.iter().for_each(|count| count.store(0, Ordering::Relaxed));
        self.sum.reset();
        self.min.store(f64::INFINITY.to_bits(), Ordering::Relaxed);
        self.max.store(f64::NEG_INFINITY.to_bits(), Ordering::Relaxed);
    }

    fn absorb(&self, words: &[u64], across: Across) {
        let Some((sum, rest)) = words.split_at_checked(SumCell::WORDS) else { return };
        let [min, max, counts @ ..] = rest else { return };
        // The cell of a series without a value says nothing of its least and greatest one.
        if counts.len() != self.counts.len() || counts.iter().all(|count| *count == 0) {
            return;
        }
        for (mine, more) in self.counts.iter().zip(counts) {
            mine.fetch_add(*more, Ordering::Relaxed);
        }
        self.sum.absorb(sum, across);
        self.widen(f64::from_bits(*min), f64::from_bits(*max));
    }

    fn point<'a>(&'a self, buckets: &'a mut Vec<u64>) -> Option<PointValue<'a>> {
        // Sum first: a value recorded meanwhile then shows in the count rather than as a sum without one.
        let sum = self.sum.get();
        buckets.clear();
        buckets.extend(self.counts.iter().map(|count| count.load(Ordering::Relaxed)));
        let count = buckets.iter().sum();
        if count == 0 {
            return None;
        }
        let as_sum =
            |bits: &AtomicU64| match (Number::Float(f64::from_bits(bits.load(Ordering::Relaxed))), sum) {
                (value, Number::Int(_)) => value.normal(),
                (value, Number::Float(_)) => value,
            };
        let (min, max) = (as_sum(&self.min), as_sum(&self.max));
        Some(PointValue::Histogram(HistogramPoint {
            bounds: &self.bounds,
            counts: buckets,
            count,
            sum,
            min,
            max,
        }))
    }
}

/// Index of the first bound that `x` does not exceed.
#[inline]
fn bucket(bounds: &[f64], x: f64) -> usize {
    // Few bounds are counted faster, without a branch, than searched.
    if bounds.len() <= COUNTED_BOUNDS {
        bounds.iter().map(|bound| usize::from(*bound < x)).sum()
    } else {
        bounds.partition_point(|bound| *bound < x)
    }
}

#[cold]
fn extend(cell: &AtomicU64, x: f64, beyond: impl Fn(f64, f64) -> bool) {
    // The closure refuses once another thread went further: then there is nothing to do.
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
        beyond(x, f64::from_bits(bits)).then(|| x.to_bits())
    });
}

#[cfg(test)]
mod tests {
    use super::super::definition::InstrumentOptions;
    use super::*;
    use crate::model::metric::InstrumentKind;

    fn cell() -> HistogramCell {
        let buckets = Some(vec![1.0, 2.5, 5.0]);
        let options = InstrumentOptions { buckets, ..InstrumentOptions::default() };
        HistogramCell::new(&Definition::new(InstrumentKind::Histogram, "h", options).unwrap())
    }

    fn shown(cell: &HistogramCell) -> (Vec<u64>, u64, Number, Number, Number) {
        let mut buckets = Vec::new();
        let Some(PointValue::Histogram(p)) = cell.point(&mut buckets) else { panic!("values were recorded") };
        (p.counts.to_vec(), p.count, p.sum, p.min, p.max)
    }

    #[test]
    fn upper_bounds_are_inclusive() {
        let cell = cell();
        for x in [1.0, 1.5, 2.5, 5.0, 5.1] {
            cell.record(Number::Float(x));
        }
        let sum = Number::Float(15.1);
        assert_eq!(shown(&cell), (vec![1, 2, 1, 1], 5, sum, Number::Float(1.0), Number::Float(5.1)));
    }

    #[test]
    fn many_bounds_are_searched_with_the_same_result() {
        let bounds: Vec<f64> = (0..60).map(f64::from).collect();
        for x in [-1.0, 0.0, 0.5, 23.0, 58.5, 59.0, 60.0, f64::INFINITY, f64::NEG_INFINITY] {
            let all = bucket(&bounds, x);
            let few = bucket(&bounds[..COUNTED_BOUNDS], x);
            assert_eq!(few, all.min(COUNTED_BOUNDS), "{x}");
        }
    }

    #[test]
    fn integers_stay_integers() {
        let cell = cell();
        cell.record(Number::Int(3));
        cell.record(Number::Float(4.0));
        assert_eq!(shown(&cell), (vec![0, 0, 2, 0], 2, Number::Int(7), Number::Int(3), Number::Int(4)));
    }

    #[test]
    fn infinity_is_counted_in_the_last_bucket() {
        let cell = cell();
        cell.record(Number::Float(f64::INFINITY));
        let infinite = Number::Float(f64::INFINITY);
        assert_eq!(shown(&cell), (vec![0, 0, 0, 1], 1, infinite, infinite, infinite));
    }

    #[test]
    fn deltas_merge_and_foreign_shapes_are_refused() {
        let cell = cell();
        assert!(cell.point(&mut Vec::new()).is_none(), "nothing was recorded");
        cell.record(Number::Float(0.5));
        assert!(cell.merge(&[1, 0, 0, 2], Number::Float(20.25), 0.25, 12.0));
        assert!(!cell.merge(&[1, 0], Number::Int(1), 1.0, 1.0));
        assert!(!cell.merge(&[1, 0, 0, 0], Number::Float(f64::NAN), 1.0, 1.0));
        let sum = Number::Float(20.75);
        assert_eq!(shown(&cell), (vec![2, 0, 0, 2], 4, sum, Number::Float(0.25), Number::Float(12.0)));
    }

    #[test]
    fn a_merged_sum_is_what_the_host_says_it_is() {
        let cell = cell();
        assert!(cell.merge(&[0, 2, 0, 0], Number::Int(4), 2.0, 2.0));
        assert_eq!(shown(&cell).2, Number::Int(4));
        assert!(cell.merge(&[2, 0, 0, 0], Number::Float(1.0), 0.5, 0.5));
        assert_eq!(shown(&cell).2, Number::Float(5.0), "whole, and still a sum of fractions");
    }

    #[test]
    fn threads_lose_nothing() {
        let cell = cell();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let cell = &cell;
                scope.spawn(move || (0..10_000).for_each(|_| cell.record(Number::Int(thread))));
            }
        });
        let (counts, count, sum, min, max) = shown(&cell);
        assert_eq!((count, sum, min, max), (80_000, Number::Int(280_000), Number::Int(0), Number::Int(7)));
        assert_eq!(counts, [20_000, 10_000, 30_000, 20_000]);
    }
}
