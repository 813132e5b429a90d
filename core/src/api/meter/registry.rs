//! All instruments of one generation: creating them, collecting from them.
//!
//! Not for what users hold, which outlives a registry: see `handle`.

use super::definition::Definition;
use super::deltas::Deltas;
use super::instrument::Instrument;
use super::last::LastCell;
use super::observers::Observers;
use super::processes::Processes;
use super::shared::Shared;
use super::stored::{Storable, Stored};
use crate::clock::Clock;
use crate::encode::attributes::key::Rules;
use crate::encode::collected::{Collected, SeriesPoint};
use crate::encode::prometheus::names_taken;
use crate::encode::record::Point;
use crate::error::{Error, ErrorCode, Problem, Result};
use crate::guard::guard;
use crate::model::attributes::Attributes;
use crate::model::metric::InstrumentKind;
use crate::stats::Counts;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The instruments of one generation and their series.
pub struct Registry {
    shared: Arc<Shared>,
    known: RwLock<Known>,
    observers: Observers,
    /// What was told of each series, while any output wants differences.
    deltas: Mutex<Option<Deltas>>,
}

#[derive(Default)]
struct Known {
    /// In the order in which they are shown.
    by_name: BTreeMap<Box<str>, Stored>,
    /// What stands for an instrument in the texts of Prometheus, and whose it is.
    exposed: HashMap<String, Arc<Definition>>,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new(rules: Arc<Rules>, counts: Arc<Counts>, clock: Arc<Clock>) -> Self {
        Self::with_observers(Shared::new(rules, counts, clock), Observers::default())
    }

    /// An empty registry that keeps this one's callbacks. Touches no lock, so a forked child may call it.
    #[must_use]
    pub fn fresh(&self, rules: Arc<Rules>, counts: Arc<Counts>, clock: Arc<Clock>) -> Self {
        Self::with_observers(Shared::new(rules, counts, clock), self.observers.clone())
    }

    fn with_observers(shared: Shared, observers: Observers) -> Self {
        let shared = Arc::new(shared);
        Self { shared, known: RwLock::default(), observers, deltas: Mutex::default() }
    }

    /// Replaces limits and redaction for attributes written from now on, and the clock of series that begin from now
    /// on. Existing series stay.
    pub fn set_rules(&self, rules: Arc<Rules>, clock: Arc<Clock>) {
        self.shared.set_rules(rules, clock);
    }

    /// Shares all series with other processes, those that are there and those that come.
    pub fn share(&self, processes: Arc<Processes>) {
        self.shared.set_processes(Arc::clone(&processes));
        for stored in self.instruments() {
            stored.share(&processes);
        }
    }

    /// The processes that it shares its series with.
    #[must_use]
    pub fn processes(&self) -> Option<Arc<Processes>> {
        self.shared.processes()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn observers(&self) -> &Observers {
        &self.observers
    }

    /// The instrument of this definition, created if it is not there yet.
    pub(crate) fn instrument<C: Storable>(&self, definition: &Arc<Definition>) -> Result<Arc<Instrument<C>>> {
        let existing = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.by_name.get(&definition.descriptor.name).cloned()
        };
        match existing {
            Some(existing) => agreed(&existing, definition),
            None => self.create(definition),
        }
    }

