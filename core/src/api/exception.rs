//! Exceptions that spans record, as the setting `exceptions` says: as an event of the span, as a log record, or both.

use super::identity::Identity;
use super::log_record::LogRecord;
use super::recording::Recording;
use super::tracer::Span;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::error_info::ErrorInfo;
use crate::model::severity::Severity;
use arc_swap::Guard;
use std::sync::Arc;

/// The name of the event, of the span or of the record.
const EXCEPTION: &str = "exception";

impl Span {
    /// Records an exception (OpenTelemetry Trace API, "Record Exception"), at `time_ns` (since 1970-01-01 UTC) or now; the
    /// status is left alone. The setting `exceptions` says as what; `fill` runs once for each.
    pub fn record_exception(
        &mut self,
        error: &ErrorInfo,
        time_ns: Option<i64>,
        mut fill: impl FnMut(&mut AttributeWriter<'_>),
    ) {
        let Some(signals) = self.with_recording(|recording| recording.pipeline().exceptions) else { return };
        if signals.has_event() {
            self.add_event(EXCEPTION, time_ns, |writer| {
                describe(error, writer);
                fill(writer);
            });
        }
        if signals.has_log() {
            self.log_exception(error, time_ns, fill);
        }
    }

    #[cold]
    fn log_exception(
        &mut self,
        error: &ErrorInfo,
        time_ns: Option<i64>,
        fill: impl FnOnce(&mut AttributeWriter<'_>),
    ) {
        // An urgent record may wait for a worker that notes this span, so nothing of the span is held meanwhile.
        let owner =
            |recording: &mut Recording| (Arc::clone(recording.pipeline()), Identity::new(recording.scope()));
        let Some((pipeline, identity)) = self.with_recording(owner) else { return };
        if pipeline.levels.threshold(identity.name()) > Severity::ERROR.number() {
            return;
        }
        let message = error.status_message();
        let mut record = LogRecord::new(&identity, Guard::from_inner(pipeline), Severity::ERROR);
        record.set_context(self.context());
        if let Some(time_ns) = time_ns {
            record.set_timestamp_ns(time_ns);
        }
        record.message(&message);
        let mut writer = record.attributes();
        writer.attr("event", EXCEPTION);
        fill(&mut writer);
        drop(writer);
        record.error(error.clone());
        record.emit();
    }
}

/// The attributes of the event (OpenTelemetry semantic conventions, exceptions).
fn describe(error: &ErrorInfo, writer: &mut AttributeWriter<'_>) {
    let parts = [
        ("exception.type", &error.type_name),
        ("exception.message", &error.message),
        ("exception.stacktrace", &error.stack),
    ];
    for (key, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
        writer.attr(key, text);
    }
}
