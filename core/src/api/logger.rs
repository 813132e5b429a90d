//! Loggers: a name, what it is bound to, and the gate in front of records.
//!
//! Not for the record itself: see `api::log_record`.

use super::hub::Hub;
use super::identity::Identity;
use super::levels::LEVEL_UNKNOWN;
use super::log_record::LogRecord;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::severity::Severity;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Records log records under a name. Cheap to clone, usable from any thread.
#[derive(Debug, Clone)]
pub struct Logger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hub: Arc<Hub>,
    identity: Identity,
    level: Arc<AtomicU8>,
}

impl Logger {
    /// The logger `name`. Creating one is not use: nothing is configured by it.
    pub(crate) fn new(hub: Arc<Hub>, name: &str) -> Self {
        let level = hub.level_cell(name);
        Self(Arc::new(Inner { hub, identity: Identity::new(name), level }))
    }

    /// The logger's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.identity.name()
    }

    /// Whether a record of `severity` would be recorded. One atomic load.
    #[inline]
    #[must_use]
    pub fn enabled(&self, severity: Severity) -> bool {
        let threshold = self.0.level.load(Ordering::Relaxed);
        if threshold == LEVEL_UNKNOWN {
            return self.configured_threshold() <= severity.number();
        }
        threshold <= severity.number()
    }

    /// The number of the least severity that is recorded, for faces that keep a copy of it.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        match self.0.level.load(Ordering::Relaxed) {
            LEVEL_UNKNOWN => self.configured_threshold(),
            known => known,
        }
    }

    #[cold]
    fn configured_threshold(&self) -> u8 {
        self.0.hub.live().threshold(self.0.identity.name())
    }

    /// Whether the level of another library, which has let a record through, is all that counts: a level that was set
    /// here counts too, the one that holds where none was set does not.
    #[cold]
    fn leaves_it_to_others(&self, severity: Severity) -> bool {
        let live = self.0.hub.live();
        live.set_threshold(self.0.identity.name()) <= severity.number()
    }

    /// The number of the least severity that is recorded of what another library has let through, for faces that keep a
    /// copy of it.
    #[must_use]
    pub fn threshold_for_others(&self) -> u8 {
        self.threshold().min(self.0.hub.live().set_threshold(self.0.identity.name()))
    }

    /// A child whose records also carry what `fill` writes.
    #[must_use]
    pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Self {
        Self(Arc::new(Inner {
            hub: Arc::clone(&self.0.hub),
            identity: self.0.identity.bind(&self.0.hub.peek(), fill),
            level: Arc::clone(&self.0.level),
        }))
    }

    /// What the logger is bound to, as one JSON object with secrets masked, for faces that send a logger
    /// to another process. Binary data and numbers beyond JSON's are texts in it.
    #[must_use]
    pub fn bound_json(&self) -> String {
        self.0.identity.bound_json(&self.0.hub.peek())
    }

    /// Begins a record; nothing when it is filtered.
    // A call would hand the record back through memory, at three times the price of the test that filters it.
    #[inline(always)]
    #[must_use]
    pub fn record(&self, severity: Severity) -> Option<LogRecord<'_>> {
        if !self.enabled(severity) {
            return None;
        }
        Some(LogRecord::new(&self.0.identity, self.0.hub.live(), severity))
    }

    /// Begins a record that the level of another library has let through. A level filters it only if it was set.
    #[inline]
    #[must_use]
    pub fn record_let_through(&self, severity: Severity) -> Option<LogRecord<'_>> {
        if !self.enabled(severity) && !self.leaves_it_to_others(severity) {
            return None;
        }
        Some(LogRecord::new(&self.0.identity, self.0.hub.live(), severity).let_through())
    }

    /// Begins a record whose level was asked when it was made: another one may be in force by now.
    #[inline]
    #[must_use]
    pub fn record_asked_before(&self, severity: Severity) -> LogRecord<'_> {
        LogRecord::new(&self.0.identity, self.0.hub.live(), severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::telemetry::Telemetry;
    use serde_json::json;

    fn lets_through(config: Config, severity: Severity) -> bool {
        let telemetry = Telemetry::new(config.output(json!({"to": "memory"}))).unwrap();
        telemetry.logger("shop.cart").record_let_through(severity).is_some()
    }

    #[test]
    fn another_librarys_level_counts_until_one_is_set_here() {
        assert!(lets_through(Config::new("shop"), Severity::TRACE));
        assert!(!lets_through(Config::new("shop").level("info"), Severity::DEBUG));
        assert!(!lets_through(Config::new("shop").logger_level("shop", "info"), Severity::DEBUG));
        assert!(lets_through(Config::new("shop").logger_level("other", "info"), Severity::DEBUG));
        assert!(lets_through(Config::new("shop").level("warn"), Severity::WARN));
        let off = Telemetry::new(Config::new("shop").set("disabled", true)).unwrap();
        assert!(off.logger("shop").record_let_through(Severity::FATAL).is_none());
    }

    #[test]
    fn a_message_that_another_library_filled_keeps_its_template() {
        let telemetry = Telemetry::new(Config::new("shop").output(json!({"to": "memory"}))).unwrap();
        let logger = telemetry.logger("shop");
        let mut record = logger.record(Severity::INFO).unwrap();
        record.message("{a} of 2");
        record.filled_from("%s of %d");
        record.happened_at_ns(1_500);
        record.emit();
        assert!(telemetry.flush(std::time::Duration::from_secs(5)));
        let lines = telemetry.memory_lines().join("");
        assert!(lines.contains(r#""message":"{a} of 2""#), "{lines}");
        assert!(lines.contains(r#""template":"%s of %d""#), "{lines}");
        assert!(lines.contains("1970-01-01T00:00:00.000001Z"), "{lines}");
    }
}
