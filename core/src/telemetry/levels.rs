//! Levels that the program sets while it runs.
//!
//! Not for those that are changed from outside: see `watch`.

use super::handle::Telemetry;
use crate::api::pipeline::Pipeline;
use crate::model::severity::Severity;
use std::convert::Infallible;
use std::sync::Arc;

impl Telemetry {
    /// Sets the least severity that is recorded: of a logger and those below its name, or of all loggers without a name. What is
    /// set for the longest name holds, as in the configuration, over which this stands until `init` or `reconfigure`. Without a
    /// level what is configured holds again. Configures if nothing did so far.
    pub fn set_level(&self, logger: Option<&str>, level: Option<Severity>) {
        self.ensure();
        let Ok(_) = self.hub.replace(|before| {
            let levels = before.levels.changed(|set| set.set(logger, level));
            Ok::<_, Infallible>(Some(Pipeline { levels: Arc::new(levels), ..(**before).clone() }))
        });
    }

    /// Changes whenever levels may have changed, for faces that keep copies of them.
    #[must_use]
    pub fn levels_epoch(&self) -> u64 {
        self.hub.epoch()
    }

    /// Whether levels may be changed outside of the process, so that [`Self::levels_epoch`] is worth looking at.
    #[must_use]
    pub fn levels_are_watched(&self) -> bool {
        self.hub.peek().watching.is_some()
    }
}
