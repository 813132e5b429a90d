//! Metric lines into the outputs that take them: at flush, at shutdown, and in between.
//!
//! Not for the exposition that a scraper asks for. Who asks for the lines themselves gets the same.

use crate::api::hub::Hub;
use crate::api::pipeline::Pipeline;
use crate::encode::metric_line;
use crate::model::signal::Signal;
use std::sync::Weak;

/// Writes a line per series into the outputs that take metrics.
pub(super) fn push(pipeline: &Pipeline) {
    let wanted = pipeline.outputs.iter().any(|output| output.takes(Signal::Metrics));
    if !wanted || pipeline.closed {
        return;
    }
    write(pipeline, &mut |line| pipeline.deliver(Signal::Metrics, line, false));
}

/// Hands over a line per series, each with its newline, all with one reading of the clock.
pub(super) fn write(pipeline: &Pipeline, line: &mut dyn FnMut(&[u8])) {
    if !pipeline.registry.collect() {
        return;
    }
    let mut bytes = Vec::new();
    pipeline.registry.points(pipeline.clock.wall_ns(), &mut |point| {
        bytes.clear();
        metric_line::write(&pipeline.resource, point, &mut bytes);
        line(&bytes);
    });
}

/// What an output's worker does whenever the interval is over.
pub(super) fn ticker(hub: Weak<Hub>) -> impl Fn() + Send + Sync {
    move || {
        if let Some(hub) = hub.upgrade() {
            let pipeline = hub.peek();
            if pipeline.is_current() {
                push(&pipeline);
            }
        }
    }
}
