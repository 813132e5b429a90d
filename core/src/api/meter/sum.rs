//! The cell of a sum: integers exactly, fractions as doubles, from many threads.
//!
//! Not for which values an instrument accepts: the instruments decide that.

use super::across::Across;
use super::cell::Cell;
use super::definition::Definition;
use crate::model::metric::{Number, PointValue};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// What one wrap-around of an i64 is worth.
const WRAP: f64 = 18_446_744_073_709_551_616.0;

/// A sum of integers (exact) and a sum of the rest; the value is both together.
///
/// Once the rest was used, by a fraction or by leaving int64, the value is a double for good.
#[derive(Debug, Default)]
pub(crate) struct SumCell {
    whole: AtomicI64,
    rest: FloatSum,
    has_rest: AtomicBool,
}

impl SumCell {
    /// How many words it shows.
    pub(crate) const WORDS: usize = 3;

    /// Adds any number. NaN and infinities make the sum one; callers that mind refuse them before.
    #[inline]
    pub(crate) fn add(&self, n: Number) {
        match n {
            Number::Int(n) => self.add_int(n),
            Number::Float(x) => self.add_measured(x),
        }
    }

    /// Adds a double that was measured; a whole one as the integer that it stands for.
    #[inline]
    pub(crate) fn add_measured(&self, x: f64) {
        match Number::Float(x).normal() {
            Number::Int(n) => self.add_int(n),
            Number::Float(x) => self.add_float(x),
        }
    }

    /// Adds an integer.
    #[inline]
    pub(crate) fn add_int(&self, n: i64) {
        let before = self.whole.fetch_add(n, Ordering::Relaxed);
        if before.checked_add(n).is_none() {
            // The addition wrapped around; what went missing goes to the doubles, so nothing is lost.
            self.add_float(if n > 0 { WRAP } else { -WRAP });
        }
    }

    /// Adds a sum of fractions: the value is a double from now on, also where this one happens to be whole.
    #[inline]
    pub(crate) fn add_float(&self, x: f64) {
        self.rest.add(x);
        if !self.has_rest.load(Ordering::Relaxed) {
            self.has_rest.store(true, Ordering::Release);
        }
    }

    /// The value now.
    #[inline]
    pub(crate) fn get(&self) -> Number {
        let has_rest = self.has_rest.load(Ordering::Acquire);
        let whole = self.whole.load(Ordering::Relaxed);
        if has_rest { Number::Float(whole as f64 + self.rest.get()) } else { Number::Int(whole) }
    }
}

/// Counters and up-down counters keep the same cell.
impl Cell for SumCell {
    fn new(_: &Definition) -> Self {
        Self::default()
    }

    #[inline]
    fn point<'a>(&'a self, _: &'a mut Vec<u64>) -> Option<PointValue<'a>> {
        Some(PointValue::Number(self.get()))
    }

    fn words(_: &Definition) -> usize {
        Self::WORDS
    }

    fn each_word(&self, show: &mut dyn FnMut(u64)) {
        show(self.whole.load(Ordering::Relaxed) as u64);
        show(self.rest.get().to_bits());
        show(u64::from(self.has_rest.load(Ordering::Acquire)));
    }

    fn reset(&self) {
        self.whole.store(0, Ordering::Relaxed);
        self.rest.reset();
        self.has_rest.store(false, Ordering::Relaxed);
    }

    fn absorb(&self, words: &[u64], _: Across) {
        let [whole, rest, has_rest] = words else { return };
        self.add_int(*whole as i64);
        if *has_rest != 0 {
            self.add_float(f64::from_bits(*rest));
        }
    }
}

/// A double that many threads add to.
#[derive(Debug, Default)]
pub(crate) struct FloatSum(AtomicU64);

impl FloatSum {
    #[inline]
    pub(crate) fn add(&self, x: f64) {
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let sum = (f64::from_bits(seen) + x).to_bits();
            match self.0.compare_exchange_weak(seen, sum, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[Number]) -> Number {
        let cell = SumCell::default();
        values.iter().for_each(|n| cell.add(*n));
        cell.get()
    }

    #[test]
    fn integers_stay_exact_and_fractions_make_a_double() {
        assert_eq!(sum(&[Number::Int(1 << 53), Number::Int(1)]), Number::Int((1 << 53) + 1));
        assert_eq!(sum(&[Number::Int(2), Number::Float(3.0)]), Number::Int(5));
        assert_eq!(sum(&[Number::Int(2), Number::Float(0.5)]), Number::Float(2.5));
        assert_eq!(sum(&[Number::Float(0.5), Number::Float(0.5)]), Number::Float(1.0));
        assert_eq!(sum(&[Number::Float(-0.0)]), Number::Int(0));
        assert_eq!(sum(&[Number::Int(5), Number::Int(-7)]), Number::Int(-2));
    }

    #[test]
    fn a_sum_of_fractions_stays_a_double_where_it_is_whole() {
        let cell = SumCell::default();
        cell.add_int((1 << 53) - 2);
        cell.add_float(2.0);
        assert_eq!(cell.get(), Number::Float((1_u64 << 53) as f64));
        cell.add_int(-(1 << 53));
        assert_eq!(cell.get(), Number::Float(0.0));
    }

    #[test]
    fn leaving_int64_goes_over_to_a_double() {
        assert_eq!(sum(&[Number::Int(i64::MAX), Number::Int(1)]), Number::Float(9_223_372_036_854_775_808.0));
        assert_eq!(sum(&[Number::Int(i64::MAX); 3]), Number::Float(3.0 * i64::MAX as f64));
        assert_eq!(sum(&[Number::Int(i64::MIN), Number::Int(-1)]), Number::Float(i64::MIN as f64));
        assert_eq!(sum(&[Number::Float(1e300), Number::Int(1)]), Number::Float(1e300));
        let there_and_back = [Number::Int(i64::MAX), Number::Int(1), Number::Int(-2)];
        assert_eq!(sum(&there_and_back), Number::Float(i64::MAX as f64));
    }

    #[test]
    fn no_add_is_lost_between_threads() {
        let cell = SumCell::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for n in 0..20_000 {
                        cell.add(if n % 2 == 0 { Number::Int(1) } else { Number::Float(0.5) });
                    }
                });
            }
        });
        assert_eq!(cell.get(), Number::Float(120_000.0));
    }
}
