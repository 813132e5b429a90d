//! What one trace holds: every span and every log that carries its id.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::notes::Open;
use super::record::{self, Log, Span};
use crate::lines;
use crate::outcome::Failure;

/// Everything that carries one trace id.
pub(super) struct Trace {
    pub(super) id: String,
    pub(super) spans: Vec<Span>,
    pub(super) logs: Vec<Log>,
}

impl Trace {
    /// Reads the spans and the logs that carry `id`, spans of it that are open among them; logs are put in order of time.
    pub(super) fn load(id: String, files: &[PathBuf], open: Vec<Open>) -> Result<Trace, Failure> {
        let mut trace = Trace { id, spans: Vec::new(), logs: Vec::new() };
        for path in files {
            lines::each_line(path, |line| {
                let Ok(line) = serde_json::from_slice::<serde_json::Value>(line.bytes) else {
                    return Ok(());
                };
                if record::trace_id(&line) != Some(&trace.id) {
                    return Ok(());
                }
                match record::kind(&line) {
                    record::Kind::Span => trace.spans.extend(Span::read(&line)),
                    record::Kind::Log => trace.logs.extend(Log::read(line)),
                    record::Kind::Metric => {}
                }
                Ok(())
            })?;
        }
        for Open { trace_id, span } in open {
            // It may have ended since it was noted.
            let is_known = trace.spans.iter().any(|known| known.span_id == span.span_id);
            if trace_id == trace.id && !is_known {
                trace.spans.push(span);
            }
        }
        trace.logs.sort_by_key(|log| log.time_us);
        Ok(trace)
    }

    /// Every service that has a span or a log in the trace.
    pub(super) fn services(&self) -> BTreeSet<&str> {
        let spans = self.spans.iter().map(|s| s.origin.service.as_str());
        spans.chain(self.logs.iter().map(|l| l.origin.service.as_str())).collect()
    }

    /// When the trace begins and ends, in nanoseconds since 1970.
    pub(super) fn range_ns(&self) -> (i64, i64) {
        let logs = self.logs.iter().map(|l| l.time_us.saturating_mul(1000));
        let starts = self.spans.iter().map(|s| s.start_ns).chain(logs.clone());
        let ends = self.spans.iter().map(Span::end_ns).chain(logs);
        (starts.min().unwrap_or(0), ends.max().unwrap_or(0))
    }
}
