//! Batches whose lines are made later, on a worker thread, once for all outputs.
//!
//! Not for how they are made: the binding that collected them brings the renderer.

use super::rendered::RenderedBatch;
use crate::guard::guard;
use crate::model::signal::{Signal, SignalSet};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Makes the lines of a batch.
pub type Renderer = Box<dyn FnOnce(&mut RenderedBatch) + Send>;

/// A batch that is rendered by the first output that needs it and shared with the others.
pub struct Deferred {
    renderer: Mutex<Option<Renderer>>,
    rendered: OnceLock<RenderedBatch>,
    logs: u64,
    spans: u64,
    size_hint_bytes: usize,
}

impl std::fmt::Debug for Deferred {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deferred")
            .field("logs", &self.logs)
            .field("spans", &self.spans)
            .finish_non_exhaustive()
    }
}

impl Deferred {
    /// A batch of `logs` and `spans` records that takes about `size_hint_bytes` once rendered.
    #[must_use]
    pub fn new(renderer: Renderer, logs: u64, spans: u64, size_hint_bytes: usize) -> Self {
        Self { renderer: Mutex::new(Some(renderer)), rendered: OnceLock::new(), logs, spans, size_hint_bytes }
    }

    /// How many records an output that takes `wanted` gets.
    #[must_use]
    pub fn records(&self, wanted: SignalSet) -> u64 {
        let of = |signal, count| if wanted.has(signal) { count } else { 0 };
        of(Signal::Logs, self.logs) + of(Signal::Spans, self.spans)
    }

    /// About how many bytes it takes in a buffer.
    #[must_use]
    pub fn size_hint_bytes(&self) -> usize {
        self.size_hint_bytes
    }

    /// The lines, made now if nobody did yet.
    pub fn rendered(&self) -> &RenderedBatch {
        self.rendered.get_or_init(|| {
            let renderer = self.renderer.lock().unwrap_or_else(PoisonError::into_inner).take();
            let mut batch = RenderedBatch::default();
            if let Some(renderer) = renderer {
                guard((), || renderer(&mut batch));
            }
            batch
        })
    }
}
