//! A look over the shoulder: every line since some moment, for users' tests.
//!
//! Not an output of its own kind: it is a memory output beside the configured ones.

use crate::api::hub::Hub;
use crate::api::pipeline::Pipeline;
use crate::export::output::Output;
use crate::export::{MemorySink, MemoryStore};
use crate::model::signal::SignalSet;
use std::convert::Infallible;
use std::sync::Arc;

/// Keeps a copy of every line until it is dropped.
#[derive(Debug)]
pub struct Capture {
    hub: Arc<Hub>,
    output: Arc<Output>,
    store: MemoryStore,
}

impl Capture {
    pub(super) fn start(hub: &Arc<Hub>) -> Self {
        let store = MemoryStore::default();
        let sink = Box::new(MemorySink(store.clone()));
        let output = Output::new("memory", "capture".to_owned(), SignalSet::ALL, sink, usize::MAX, true);
        let output = Arc::new(output);
        drop(hub.live());
        let added = Arc::clone(&output);
        with_outputs(hub, |outputs| outputs.push(added));
        Self { hub: Arc::clone(hub), output, store }
    }

    /// The lines so far, without their newlines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.store.lines()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        with_outputs(&self.hub, |outputs| outputs.retain(|output| !Arc::ptr_eq(output, &self.output)));
    }
}

fn with_outputs(hub: &Hub, change: impl FnOnce(&mut Vec<Arc<Output>>)) {
    let Ok(_) = hub.replace(|before| {
        let mut outputs = before.outputs.to_vec();
        change(&mut outputs);
        Ok::<_, Infallible>(Some(Pipeline { outputs: outputs.into(), ..(**before).clone() }))
    });
}
