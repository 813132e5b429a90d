//! Initialisation, reconfiguration, shutdown.
//!
//! Not for first use without `init`: see `state`.

use super::build::Parts;
use super::handle::Telemetry;
use crate::api::pipeline::Pipeline;
use crate::config::{Config, Environment, Settings};
use crate::error::{Error, Result};
use crate::generation;
use crate::output::running::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Telemetry {
    /// Telemetry of its own, configured.
    ///
    /// # Errors
    /// Every mistake of the configuration at once, or an output that cannot be opened.
    pub fn new(config: Config) -> Result<Self> {
        let (settings, environment) = config.resolve()?;
        let telemetry = Self::unconfigured();
        telemetry.start(settings, &environment)?;
        Ok(telemetry)
    }

    /// Configures: arguments over `VIGIE_*` over `OTEL_*` over the file that `VIGIE_CONFIG` names.
    ///
    /// The first call wins over what first use read from the environment (its outputs are flushed).
    /// A second call with the same settings does nothing. After shutdown it opens anew: fresh
    /// series, identifiers and clock.
    ///
    /// # Errors
    /// Every mistake of the configuration at once; outputs that cannot be opened; or, when other
    /// settings are in force already, the keys that differ.
    pub fn init(&self, document_json: Option<&str>, environment: &Environment) -> Result<()> {
        let settings = Settings::resolve(document_json, environment)?;
        self.start(settings, environment)
    }

    pub(super) fn start(&self, settings: Settings, environment: &Environment) -> Result<()> {
        let settings = Arc::new(settings);
        let before = self.hub.replace(|before| {
            let chosen = self.state.chosen().filter(|chosen| chosen.explicit && !before.closed);
            if let Some(chosen) = chosen {
                let differing = chosen.settings.differing_keys(&settings);
                return if differing.is_empty() { Ok(None) } else { Err(Error::already(differing)) };
            }
            let parts = if before.closed {
                Parts::of(&settings).with_fresh_registry_of(before)
            } else {
                Parts::of(&settings).with_registry_of(before)
            };
            let pipeline = parts.open(&settings, &Arc::downgrade(&self.hub))?;
            self.state.choose(&settings, environment, true);
            Ok(Some(pipeline))
        })?;
        if before.closed {
            // Bound series notice by the generation that theirs are gone, as after fork. Only now:
            // whoever sees the new number must find the new pipeline.
            generation::advance();
        }
        self.retire(&before);
        self.hub.configured();
        Ok(())
    }

    /// Changes the configuration on purpose: outputs are opened anew and the old ones flushed,
    /// instruments and their values stay.
    ///
    /// # Errors
    /// As for [`Self::init`], less the refusal of other settings; then nothing changed.
    pub fn reconfigure(&self, document_json: &str, environment: &Environment) -> Result<()> {
        let settings = Arc::new(Settings::resolve(Some(document_json), environment)?);
        let before = self.hub.replace(|before| {
            if before.closed {
                return Err(Error::closed("reconfigure"));
            }
            let parts = Parts::of(&settings).with_registry_of(before);
            let pipeline = parts.open(&settings, &Arc::downgrade(&self.hub))?;
            self.state.choose(&settings, environment, true);
            Ok(Some(pipeline))
        })?;
        self.retire(&before);
        self.hub.configured();
        Ok(())
    }

    /// Empties and ends the outputs of a pipeline that is no longer in force.
    fn retire(&self, before: &Arc<Pipeline>) {
        let still_in_force = before.lanes.are(&self.hub.peek().lanes);
        if still_in_force || before.process_id != std::process::id() {
            return;
        }
        // Losses were booked; there is nobody to tell them to here.
        let _ = before.flush(Instant::now() + before.rules.limits.shutdown);
        close(before);
        before.lanes.end_notes();
        // Its last losses, for one, are in no other books.
        before.tell_own();
    }

    /// What was configured in this process; nothing is configured by asking, nor started anew after fork.
    pub(super) fn own_pipeline(&self) -> Option<Arc<Pipeline>> {
        let known = self.hub.peek();
        if known.generation == 0 || known.process_id != std::process::id() {
            return None;
        }
        // The generation also moves on when some telemetry of the process is opened anew. What waits here is
        // still this process's own, so it is flushed.
        Some(Arc::clone(&self.hub.live()))
    }

    /// Pushes metric points and waits until everything accepted before is out. False when that took
    /// longer than `timeout` or records were lost since the last flush.
    pub fn flush(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let Some(pipeline) = self.own_pipeline() else { return true };
        pipeline.push_points();
        if pipeline.open_roots.is_stale() {
            pipeline.note_open_roots();
        }
        pipeline.flush(deadline)
    }

    /// Pushes metric points, empties all outputs under one deadline and ends them; what does not
    /// get out in time is booked as dropped. True when everything got out.
    ///
    /// Idempotent. Records that come later are refused and booked; `init` opens anew.
    pub fn shutdown(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let Some(pipeline) = self.own_pipeline().filter(|pipeline| !pipeline.closed) else { return true };
        pipeline.push_points();
        pipeline.note_open_roots();
        let all_out = pipeline.flush(deadline);
        let closed = self.hub.replace(|current| {
            // What comes from now on is refused, which nothing thins out.
            Ok::<_, std::convert::Infallible>(Some(Pipeline {
                closed: true,
                volume: None,
                ..(**current).clone()
            }))
        });
        let Ok(last) = closed;
        if last.tell_repeats(true) {
            // Some were counted behind the flush.
            let _ = last.flush(deadline);
        }
        close(&last);
        all_out
    }
}

/// Ends the outputs of a pipeline, and its schedules.
fn close(pipeline: &Pipeline) {
    let schedules = [&pipeline.schedule, &pipeline.noting, &pipeline.watching];
    schedules.into_iter().flatten().for_each(|schedule| schedule.stop());
    Output::close_all(pipeline.lanes.outputs());
    if let Some(volume) = &pipeline.volume {
        volume.let_all_go(&pipeline.counts);
    }
}
