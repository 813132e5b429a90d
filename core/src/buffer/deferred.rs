//! Batches whose records are made later, on a worker thread, once for all outputs.
//!
//! Not for how they are made: the binding that collected them brings the renderer.

use super::rendered::{Format, RenderedBatch};
use crate::guard::guard;
use crate::model::signal::{Signal, SignalSet};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Makes the records of a batch.
pub type Renderer = Box<dyn FnOnce(&mut RenderedBatch) + Send>;

/// A batch that is rendered by the first output that needs it and shared with the others.
pub struct Deferred {
    renderer: Mutex<Option<(Renderer, Vec<Format>)>>,
    rendered: OnceLock<RenderedBatch>,
    logs: u64,
    spans: u64,
    size_hint_bytes: usize,
    may_bring_logs: bool,
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
    /// A batch of `logs` and `spans` records that is rendered in `formats` and then takes about `size_hint_bytes`.
    #[must_use]
    pub fn new(
        renderer: Renderer,
        formats: Vec<Format>,
        logs: u64,
        spans: u64,
        size_hint_bytes: usize,
    ) -> Self {
        let renderer = Mutex::new(Some((renderer, formats)));
        let rendered = OnceLock::new();
        Self { renderer, rendered, logs, spans, size_hint_bytes, may_bring_logs: false }
    }

    /// The same, and log records that wait elsewhere may come out with its spans: whoever takes those needs it.
    #[must_use]
    pub fn bringing_logs(self, may_bring_logs: bool) -> Self {
        Self { may_bring_logs, ..self }
    }

    /// Whether an output that takes `wanted` needs it.
    #[must_use]
    pub fn concerns(&self, wanted: SignalSet) -> bool {
        self.records(wanted) > 0 || (self.may_bring_logs && wanted.has(Signal::Logs))
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

    /// The records, made now if nobody did yet.
    pub fn rendered(&self) -> &RenderedBatch {
        self.rendered.get_or_init(|| {
            let taken = self.renderer.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some((renderer, formats)) = taken else { return RenderedBatch::default() };
            let mut batch = RenderedBatch::new(formats);
            guard((), || renderer(&mut batch));
            batch
        })
    }
}
