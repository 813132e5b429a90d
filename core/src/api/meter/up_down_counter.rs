//! Up-down counter: a sum that grows and shrinks (OpenTelemetry Metrics API, "UpDownCounter").

use super::handle::{Bound, Handle};
use super::sum::SumCell;
use crate::encode::attribute_writer::AttributeWriter;
use crate::model::metric::Number;
use std::sync::Arc;

/// A sum that grows and shrinks. Cheap to clone; shared by all threads.
#[derive(Debug, Clone)]
pub struct UpDownCounter(pub(super) Arc<Handle<SumCell>>);

/// An [`UpDownCounter`] for one set of attributes.
#[derive(Debug)]
pub struct BoundUpDownCounter(Bound<SumCell>);

/// Infinite and undefined increments are ignored and counted in `invalid_measurements`.
#[inline]
fn is_increment(n: Number) -> bool {
    match n {
        Number::Int(_) => true,
        Number::Float(x) => x.is_finite(),
    }
}

impl UpDownCounter {
    /// Adds `n`, which may be negative, to the series of the attributes that `fill` writes.
    #[inline]
    pub fn add(&self, n: impl Into<Number>, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let n = n.into();
        if is_increment(n) {
            self.0.measure(fill, |cell| cell.add(n));
        } else {
            self.0.refuse();
        }
    }

    /// A handle for one set of attributes.
    #[must_use]
    pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> BoundUpDownCounter {
        BoundUpDownCounter(self.0.bind(fill))
    }
}

impl BoundUpDownCounter {
    /// Adds `n`, which may be negative.
    #[inline]
    pub fn add(&self, n: impl Into<Number>) {
        let n = n.into();
        if is_increment(n) {
            self.0.measure(|cell| cell.add(n));
        } else {
            self.0.handle.refuse();
        }
    }
}
