//! Log records of the official SDK into Vigie.

use super::{flush, taken};
use crate::told::{Told, logger_name};
use opentelemetry::InstrumentationScope;
use opentelemetry::logs::Severity;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, SdkLogRecord};
use std::sync::Arc;
use std::time::Duration;
use vigie_core::Telemetry;
use vigie_core::host::Loggers;

/// An exporter of log records into Vigie. It never waits for a network, so that `SimpleLogProcessor` is enough.
#[derive(Debug, Clone)]
pub struct LogExporter {
    telemetry: Telemetry,
    loggers: Arc<Loggers>,
}

impl LogExporter {
    /// The exporter into `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone(), loggers: Arc::new(telemetry.loggers()) }
    }

    fn record(&self, record: &SdkLogRecord, scope: &InstrumentationScope) {
        let told = Told {
            scope: scope.name(),
            target: record.target().map(AsRef::as_ref),
            event_name: record.event_name(),
            time: record.timestamp().or(record.observed_timestamp()),
            severity: record.severity_number(),
            severity_text: record.severity_text(),
            body: record.body(),
            span: record.trace_context().map(|span| (span.trace_id, span.span_id, span.trace_flags)),
        };
        told.emit(&self.loggers, record.attributes_iter());
    }
}

impl opentelemetry_sdk::logs::LogExporter for LogExporter {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        batch.iter().for_each(|(record, scope)| self.record(record, scope));
        taken(&self.telemetry)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        flush(&self.telemetry, timeout)
    }

    /// Whether the settings `level` and `levels` let it through, so that bridges need not make what is left out. A record
    /// without a target is asked for again by its scope's name, which is not known here.
    fn event_enabled(&self, level: Severity, target: &str, _name: Option<&str>) -> bool {
        let severity = vigie_core::Severity::from_number(level as u8);
        target.is_empty()
            || self.loggers.with(logger_name(Some(target), ""), |logger| {
                severity.is_some_and(|severity| logger.enabled(severity))
            })
    }
}
