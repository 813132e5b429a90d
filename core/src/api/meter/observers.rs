//! Callbacks that are asked for a gauge's value at each collection.
//!
//! Not for gauges that are set: those need nothing here.

use super::definition::Definition;
use crate::api::names::Names;
use crate::model::metric::Number;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A function that knows a gauge's value; `None` leaves the gauge as it is.
pub type Callback = Box<dyn Fn() -> Option<Number> + Send + Sync>;

/// One gauge and the function that knows its value.
pub(crate) struct Observer {
    pub(crate) definition: Arc<Definition>,
    pub(crate) callback: Callback,
}

/// All callbacks, passed on from registry to registry. Lock-free: a forked child uses what it inherited.
#[derive(Clone, Default)]
pub(crate) struct Observers(Arc<All>);

#[derive(Default)]
struct All {
    by_gauge: Names<Arc<Place>>,
    places: AtomicU64,
}

/// The callback of one gauge, and its place in the order of asking.
struct Place {
    number: u64,
    observer: ArcSwap<Observer>,
}

impl Observers {
    /// Adds a callback; one for the same gauge is replaced.
    pub(crate) fn add(&self, definition: &Arc<Definition>, callback: Callback) {
        let new = Arc::new(Observer { definition: Arc::clone(definition), callback });
        let place = self.0.by_gauge.get_or_insert(&new.definition.descriptor.name, || {
            let number = self.0.places.fetch_add(1, Ordering::Relaxed);
            Arc::new(Place { number, observer: ArcSwap::new(Arc::clone(&new)) })
        });
        place.observer.store(new);
    }

    /// The callbacks of this moment, in the order in which their gauges got one.
    pub(crate) fn all(&self) -> Vec<Arc<Observer>> {
        let mut places = Vec::new();
        self.0.by_gauge.each(|_, place| places.push((place.number, place.observer.load_full())));
        places.sort_by_key(|(number, _)| *number);
        places.into_iter().map(|(_, observer)| observer).collect()
    }
}
