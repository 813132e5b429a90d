//! Histogram: how values are spread over explicit buckets (OpenTelemetry Metrics API, "Histogram").

use super::handle::{Bound, Handle};
use super::histogram_cell::HistogramCell;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::metric::Number;
use std::sync::Arc;

/// A spread of values over buckets. Cheap to clone; shared by all threads.
#[derive(Debug, Clone)]
pub struct Histogram(pub(super) Arc<Handle<HistogramCell>>);

/// A [`Histogram`] for one set of attributes.
#[derive(Debug)]
pub struct BoundHistogram(pub(super) Bound<HistogramCell>);

/// What is not a number is ignored and counted in `invalid_measurements`; infinities have their buckets.
#[inline]
fn is_value(n: Number) -> bool {
    !matches!(n, Number::Float(x) if x.is_nan())
}

impl Histogram {
    /// Records `value` under the attributes that `fill` writes.
    #[inline]
    pub fn record(&self, value: impl Into<Number>, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let value = value.into();
        if is_value(value) {
            self.0.measure(fill, move |cell| cell.record(value));
        } else {
            self.0.refuse();
        }
    }

    /// A handle for one set of attributes.
    #[must_use]
    pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> BoundHistogram {
        BoundHistogram(self.0.bind(fill))
    }

    /// Upper bounds of the buckets, inclusive, without the last (`+Inf`).
    #[must_use]
    pub fn bounds(&self) -> &[f64] {
        &self.0.definition.bounds
    }

    /// The unit that it was made with.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.0.definition.descriptor.unit
    }
}

impl BoundHistogram {
    /// Records `value`.
    #[inline]
    pub fn record(&self, value: impl Into<Number>) {
        let value = value.into();
        if is_value(value) {
            self.0.measure(move |cell| cell.record(value));
        } else {
            self.0.handle.refuse();
        }
    }

    /// The unit that the instrument was made with.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.0.handle.definition.descriptor.unit
    }

    /// Adds what a host counted on its own side since it last called: values per bucket (one more than there
    /// are [`Histogram::bounds`]), their sum, smallest and largest. A sum of integers comes as [`Number::Int`]; one that is a double makes the
    /// series print as a double. Another shape, or NaN, is refused and counted.
    pub fn merge(&self, counts: &[u64], sum: impl Into<Number>, min: f64, max: f64) {
        if counts.iter().all(|count| *count == 0) {
            return;
        }
        let sum = sum.into();
        let mut refused = false;
        self.0.measure(|cell| refused = !cell.merge(counts, sum, min, max));
        if refused {
            self.0.handle.refuse();
        } else {
            let all = counts.iter().fold(0_u64, |all, count| all.saturating_add(*count));
            self.0.count_more(all.saturating_sub(1));
        }
    }
}
