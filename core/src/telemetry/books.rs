//! `stats()`: every output's books and the process's counters as one JSON object.
//!
//! Not for counting: see `stats`.

use crate::api::pipeline::Pipeline;
use crate::encode::timestamp::rfc3339_of_data;
use crate::guard;
use crate::output::running::Output;
use crate::stats::{Counts, DropReason, RedactionRule};
use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) fn to_json(pipeline: &Pipeline) -> String {
    let counts = &pipeline.counts;
    let outputs: Vec<Value> = pipeline.lanes.outputs().iter().map(|output| of(output)).collect();
    json!({
        "outputs": outputs,
        "sanitized": { "utf8": counts.sanitized_utf8.get() },
        "truncated": counts.truncated.get(),
        "redacted": counts.redacted.get(),
        "redacted_by": redacted_by(counts),
        "reserved_keys": counts.reserved_keys.get(),
        "markers": counts.markers.get(),
        "internal_panics": guard::panics(),
        "open_spans": counts.open_spans.get(),
        "leaked_spans": counts.leaked_spans.get(),
        "refused_spans": counts.refused_spans.get(),
        "undecided_spans": counts.undecided_spans.get(),
        "span_items_dropped": counts.span_items_dropped.get(),
        "unknown_span_kinds": counts.unknown_span_kinds.get(),
        "left_out_logs": {
            "share": counts.logs_by_share.get(),
            "per_second": counts.logs_by_rate.get(),
            "fold": counts.logs_folded.get(),
            "trail": counts.logs_let_go.get(),
        },
        "left_out": counts.left_out.get(),
        "series_overflow": counts.series_overflow.get(),
        "invalid_measurements": counts.invalid_measurements.get(),
    })
    .to_string()
}

/// The rules and patterns that masked something, each with how many values.
fn redacted_by(counts: &Counts) -> Map<String, Value> {
    let rules = RedactionRule::ALL.iter().zip(&counts.redacted_by_rule);
    let rules = rules.map(|(rule, count)| (rule.as_str().to_owned(), count.get()));
    let all = rules.chain(counts.redacted_by_pattern.all());
    all.filter(|(_, count)| *count > 0).map(|(name, count)| (name, count.into())).collect()
}

/// An instant as lines show it.
fn shown(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let stamp = rfc3339_of_data(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
    String::from_utf8_lossy(&stamp).into_owned()
}

fn of(output: &Output) -> Value {
    let books = output.books();
    let failure = output.last_failure();
    let dropped: Map<String, Value> = DropReason::ALL
        .iter()
        .zip(books.dropped)
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| (reason.as_str().to_owned(), count.into()))
        .collect();
    let mut said = json!({
        "to": output.kind(),
        "name": output.label(),
        "accepted": books.accepted,
        "delivered": books.delivered,
        "dropped": dropped,
        "queued": books.queued,
        "spooled": books.spooled,
        "healthy": output.is_healthy(),
        "last_success": output.last_success().map(shown),
        "last_error_at": failure.as_ref().map(|failure| shown(failure.at)),
        "last_error": failure.map(|failure| failure.what),
        "failed_attempts": output.failed_attempts(),
        "oldest_queued_s": output.oldest_queued().map(|age| age.as_secs_f64()),
    });
    if let (Some(endpoint), Some(said)) = (output.endpoint(), said.as_object_mut()) {
        said.extend(endpoint.report());
    }
    said
}
