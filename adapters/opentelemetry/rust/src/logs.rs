//! The logs of the OpenTelemetry API, for bridges of logging libraries that are written to it.
//!
//! Not for how a record is handed on: see `told`.

use crate::told::{Told, logger_name};
use opentelemetry::logs::{AnyValue, Severity};
use opentelemetry::{Context, InstrumentationScope, Key, SpanId, TraceFlags, TraceId};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;
use vigie_core::Telemetry;
use vigie_core::host::Loggers;

/// A logger provider of the OpenTelemetry API over Vigie.
#[derive(Debug, Clone)]
pub struct LoggerProvider(Arc<Loggers>);

impl LoggerProvider {
    /// The provider over `telemetry`.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        Self(Arc::new(telemetry.loggers()))
    }
}

impl opentelemetry::logs::LoggerProvider for LoggerProvider {
    type Logger = Logger;

    fn logger_with_scope(&self, scope: InstrumentationScope) -> Logger {
        Logger { loggers: Arc::clone(&self.0), scope }
    }
}

/// A logger of the OpenTelemetry API. Its records go to Vigie's logger of their target, or of its scope's name.
#[derive(Debug, Clone)]
pub struct Logger {
    loggers: Arc<Loggers>,
    scope: InstrumentationScope,
}

impl opentelemetry::logs::Logger for Logger {
    type LogRecord = LogRecord;

    fn create_log_record(&self) -> LogRecord {
        LogRecord::default()
    }

    fn emit(&self, record: LogRecord) {
        if Context::is_current_telemetry_suppressed() {
            return;
        }
        let told = Told {
            scope: self.scope.name(),
            target: record.target.as_deref(),
            event_name: record.event_name,
            time: record.timestamp.or(record.observed_timestamp),
            severity: record.severity,
            severity_text: record.severity_text,
            body: record.body.as_ref(),
            span: record.span,
        };
        told.emit(&self.loggers, record.attributes.iter());
    }

    fn event_enabled(&self, level: Severity, target: &str, _name: Option<&str>) -> bool {
        let severity = vigie_core::Severity::from_number(level as u8);
        let name = logger_name(Some(target), self.scope.name());
        !Context::is_current_telemetry_suppressed()
            && self.loggers.with(name, |logger| severity.is_some_and(|severity| logger.enabled(severity)))
    }
}

/// A log record of the OpenTelemetry API that is being described.
#[derive(Debug, Default)]
pub struct LogRecord {
    event_name: Option<&'static str>,
    target: Option<Cow<'static, str>>,
    timestamp: Option<SystemTime>,
    observed_timestamp: Option<SystemTime>,
    severity: Option<Severity>,
    severity_text: Option<&'static str>,
    body: Option<AnyValue>,
    attributes: Vec<(Key, AnyValue)>,
    span: Option<(TraceId, SpanId, Option<TraceFlags>)>,
}

impl opentelemetry::logs::LogRecord for LogRecord {
    fn set_event_name(&mut self, name: &'static str) {
        self.event_name = Some(name);
    }

    fn set_target<T>(&mut self, target: T)
    where
        T: Into<Cow<'static, str>>,
    {
        self.target = Some(target.into());
    }

    fn set_timestamp(&mut self, timestamp: SystemTime) {
        self.timestamp = Some(timestamp);
    }

    fn set_observed_timestamp(&mut self, timestamp: SystemTime) {
        self.observed_timestamp = Some(timestamp);
    }

    fn set_severity_text(&mut self, text: &'static str) {
        self.severity_text = Some(text);
    }

    fn set_severity_number(&mut self, number: Severity) {
        self.severity = Some(number);
    }

    fn set_body(&mut self, body: AnyValue) {
        self.body = Some(body);
    }

    fn add_attributes<I, K, V>(&mut self, attributes: I)
    where
        I: IntoIterator<Item = (K, V)>,
        K: Into<Key>,
        V: Into<AnyValue>,
    {
        self.attributes.extend(attributes.into_iter().map(|(key, value)| (key.into(), value.into())));
    }

    fn add_attribute<K, V>(&mut self, key: K, value: V)
    where
        K: Into<Key>,
        V: Into<AnyValue>,
    {
        self.attributes.push((key.into(), value.into()));
    }

    fn set_trace_context(&mut self, trace_id: TraceId, span_id: SpanId, trace_flags: Option<TraceFlags>) {
        self.span = Some((trace_id, span_id, trace_flags));
    }
}
