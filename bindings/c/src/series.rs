//! An instrument bound to one set of attribute values.

use vigie_core::{BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Number};

/// An instrument together with one set of attribute values.
pub(crate) enum Series {
    Counter(BoundCounter),
    UpDownCounter(BoundUpDownCounter),
    Gauge(BoundGauge),
    Histogram(BoundHistogram),
}

impl Series {
    pub(crate) fn update(&self, value: Number) {
        match self {
            Self::Counter(series) => series.add(value),
            Self::UpDownCounter(series) => series.add(value),
            Self::Gauge(series) => series.set(value),
            Self::Histogram(series) => series.record(value),
        }
    }
}
