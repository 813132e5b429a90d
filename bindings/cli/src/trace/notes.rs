//! Spans that are open, as their processes noted them beside the files.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use vigie_core::open_spans_beside;

use super::record::{self, End, Span};

/// A span that has not ended, or had not when its process did.
pub(super) struct Open {
    pub(super) trace_id: String,
    pub(super) span: Span,
}

/// Those beside the files, the oldest first.
pub(super) fn of(files: &[PathBuf]) -> Vec<Open> {
    let mut found = Vec::new();
    for noted in files.iter().flat_map(|path| open_spans_beside(path)) {
        let lines = noted.lines.split(|byte| *byte == b'\n');
        let lines = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        found.extend(lines.filter_map(|line| open(&line, noted.is_alive)));
    }
    found.sort_by_key(|open| open.span.start_ns);
    found
}

fn open(line: &Value, is_alive: bool) -> Option<Open> {
    let trace_id = record::trace_id(line)?.clone();
    let mut span = Span::read(line)?;
    if is_alive {
        span.end = End::Running;
        span.duration_ns = now_ns().saturating_sub(span.start_ns).max(span.duration_ns);
    }
    Some(Open { trace_id, span })
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
