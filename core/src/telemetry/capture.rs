//! A copy of every line from some moment on, for users' tests.
//!
//! It is no kind of output: it adds one that keeps lines to the configured ones.

use super::losses;
use super::metrics::Metrics;
use crate::api::hub::Hub;
use crate::api::pipeline::Pipeline;
use crate::model::signal::SignalSet;
use crate::output::lanes::Lanes;
use crate::output::registry;
use crate::output::running::{Manner, Output};
use std::convert::Infallible;
use std::sync::Arc;

/// Keeps a copy of every line until it is dropped.
#[derive(Debug)]
pub struct Capture {
    hub: Arc<Hub>,
    output: Option<Arc<Output>>,
}

impl Capture {
    pub(super) fn start(hub: &Arc<Hub>) -> Self {
        let target = registry::capture();
        let pipeline = hub.live();
        // Nothing that can fail is opened here. If it failed all the same, the capture would show no lines.
        let opened = target.open(&pipeline.around(&Metrics::of(Arc::downgrade(hub)))).ok();
        drop(pipeline);
        let output = opened.map(|opened| {
            let manner = Manner {
                kind: "capture",
                label: target.label(),
                signals: SignalSet::ALL,
                temporality: target.temporality(),
                stall: Some(target.stall()),
                bound_bytes: usize::MAX,
            };
            Arc::new(Output::new(manner, opened, &losses::nobody()))
        });
        if let Some(output) = &output {
            with_lanes(hub, |lanes| lanes.with(Arc::clone(output)));
        }
        Self { hub: Arc::clone(hub), output }
    }

    /// The lines so far, without their newlines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.output.as_ref().and_then(|output| output.kept()).map(|kept| kept.lines()).unwrap_or_default()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        if let Some(output) = &self.output {
            with_lanes(&self.hub, |lanes| lanes.without(output));
        }
    }
}

fn with_lanes(hub: &Hub, change: impl FnOnce(&Lanes) -> Lanes) {
    let Ok(_) = hub.replace(|before| {
        let lanes = change(&before.lanes);
        Ok::<_, Infallible>(Some(Pipeline { lanes, ..(**before).clone() }))
    });
}
