//! Gauge: the last value, set or asked for (OpenTelemetry Metrics API, "Gauge" and "Asynchronous Gauge").

use super::handle::{Bound, Handle};
use super::last::LastCell;
use super::observers::Callback;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::metric::Number;
use std::sync::Arc;

/// The last value. Cheap to clone; shared by all threads. NaN and infinities are values too.
#[derive(Debug, Clone)]
pub struct Gauge(pub(super) Arc<Handle<LastCell>>);

/// A [`Gauge`] for one set of attributes.
#[derive(Debug)]
pub struct BoundGauge(pub(super) Bound<LastCell>);

impl Gauge {
    /// Sets the series of the attributes that `fill` writes.
    #[inline]
    pub fn set(&self, value: impl Into<Number>, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let value = value.into();
        self.0.measure(fill, move |cell| cell.set(value));
    }

    /// A handle for one set of attributes.
    #[must_use]
    pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> BoundGauge {
        BoundGauge(self.0.bind(fill))
    }

    /// Asks `callback` for the value (without attributes) at each collection. A later call replaces it.
    ///
    /// It runs on whichever thread collects, and no longer than it must: the collection waits for it.
    /// A panic in it counts as no value.
    pub fn observe(&self, callback: Callback) {
        self.0.home.registry().observers().add(&self.0.definition, callback);
    }
}

impl BoundGauge {
    /// Sets the value.
    #[inline]
    pub fn set(&self, value: impl Into<Number>) {
        let value = value.into();
        self.0.measure(move |cell| cell.set(value));
    }
}
