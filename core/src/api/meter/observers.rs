//! Callbacks that are asked for a gauge's value at each collection.
//!
//! Not for gauges that are set: those need nothing here.

use super::definition::Definition;
use crate::model::metric::Number;
use arc_swap::ArcSwap;
use std::sync::Arc;

/// A function that knows a gauge's value; `None` leaves the gauge as it is.
pub type Callback = Box<dyn Fn() -> Option<Number> + Send + Sync>;

/// One gauge and the function that knows its value.
pub(crate) struct Observer {
    pub(crate) definition: Arc<Definition>,
    pub(crate) callback: Callback,
}

/// All callbacks, passed on from registry to registry. Lock-free: a forked child uses what it inherited.
#[derive(Clone, Default)]
pub(crate) struct Observers(Arc<ArcSwap<Vec<Arc<Observer>>>>);

impl Observers {
    /// Adds a callback; one for the same gauge is replaced.
    pub(crate) fn add(&self, definition: &Arc<Definition>, callback: Callback) {
        let new = Arc::new(Observer { definition: Arc::clone(definition), callback });
        self.0.rcu(|known| {
            let others = known
                .iter()
                .filter(|old| old.definition.descriptor.name != new.definition.descriptor.name)
                .cloned();
            others.chain([Arc::clone(&new)]).collect::<Vec<_>>()
        });
    }

    /// The callbacks of this moment.
    pub(crate) fn all(&self) -> Arc<Vec<Arc<Observer>>> {
        self.0.load_full()
    }
}
