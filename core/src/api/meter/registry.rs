//! All instruments of one generation: creating them, collecting from them.
//!
//! Not for what users hold, which outlives a registry: see `handle`.

use super::definition::Definition;
use super::instrument::{AnyInstrument, Cell, Instrument};
use super::last::LastCell;
use super::observers::Observers;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::openmetrics::{self, Format};
use crate::encode::record::Point;
use crate::error::Result;
use crate::guard::guard;
use crate::model::attributes::Attributes;
use crate::stats::Counts;
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// What every instrument of a registry needs of it.
#[derive(Debug)]
pub(crate) struct Shared {
    rules: ArcSwap<Rules>,
    /// The epoch of `rules`, cheaper to ask.
    epoch: AtomicU64,
    counts: Arc<Counts>,
    series: AtomicUsize,
}

impl Shared {
    #[inline]
    pub(crate) fn rules_epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    #[inline]
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    pub(crate) fn limits(&self) -> Limits {
        self.rules.load().limits.clone()
    }

    /// Whether the process may have one more series.
    pub(crate) fn has_room(&self) -> bool {
        self.series.load(Ordering::Relaxed) < self.rules.load().limits.series_per_process
    }

    /// Books one more series, if the process may have it.
    pub(crate) fn admit_series(&self) -> bool {
        let most = self.rules.load().limits.series_per_process;
        self.series
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now < most).then_some(now + 1))
            .is_ok()
    }
}

#[derive(Default)]
struct Known {
    /// In the order in which they are shown.
    by_name: BTreeMap<Box<str>, AnyInstrument>,
    /// Sample names of the text formats that are taken: unlike names can look alike there.
    samples: HashSet<String>,
}

/// The instruments of one generation and their series.
pub struct Registry {
    shared: Arc<Shared>,
    known: RwLock<Known>,
    observers: Observers,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(rules: Arc<Rules>, counts: Arc<Counts>) -> Self {
        Self::with_observers(rules, counts, Observers::default())
    }

    /// An empty registry that keeps this one's callbacks. Touches no lock, so a forked child may call it.
    #[must_use]
    pub fn fresh(&self, rules: Arc<Rules>, counts: Arc<Counts>) -> Self {
        Self::with_observers(rules, counts, self.observers.clone())
    }

    fn with_observers(rules: Arc<Rules>, counts: Arc<Counts>, observers: Observers) -> Self {
        let epoch = AtomicU64::new(rules.epoch);
        let shared = Shared { rules: ArcSwap::new(rules), epoch, counts, series: AtomicUsize::new(0) };
        Self { shared: Arc::new(shared), known: RwLock::default(), observers }
    }

    /// Replaces limits and redaction for labels written from now on. Existing series stay.
    pub fn set_rules(&self, rules: Arc<Rules>) {
        let epoch = rules.epoch;
        self.shared.rules.store(rules);
        self.shared.epoch.store(epoch, Ordering::Release);
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn observers(&self) -> &Observers {
        &self.observers
    }

    /// The instrument of this definition, created if it is not there yet.
    pub(crate) fn instrument<C: Cell>(&self, definition: &Arc<Definition>) -> Result<Arc<Instrument<C>>> {
        let existing = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.by_name.get(&definition.name).cloned()
        };
        match existing {
            Some(existing) => agreed(&existing, definition),
            None => self.create(definition),
        }
    }

    fn create<C: Cell>(&self, definition: &Arc<Definition>) -> Result<Arc<Instrument<C>>> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(existing) = known.by_name.get(&definition.name) {
            return agreed(existing, definition);
        }
        let sample = known.take_sample_name(definition);
        let instrument = Arc::new(Instrument::new(definition, &self.shared, sample));
        known.by_name.insert(definition.name.clone(), C::file(Arc::clone(&instrument)));
        Ok(instrument)
    }

    /// All instruments in order of their names. Not held while they are walked: that may take long.
    fn instruments(&self) -> Vec<AnyInstrument> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_name.values().cloned().collect()
    }

    /// Asks the callbacks for their values; call it before [`Registry::points`] and [`Registry::text`].
    ///
    /// Returns whether any instrument has a series. No lock is held while a callback runs.
    pub fn collect(&self) -> bool {
        for observer in self.observers.all().iter() {
            // A panic in a callback is a missing value, not the end of the collection.
            let Some(value) = guard(None, || (observer.callback)()) else { continue };
            match self.instrument::<LastCell>(&observer.definition) {
                Ok(gauge) => gauge.series(&Attributes::default()).cell.set(value),
                Err(_) => self.shared.counts.invalid_measurements.one(),
            }
        }
        self.instruments().iter().any(|instrument| !instrument.is_empty())
    }

    /// Shows a point for each series that has one: instruments by name, series by labels.
    pub fn points(&self, timestamp_ns: i64, show: &mut dyn FnMut(&Point<'_>)) {
        for instrument in self.instruments() {
            instrument.points(timestamp_ns, show);
        }
    }

    /// The exposition: Prometheus text 0.0.4, or OpenMetrics 1.0 with its `# EOF`.
    #[must_use]
    pub fn text(&self, openmetrics: bool) -> String {
        let format = if openmetrics { Format::OpenMetrics } else { Format::Prometheus };
        let mut out = String::new();
        for instrument in self.instruments() {
            instrument.text(&mut out, format);
        }
        if openmetrics {
            out.push_str("# EOF\n");
        }
        out
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl Known {
    /// A sample name that collides with no other family's, `_2` and so on behind it where needed.
    fn take_sample_name(&mut self, definition: &Definition) -> String {
        let mut number = 1_u32;
        loop {
            let name = match number {
                1 => definition.name.to_string(),
                n => format!("{}_{n}", definition.name.strip_suffix("_total").unwrap_or(&definition.name)),
            };
            let sample = openmetrics::sample_name(&name, definition.kind);
            let names = openmetrics::names_taken(&sample, definition.kind);
            if names.iter().all(|name| !self.samples.contains(name)) {
                self.samples.extend(names);
                return sample;
            }
            number += 1;
        }
    }
}

fn agreed<C: Cell>(existing: &AnyInstrument, asked: &Definition) -> Result<Arc<Instrument<C>>> {
    existing.definition().agrees_with(asked)?;
    // The kinds agree, so the cells do; the other arm exists for the compiler.
    C::of(existing).cloned().ok_or_else(|| {
        crate::error::Error::argument(&*asked.name, asked.kind.as_str(), existing.definition().kind.as_str())
    })
}
