//! The cell of a gauge: the last value set.
//!
//! Not for callbacks that are asked for a value: see `observers`.

use super::across::Across;
use super::cell::Cell;
use super::definition::Definition;
use super::sum::SumCell;
use crate::model::metric::{Number, PointValue};
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const UNSET: u8 = 0;
const WHOLE: u8 = 1;
const DOUBLE: u8 = 2;

/// The last value; a double for good once a fraction was set.
#[derive(Debug, Default)]
pub(crate) struct LastCell {
    whole: AtomicI64,
    /// Bits of a double.
    double: AtomicU64,
    state: AtomicU8,
    /// When it was set, in nanoseconds of the wall clock, where other processes have a value too.
    at_ns: AtomicU64,
}

impl LastCell {
    /// Replaces the value.
    #[inline]
    pub(crate) fn set(&self, n: Number) {
        let state = self.state.load(Ordering::Acquire);
        match n.normal() {
            Number::Int(n) if state != DOUBLE => {
                self.whole.store(n, Ordering::Release);
                if state == UNSET {
                    // A thread that set a fraction meanwhile stays in force: its value came last.
                    let _ = self.state.compare_exchange(UNSET, WHOLE, Ordering::AcqRel, Ordering::Relaxed);
                }
            }
            n => {
                self.double.store(n.as_f64().to_bits(), Ordering::Release);
                if state != DOUBLE {
                    self.state.store(DOUBLE, Ordering::Release);
                }
            }
        }
    }

    /// The value now, if there ever was one.
    pub(crate) fn get(&self) -> Option<Number> {
        match self.state.load(Ordering::Acquire) {
            UNSET => None,
            WHOLE => Some(Number::Int(self.whole.load(Ordering::Acquire))),
            _ => Some(Number::Float(f64::from_bits(self.double.load(Ordering::Acquire)))),
        }
    }
}

impl Cell for LastCell {
    fn new(_: &Definition) -> Self {
        Self::default()
    }

    #[inline]
    fn point<'a>(&'a self, _: &'a mut Vec<u64>) -> Option<PointValue<'a>> {
        self.get().map(PointValue::Number)
    }

    fn words(_: &Definition) -> usize {
        4
    }

    fn each_word(&self, show: &mut dyn FnMut(u64)) {
        show(self.whole.load(Ordering::Acquire) as u64);
        show(self.double.load(Ordering::Acquire));
        show(u64::from(self.state.load(Ordering::Acquire)));
        show(self.at_ns.load(Ordering::Relaxed));
    }

    fn reset(&self) {
        self.state.store(UNSET, Ordering::Relaxed);
        self.at_ns.store(0, Ordering::Relaxed);
    }

    fn absorb(&self, words: &[u64], across: Across) {
        let [whole, double, state, at_ns] = words else { return };
        let theirs = match u8::try_from(*state) {
            Ok(WHOLE) => Number::Int(*whole as i64),
            Ok(DOUBLE) => Number::Float(f64::from_bits(*double)),
            _ => return,
        };
        let Some(mine) = self.get() else {
            self.at_ns.store(*at_ns, Ordering::Relaxed);
            return self.set(theirs);
        };
        let (least, greatest) = if theirs.as_f64() < mine.as_f64() { (theirs, mine) } else { (mine, theirs) };
        match across {
            Across::Sum | Across::LiveSum => {
                let sum = SumCell::default();
                sum.add(mine);
                sum.add(theirs);
                self.set(sum.get());
            }
            Across::Min => self.set(least),
            Across::Max => self.set(greatest),
            Across::Last if *at_ns >= self.at_ns.load(Ordering::Relaxed) => self.set(theirs),
            Across::Last => {}
        }
        self.at_ns.fetch_max(*at_ns, Ordering::Relaxed);
    }

    fn touch(&self) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.at_ns.store(since.as_nanos() as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_is_an_integer_until_a_fraction_was_set() {
        let cell = LastCell::default();
        assert_eq!(cell.get(), None);
        cell.set(Number::Int(i64::MIN));
        assert_eq!(cell.get(), Some(Number::Int(i64::MIN)));
        cell.set(Number::Float(7.0));
        assert_eq!(cell.get(), Some(Number::Int(7)));
        cell.set(Number::Float(0.5));
        assert_eq!(cell.get(), Some(Number::Float(0.5)));
        cell.set(Number::Int(3));
        assert_eq!(cell.get(), Some(Number::Float(3.0)));
        cell.set(Number::Float(f64::NEG_INFINITY));
        assert_eq!(cell.get(), Some(Number::Float(f64::NEG_INFINITY)));
    }
}
