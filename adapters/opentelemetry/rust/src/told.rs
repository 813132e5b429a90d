//! A log record of OpenTelemetry, whoever holds it, as a record of Vigie.

use crate::context::to_vigie;
use crate::values::{nanoseconds, write_any};
use opentelemetry::logs::{AnyValue, Severity};
use opentelemetry::{Context, Key, SpanId, TraceFlags, TraceId};
use std::time::SystemTime;
use vigie_core::ErrorInfo;
use vigie_core::host::Loggers;

/// What a record says.
pub(crate) struct Told<'r> {
    pub(crate) scope: &'r str,
    pub(crate) target: Option<&'r str>,
    pub(crate) event_name: Option<&'r str>,
    pub(crate) time: Option<SystemTime>,
    pub(crate) severity: Option<Severity>,
    pub(crate) severity_text: Option<&'r str>,
    pub(crate) body: Option<&'r AnyValue>,
    pub(crate) span: Option<(TraceId, SpanId, Option<TraceFlags>)>,
}

impl<'r> Told<'r> {
    /// Hands it to Vigie, unless its severity is filtered.
    pub(crate) fn emit(&self, loggers: &Loggers, attributes: impl Iterator<Item = &'r (Key, AnyValue)>) {
        let context = self.context();
        let message = match self.body {
            Some(AnyValue::String(text)) => text.as_str(),
            _ => "",
        };
        loggers.with(logger_name(self.target, self.scope), |logger| {
            let Some(mut record) = logger.record(self.severity()) else { return };
            record.set_context(&context);
            record.message(message);
            if let Some(time) = self.time {
                record.set_timestamp_us(nanoseconds(time).div_euclid(1_000));
            }
            let mut error = ErrorInfo::default();
            let mut writer = record.attributes();
            if let Some(name) = self.event_name {
                writer.attr("event", name);
            }
            if let Some(body) = self.body.filter(|body| !matches!(body, AnyValue::String(_))) {
                writer.key("body");
                write_any(&mut writer, body);
            }
            for (key, value) in attributes {
                match part_of(&mut error, key.as_str(), value) {
                    Some((part, text)) => part.push_str(text),
                    None => {
                        writer.key(key.as_str());
                        write_any(&mut writer, value);
                    }
                }
            }
            drop(writer);
            if error != ErrorInfo::default() {
                record.error(error);
            }
            record.emit();
        });
    }

    fn severity(&self) -> vigie_core::Severity {
        let number = self.severity.and_then(|severity| vigie_core::Severity::from_number(severity as u8));
        let named = || self.severity_text.and_then(|text| vigie_core::Severity::parse(text).ok());
        number.or_else(named).unwrap_or(vigie_core::Severity::INFO)
    }

    /// The current context, with the span that the record was told, if it was told one.
    fn context(&self) -> vigie_core::Context {
        let current = Context::map_current(to_vigie);
        let Some((trace_id, span_id, flags)) = self.span else { return current };
        if current.span.is_some_and(|span| (span.trace_id, span.span_id) == (trace_id, span_id)) {
            return current;
        }
        let flags = flags.unwrap_or_default();
        vigie_core::Context::root().with_span(vigie_core::SpanContext {
            trace_id,
            span_id,
            flags,
            is_remote: false,
        })
    }
}

/// Bridges of logging libraries have one scope and say the logger's name as the target.
pub(crate) fn logger_name<'r>(target: Option<&'r str>, scope: &'r str) -> &'r str {
    target.filter(|target| !target.is_empty()).unwrap_or(scope)
}

/// The part of an error that an attribute is (OpenTelemetry semantic conventions, exceptions in logs).
fn part_of<'e, 'v>(
    error: &'e mut ErrorInfo,
    key: &str,
    value: &'v AnyValue,
) -> Option<(&'e mut String, &'v str)> {
    let AnyValue::String(text) = value else { return None };
    let part = match key {
        "exception.type" => &mut error.type_name,
        "exception.message" => &mut error.message,
        "exception.stacktrace" => &mut error.stack,
        _ => return None,
    };
    part.clear();
    Some((part, text.as_str()))
}
