//! Counter: a sum that only grows (OpenTelemetry Metrics API, "Counter").

use super::handle::{Bound, Handle};
use super::sum::SumCell;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::metric::Number;
use std::sync::Arc;

/// A sum that only grows. Cheap to clone; shared by all threads.
#[derive(Debug, Clone)]
pub struct Counter(pub(super) Arc<Handle<SumCell>>);

/// A [`Counter`] for one set of attributes: an update costs an atomic addition.
#[derive(Debug)]
pub struct BoundCounter(pub(super) Bound<SumCell>);

/// Negative, infinite and undefined increments are ignored and counted in `invalid_measurements`.
#[inline]
fn is_increment(n: Number) -> bool {
    match n {
        Number::Int(n) => n >= 0,
        Number::Float(x) => x >= 0.0 && x.is_finite(),
    }
}

impl Counter {
    /// Adds `n` to the series of the attributes that `fill` writes.
    #[inline]
    pub fn add(&self, n: impl Into<Number>, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let n = n.into();
        if is_increment(n) {
            self.0.measure(fill, move |cell| cell.add(n));
        } else {
            self.0.refuse();
        }
    }

    /// A handle for one set of attributes.
    #[must_use]
    pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> BoundCounter {
        BoundCounter(self.0.bind(fill))
    }
}

impl BoundCounter {
    /// Adds `n`.
    #[inline]
    pub fn add(&self, n: impl Into<Number>) {
        // The number itself goes into the closure, not the enum around it: that one would be passed by address,
        // and an atomic operation waits until what was written before it is in memory.
        match n.into() {
            Number::Int(n) if is_increment(Number::Int(n)) => self.0.measure(move |cell| cell.add_int(n)),
            Number::Float(x) if is_increment(Number::Float(x)) => {
                self.0.measure(move |cell| cell.add_measured(x))
            }
            _ => self.0.handle.refuse(),
        }
    }

    /// Adds what a host summed up on its own side, with fractions in it: the series prints as a double from now
    /// on, also where this sum is whole.
    pub fn add_float(&self, x: f64) {
        if is_increment(Number::Float(x)) {
            self.0.measure(move |cell| cell.add_float(x));
        } else {
            self.0.handle.refuse();
        }
    }
}
