//! Meters and instruments of the OpenTelemetry API over Vigie's.
//!
//! Not for callbacks: see `observables`.

use crate::observables::{Observables, Total};
use crate::values::write;
use opentelemetry::metrics::{
    AsyncInstrumentBuilder, Counter, Gauge, Histogram, HistogramBuilder, InstrumentBuilder,
    InstrumentProvider, Meter, ObservableCounter, ObservableGauge, ObservableUpDownCounter, SyncInstrument,
    UpDownCounter,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use std::borrow::Cow;
use std::sync::Arc;
use vigie_core::{AnyInstrument, InstrumentKind, InstrumentOptions, Telemetry};

/// A meter provider of the OpenTelemetry API over Vigie: the same name and kind give the same instrument.
///
/// A name that is another kind's already gives an instrument that measures nothing, and a record that says so.
#[derive(Debug, Clone)]
pub struct MeterProvider(Arc<Instruments>);

impl MeterProvider {
    /// The provider over `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        let observables = Observables::new(telemetry);
        Self(Arc::new(Instruments { telemetry: telemetry.clone(), observables }))
    }
}

impl opentelemetry::metrics::MeterProvider for MeterProvider {
    fn meter_with_scope(&self, _scope: InstrumentationScope) -> Meter {
        Meter::new(Arc::clone(&self.0) as Arc<dyn InstrumentProvider + Send + Sync>)
    }
}

#[derive(Debug)]
struct Instruments {
    telemetry: Telemetry,
    observables: Observables,
}

/// What may be said of an instrument.
struct Described {
    name: Cow<'static, str>,
    unit: Option<Cow<'static, str>>,
    description: Option<Cow<'static, str>>,
    buckets: Option<Vec<f64>>,
}

impl Instruments {
    fn made(&self, kind: InstrumentKind, described: Described) -> Option<AnyInstrument> {
        let options = InstrumentOptions {
            unit: described.unit.unwrap_or_default().into_owned(),
            description: described.description.unwrap_or_default().into_owned(),
            buckets: described.buckets,
        };
        match self.telemetry.meter().instrument(kind, &described.name, options) {
            Ok(instrument) => Some(instrument),
            Err(why) => {
                let logger = self.telemetry.logger("vigie.opentelemetry");
                let record = logger.warn("an instrument of the OpenTelemetry API measures nothing: {why}");
                record.attr("why", why.to_string()).emit();
                None
            }
        }
    }

    fn told(&self, kind: InstrumentKind, described: Described) -> Arc<Told> {
        Arc::new(Told(self.made(kind, described)))
    }
}

/// Measurements go to Vigie's instrument, if there is one.
struct Told(Option<AnyInstrument>);

impl<T: Total> SyncInstrument<T> for Told {
    fn measure(&self, measurement: T, attributes: &[KeyValue]) {
        if let Some(instrument) = &self.0 {
            instrument.update(measurement, |writer| write(writer, attributes));
        }
    }
}

macro_rules! described {
    ($builder:ident) => {
        described!($builder, None)
    };
    ($builder:ident, $buckets:expr) => {
        Described {
            name: $builder.name,
            unit: $builder.unit,
            description: $builder.description,
            buckets: $buckets,
        }
    };
}

macro_rules! told {
    ($($method:ident: $face:ident<$number:ty>, $kind:ident;)*) => {$(
        fn $method(&self, builder: InstrumentBuilder<'_, $face<$number>>) -> $face<$number> {
            $face::new(self.told(InstrumentKind::$kind, described!(builder)))
        }
    )*};
}

macro_rules! told_with_buckets {
    ($($method:ident: $number:ty;)*) => {$(
        fn $method(&self, builder: HistogramBuilder<'_, Histogram<$number>>) -> Histogram<$number> {
            Histogram::new(self.told(InstrumentKind::Histogram, described!(builder, builder.boundaries)))
        }
    )*};
}

macro_rules! asked {
    ($($method:ident: $face:ident<$number:ty>, $kind:ident;)*) => {$(
        fn $method(&self, builder: AsyncInstrumentBuilder<'_, $face<$number>, $number>) -> $face<$number> {
            if let Some(instrument) = self.made(InstrumentKind::$kind, described!(builder)) {
                self.observables.add(instrument, builder.callbacks);
            }
            $face::new()
        }
    )*};
}

impl InstrumentProvider for Instruments {
    told! {
        u64_counter: Counter<u64>, Counter;
        f64_counter: Counter<f64>, Counter;
        i64_up_down_counter: UpDownCounter<i64>, UpDownCounter;
        f64_up_down_counter: UpDownCounter<f64>, UpDownCounter;
        u64_gauge: Gauge<u64>, Gauge;
        i64_gauge: Gauge<i64>, Gauge;
        f64_gauge: Gauge<f64>, Gauge;
    }
    told_with_buckets! {
        u64_histogram: u64;
        f64_histogram: f64;
    }
    asked! {
        u64_observable_counter: ObservableCounter<u64>, Counter;
        f64_observable_counter: ObservableCounter<f64>, Counter;
        i64_observable_up_down_counter: ObservableUpDownCounter<i64>, UpDownCounter;
        f64_observable_up_down_counter: ObservableUpDownCounter<f64>, UpDownCounter;
        u64_observable_gauge: ObservableGauge<u64>, Gauge;
        i64_observable_gauge: ObservableGauge<i64>, Gauge;
        f64_observable_gauge: ObservableGauge<f64>, Gauge;
    }
}
