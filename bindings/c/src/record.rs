//! Whole log records as JSON documents, one or many a call: own time, ids, logger and error.
//! Not for the fast path, which needs no document: see `logger`.

use serde::Deserialize;
use serde_json::value::RawValue;
use vigie_core::host::global;
use vigie_core::{Logger, Severity, SpanContext, TraceFlags};

use crate::context::{resolve, span_context};
use crate::convert::{ErrorDocument, attributes, bytes, document, repaired, severity};
use crate::error::{Failure, VIGIE_E_JSON, VIGIE_OK, remember};
use crate::ffi::{ffi, ready};
use crate::logger::{VIGIE_INFO, emitted, with_logger};

/// A whole record: what the calls above take, and what only a document says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordDocument<'a> {
    #[serde(default)]
    level: Level,
    message: Option<String>,
    template: Option<String>,
    logger: Option<String>,
    timestamp_us: Option<i64>,
    trace_id: Option<String>,
    span_id: Option<String>,
    sampled: Option<bool>,
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
    error: Option<ErrorDocument>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Level {
    Number(i32),
    Name(String),
}

impl Default for Level {
    fn default() -> Self {
        Self::Number(VIGIE_INFO)
    }
}

impl Level {
    fn severity(&self) -> Result<Severity, Failure> {
        match self {
            Self::Number(number) => severity(*number),
            Self::Name(name) => Ok(Severity::parse(name)?),
        }
    }
}

impl RecordDocument<'_> {
    /// Ids of a span that is not ours; both or neither.
    fn span(&self) -> Result<Option<SpanContext>, Failure> {
        let (Some(trace), Some(span)) = (&self.trace_id, &self.span_id) else {
            return match (&self.trace_id, &self.span_id) {
                (None, None) => Ok(None),
                _ => Err(Failure::argument("trace_id and span_id: one without the other")),
            };
        };
        let flags = if self.sampled == Some(false) { TraceFlags::NOT_SAMPLED } else { TraceFlags::SAMPLED };
        Ok(Some(SpanContext { flags, ..span_context(trace, span)? }))
    }

    fn write(self, logger: &Logger, context: u64) -> Result<i32, Failure> {
        let severity = self.level.severity()?;
        let json = self.attributes.map_or("", RawValue::get);
        if !json.is_empty() && !json.starts_with('{') {
            return Err(Failure::new(VIGIE_E_JSON, "attributes: accepted: an object"));
        }
        let mut context = resolve(context)?;
        if let Some(span) = self.span()? {
            context = context.with_span(span);
        }
        let Some(mut record) = logger.record(severity) else { return Ok(VIGIE_OK) };
        record.set_context(&context);
        if let Some(timestamp_us) = self.timestamp_us {
            record.set_timestamp_us(timestamp_us);
        }
        match (&self.template, &self.message) {
            (Some(template), _) => record.template(template),
            (None, message) => record.message(message.as_deref().unwrap_or_default()),
        }
        let read = attributes(json.as_bytes(), &mut record.attributes());
        let described = self.error.map_or(Ok(()), |error| error.record(&mut record));
        let refused = record.is_refused();
        record.emit();
        read.and(described).and_then(|()| emitted(refused))
    }
}

/// Writes a whole record from a JSON object: level (name or number), message (finished text) or
/// template (with holes), logger, timestamp_us (microseconds since 1970, UTC), trace_id and span_id
/// and sampled (of a span that is not ours), attributes, error {type, message, stack, cause, errors,
/// attributes}.
/// Errors: VIGIE_E_JSON, VIGIE_E_ARG, nothing is written (a mistake in attributes that JSON readers
/// do not see excepted); VIGIE_E_CLOSED. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_log_record(record: *const u8, record_len: usize) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promise about text.
        write_document(0, 0, unsafe { bytes(record, record_len, "record")? })
    })
}

/// As vigie_log_record, through a logger and with a span or a context (0 the current one); the
/// document's own logger goes before `logger`, its own ids before the context's.
/// Errors: as vigie_log_record; VIGIE_E_HANDLE, nothing is written. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_logger_record(
    logger: u64,
    context: u64,
    record: *const u8,
    record_len: usize,
) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promise about text.
        write_document(logger, context, unsafe { bytes(record, record_len, "record")? })
    })
}

fn write_document(logger: u64, context: u64, json: &[u8]) -> Result<i32, Failure> {
    let json = repaired(json);
    let record: RecordDocument<'_> = document(&json)?;
    match &record.logger {
        Some(name) => {
            let named = global().logger(name);
            record.write(&named, context)
        }
        None => with_logger(logger, |logger| record.write(logger, context))?,
    }
}

/// Writes many records, one JSON object of vigie_log_record a line; empty lines are skipped.
/// `*accepted`, when not NULL, receives how many lines were taken.
/// Errors: the first line's that was not; the other lines are written all the same. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_log_batch(ndjson: *const u8, ndjson_len: usize, accepted: *mut u64) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promise about text.
        let lines = unsafe { bytes(ndjson, ndjson_len, "ndjson")? };
        let mut taken = 0_u64;
        let mut first_failure = None;
        for line in lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
        {
            match write_document(0, 0, line) {
                Ok(_) => taken += 1,
                Err(failure) => first_failure = first_failure.or(Some(failure)),
            }
        }
        if !accepted.is_null() {
            // SAFETY: not NULL; the caller promises that it is writable.
            unsafe { accepted.write(taken) };
        }
        Ok(first_failure.map_or(VIGIE_OK, remember))
    })
}
