//! Instruments that are asked: their callbacks are called before each collection.
//!
//! Not for instruments that are told: see `meter`.

use crate::values::write;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Callback};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use vigie_core::host::guard;
use vigie_core::{AnyInstrument, InstrumentKind, InstrumentOptions, Number, Telemetry};

/// Of so many series of an instrument the last total is kept in mind: as many as a process has in all by default.
const MOST_SERIES: usize = 20_000;

/// A number that an instrument of the API takes.
pub(crate) trait Total: Copy + PartialOrd + Into<Number> + Send + Sync + 'static {
    /// What was added since `before`.
    fn since(self, before: Self) -> Number;
}

impl Total for u64 {
    fn since(self, before: Self) -> Number {
        self.saturating_sub(before).into()
    }
}

impl Total for i64 {
    fn since(self, before: Self) -> Number {
        self.saturating_sub(before).into()
    }
}

impl Total for f64 {
    fn since(self, before: Self) -> Number {
        (self - before).into()
    }
}

/// How many providers have callbacks: a gauge is asked by the last callback that it was given.
static PROVIDERS: AtomicU64 = AtomicU64::new(0);

type Asked = Box<dyn Fn() + Send + Sync>;

/// The callbacks of one provider's instruments.
pub(crate) struct Observables {
    telemetry: Telemetry,
    asked: Arc<Mutex<Vec<Arc<Asked>>>>,
}

impl std::fmt::Debug for Observables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observables").finish_non_exhaustive()
    }
}

impl Observables {
    pub(crate) fn new(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone(), asked: Arc::default() }
    }

    /// Has `callbacks` asked from now on.
    pub(crate) fn add<T: Total>(&self, instrument: AnyInstrument, callbacks: Vec<Callback<T>>) {
        if callbacks.is_empty() {
            return;
        }
        let observed = Observed { instrument, totals: Mutex::default() };
        let ask = move || {
            for callback in &callbacks {
                guard((), || callback(&observed));
            }
        };
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(Arc::new(Box::new(ask)));
        if asked.len() == 1 {
            self.ask_at_collections();
        }
    }

    /// A gauge that never has a value: its callback is called before each collection.
    fn ask_at_collections(&self) {
        let all = Arc::clone(&self.asked);
        let name = format!("vigie.opentelemetry.asked.{}", PROVIDERS.fetch_add(1, Ordering::Relaxed));
        if let Ok(gauge) = self.telemetry.meter().gauge(&name, InstrumentOptions::default()) {
            gauge.observe(Box::new(move || {
                // Callbacks may make instruments.
                let asked = all.lock().unwrap_or_else(PoisonError::into_inner).clone();
                asked.iter().for_each(|ask| ask());
                None
            }));
        }
    }
}

/// What a callback tells of its instrument. A sum takes what was added, and callbacks tell the total.
struct Observed<T> {
    instrument: AnyInstrument,
    totals: Mutex<HashMap<String, T>>,
}

impl<T: Total> AsyncInstrument<T> for Observed<T> {
    fn observe(&self, measurement: T, attributes: &[KeyValue]) {
        if self.instrument.kind() == InstrumentKind::Gauge {
            self.instrument.update(measurement, |writer| write(writer, attributes));
            return;
        }
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = totals.len() >= MOST_SERIES;
        let added = match totals.entry(key_of(attributes)) {
            Entry::Vacant(_) if is_full => return,
            Entry::Vacant(place) => {
                place.insert(measurement);
                measurement.into()
            }
            Entry::Occupied(mut place) => {
                let before = place.insert(measurement);
                // What only grows and is less than before began anew.
                let is_new = measurement < before && self.instrument.kind() == InstrumentKind::Counter;
                if is_new { measurement.into() } else { measurement.since(before) }
            }
        };
        drop(totals);
        self.instrument.update(added, |writer| write(writer, attributes));
    }
}

/// The same text for the same attributes in any order.
fn key_of(attributes: &[KeyValue]) -> String {
    let mut members: Vec<String> =
        attributes.iter().map(|one| format!("{:?}={:?}", one.key, one.value)).collect();
    members.sort_unstable();
    members.iter().fold(String::new(), |mut key, member| {
        let _ = write!(key, "{member};");
        key
    })
}