    fn create<C: Storable>(&self, definition: &Arc<Definition>) -> Result<Arc<Instrument<C>>> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(existing) = known.by_name.get(&definition.descriptor.name) {
            return agreed(existing, definition);
        }
        known.expose(definition)?;
        let instrument = Arc::new(Instrument::<C>::new(definition, &self.shared, known.by_name.len()));
        known.by_name.insert(definition.descriptor.name.clone(), C::store(Arc::clone(&instrument)));
        Ok(instrument)
    }

    /// Asks the callbacks for their values; call it before [`Registry::points`] and [`Registry::instruments`].
    ///
    /// Returns whether any instrument has a series. No lock is held while a callback runs.
    pub fn collect(&self) -> bool {
        for observer in self.observers.all().iter() {
            // A panic in a callback is a missing value, not the end of the collection.
            let Some(value) = guard(None, || (observer.callback)()) else { continue };
            match self.instrument::<LastCell>(&observer.definition) {
                Ok(gauge) => {
                    gauge.apply(&gauge.series(&Attributes::default()), |cell| cell.set(value));
                }
                Err(_) => self.shared.counts().invalid_measurements.one(),
            }
        }
        self.instruments().iter().any(|instrument| !instrument.is_empty())
    }

    /// All instruments in order of their names, also those without series. The lock is not held while they are
    /// walked: that may take long.
    #[must_use]
    pub fn instruments(&self) -> Vec<Stored> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_name.values().cloned().collect()
    }

    /// Shows a point for each series that has one: instruments by name, series by their attributes.
    pub fn points(&self, timestamp_ns: i64, show: &mut dyn FnMut(&Point<'_>)) {
        for stored in self.instruments() {
            let instrument = stored.descriptor();
            stored.points(|point: &SeriesPoint<'_>| {
                let SeriesPoint { attributes, start_ns, value, .. } = *point;
                show(&Point { timestamp_ns, start_ns, instrument, attributes, value });
            });
        }
    }

    /// From now on [`Self::gains`] shows what is measured from now on; or nothing, and then it costs nothing.
    /// It goes on where it does so already.
    pub fn follow_gains(&self, is_wanted: bool) {
        let mut deltas = self.told();
        if !is_wanted {
            *deltas = None;
        } else if deltas.is_none() {
            let mut fresh = Deltas::default();
            self.tell(&mut fresh, 0, InstrumentKind::is_summed, &mut |_| ());
            *deltas = Some(fresh);
        }
    }

    /// What series have to tell that was not told. Nobody else gets at it before this is dropped, so that it is on its
    /// way when the next one finds nothing.
    pub fn gains(&self) -> Gains<'_> {
        Gains { registry: self, told: self.told() }
    }

    fn told(&self) -> MutexGuard<'_, Option<Deltas>> {
        self.deltas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(
        &self,
        deltas: &mut Deltas,
        timestamp_ns: i64,
        is_told: impl Fn(InstrumentKind) -> bool,
        show: &mut dyn FnMut(&Point<'_>),
    ) {
        for stored in self.instruments().iter().filter(|stored| is_told(stored.descriptor().kind)) {
            let (instrument, number) = (stored.descriptor(), stored.number());
            stored.points(|point: &SeriesPoint<'_>| {
                let SeriesPoint { attributes, start_ns, .. } = *point;
                deltas.tell(number, instrument.kind, point, |value| {
                    show(&Point { timestamp_ns, start_ns, instrument, attributes, value });
                });
            });
        }
    }
}

/// See [`Registry::gains`].
pub struct Gains<'r> {
    registry: &'r Registry,
    told: MutexGuard<'r, Option<Deltas>>,
}

impl Gains<'_> {
    /// Shows each series that has something new to tell, and takes it as told: what counters and histograms have
    /// gained since then, the last values of the others. Smallest and largest value of a histogram are those of all
    /// time.
    pub fn points(&mut self, timestamp_ns: i64, show: &mut dyn FnMut(&Point<'_>)) {
        if let Some(deltas) = &mut *self.told {
            self.registry.tell(deltas, timestamp_ns, |_| true, show);
        }
    }
}

impl Known {
    /// Gives a new instrument its names in the texts of Prometheus.
    ///
    /// Of two that share one, the later would otherwise have another name from one start to the next, by the order of
    /// creation.
    fn expose(&mut self, new: &Arc<Definition>) -> Result<()> {
        let names = names_taken(&new.descriptor.name, new.descriptor.kind);
        if let Some((name, other)) = names.iter().find_map(|name| Some((name, self.exposed.get(name)?))) {
            let called =
                |one: &Definition| format!("{} {}", one.descriptor.kind.as_str(), one.descriptor.name);
            let finding = format!("is {name} in an exposition, and so is {}", called(other));
            let accepted = "names that differ there: without the ending `_total` of a counter and those of a histogram, \
                            `.`, `-` and `/` like `_`";
            return Err(Error::new(
                ErrorCode::Argument,
                vec![Problem::finding(called(new), finding, accepted)],
            ));
        }
        self.exposed.extend(names.into_iter().map(|name| (name, Arc::clone(new))));
        Ok(())
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("shared", &self.shared).finish_non_exhaustive()
    }
}

fn agreed<C: Storable>(existing: &Stored, asked: &Definition) -> Result<Arc<Instrument<C>>> {
    existing.definition().agrees_with(asked)?;
    // The kinds agree, so the cells do; the error exists for the compiler.
    C::of(existing).cloned().ok_or_else(|| {
        let (asked, found) = (&asked.descriptor, existing.descriptor());
        Error::argument(&*asked.name, asked.kind.as_str(), found.kind.as_str())
    })
}
