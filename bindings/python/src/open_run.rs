//! A run of a framework, and the table that knows it: what a span stands for that was not started here.

use std::sync::Arc;
use vigie_core::runs::{RunId, Runs};

pub(crate) struct OpenRun {
    pub(crate) runs: Arc<Runs>,
    pub(crate) id: RunId,
}

impl OpenRun {
    /// Whether its body stands in this span.
    pub(crate) fn stands_in(&self, context: &vigie_core::Context) -> bool {
        self.runs.context(self.id).is_some_and(|own| own.span == context.span)
    }
}
