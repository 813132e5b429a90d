//! The bulk interface of Elasticsearch and OpenSearch: an action line before each line, and a verdict for each.

use crate::buffer::records::Batch;
use crate::model::signal::Signal;
use crate::output::exporter::Export;
use crate::output::http::{Protocol, Reply, without};
use crate::output::progress::Progress;
use crate::stats::DropReason;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// It works for an index and for a data stream, which takes no other action.
const ACTION: &[u8] = b"{\"create\":{}}\n";

/// The server has no room for the document at the moment.
const BUSY: u16 = 429;

/// The server has a document with this id: it took it before.
const CONFLICT: u16 = 409;

/// The protocol.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    /// Each line comes with its action, which names an id for it.
    is_identified: bool,
    known: Known,
}

/// What is known of a batch that was answered in part.
#[derive(Debug, Default)]
struct Known {
    /// The records to send again; empty for all.
    open: Vec<usize>,
    /// Records that the server does not take.
    rejected: u64,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errors: bool,
    #[serde(default)]
    items: Vec<BTreeMap<String, Item>>,
}

#[derive(Deserialize)]
struct Item {
    status: u16,
    #[serde(default)]
    error: Option<Cause>,
}

#[derive(Deserialize)]
struct Cause {
    #[serde(default)]
    reason: String,
}

impl Known {
    fn is_open(&self, position: usize) -> bool {
        self.open.is_empty() || self.open.binary_search(&position).is_ok()
    }
}

impl Bulk {
    /// For lines that [`Protocol::identify`] has prepared, or for lines as they are.
    pub(super) fn new(is_identified: bool) -> Self {
        Self { is_identified, known: Known::default() }
    }

    /// What became of the batch when `lost` of its records are lost besides those that were rejected before.
    fn ended(&mut self, lost: u64, reason: DropReason, batch: &Batch<'_>) -> Export {
        without(std::mem::take(&mut self.known).rejected + lost, reason, batch)
    }
}

impl Protocol for Bulk {
    fn content_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    fn wanted(&self) -> &'static str {
        "lines for an index are taken at /INDEX/_bulk"
    }

    fn request(&mut self, batch: &Batch<'_>, out: &mut Vec<u8>) {
        for (position, (_, line)) in batch.records().enumerate() {
            if self.known.is_open(position) {
                let action = if self.is_identified { &[] } else { ACTION };
                out.extend_from_slice(action);
                out.extend_from_slice(line);
            }
        }
    }

    fn identify(&self, _: Signal, record: &[u8], id: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{{\"create\":{{\"_id\":\"{id}\"}}}}\n").as_bytes());
        out.extend_from_slice(record);
    }

    fn accepted(&mut self, reply: &Reply, batch: &Batch<'_>, progress: &Progress) -> Export {
        // What cannot be read says nothing against the documents: the status was a success.
        let answer = serde_json::from_slice::<Answer>(&reply.body).ok().filter(|answer| answer.errors);
        let mut busy = Vec::new();
        let sent = (0..batch.len() as usize).filter(|position| self.known.is_open(*position));
        let items = answer.into_iter().flat_map(|answer| answer.items);
        let verdicts: Vec<_> = sent.zip(items.filter_map(|item| item.into_values().next())).collect();
        for (position, item) in verdicts {
            match item.status {
                BUSY => busy.push(position),
                200..=299 => {}
                CONFLICT if self.is_identified => {}
                status => {
                    self.known.rejected += 1;
                    let reason = item.error.map(|error| error.reason).unwrap_or_default();
                    progress.failed(format!("a line was answered {status}: {reason}"));
                }
            }
        }
        if busy.is_empty() {
            return self.ended(0, DropReason::Rejected, batch);
        }
        self.known.open = busy;
        Export::Retry(Duration::ZERO)
    }

    fn lost(&mut self, batch: &Batch<'_>, reason: DropReason) -> Export {
        let open = &self.known.open;
        let open = if open.is_empty() { batch.len() } else { open.len() as u64 };
        self.ended(open, reason, batch)
    }

    fn divided(&mut self) {
        self.known = Known::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::records::Records;
    use crate::model::signal::Signal;

    fn lines(count: usize) -> Records {
        let mut lines = Records::default();
        (0..count).for_each(|at| lines.push(Signal::Logs, format!("{{\"n\":{at}}}\n").as_bytes()));
        lines
    }

    fn answer(statuses: &[u16]) -> Reply {
        let item =
            |status: &u16| format!("{{\"create\":{{\"status\":{status},\"error\":{{\"reason\":\"why\"}}}}}}");
        let items: Vec<_> = statuses.iter().map(item).collect();
        let body = format!("{{\"took\":1,\"errors\":true,\"items\":[{}]}}", items.join(",")).into_bytes();
        Reply { status: 200, body, ..Reply::default() }
    }

    fn sent(bulk: &mut Bulk, lines: &Records) -> String {
        let mut out = Vec::new();
        bulk.request(&lines.batch(), &mut out);
        String::from_utf8(out).unwrap().replace("{\"create\":{}}\n", "+")
    }

    #[test]
    fn a_line_that_the_server_has_no_room_for_goes_again_alone() {
        let (mut bulk, lines, progress) = (Bulk::default(), lines(4), Progress::default());
        assert_eq!(sent(&mut bulk, &lines), "+{\"n\":0}\n+{\"n\":1}\n+{\"n\":2}\n+{\"n\":3}\n");
        let first = bulk.accepted(&answer(&[201, 429, 400, 429]), &lines.batch(), &progress);
        assert_eq!(first, Export::Retry(Duration::ZERO));
        assert_eq!(sent(&mut bulk, &lines), "+{\"n\":1}\n+{\"n\":3}\n");
        let second = bulk.accepted(&answer(&[429, 201]), &lines.batch(), &progress);
        assert_eq!(second, Export::Retry(Duration::ZERO));
        assert_eq!(sent(&mut bulk, &lines), "+{\"n\":1}\n");
        let last = bulk.accepted(&answer(&[201]), &lines.batch(), &progress);
        assert_eq!(last, Export::Partial { delivered: 3, reason: DropReason::Rejected });
        assert_eq!(sent(&mut bulk, &lines).matches('+').count(), 4, "the next batch is whole");
    }

    #[test]
    fn what_cannot_be_sent_at_last_is_lost_and_no_more() {
        let (mut bulk, lines, progress) = (Bulk::default(), lines(3), Progress::default());
        bulk.accepted(&answer(&[201, 429, 400]), &lines.batch(), &progress);
        let lost = bulk.lost(&lines.batch(), DropReason::Expired);
        assert_eq!(lost, Export::Partial { delivered: 1, reason: DropReason::Expired });
        assert_eq!(bulk.lost(&lines.batch(), DropReason::Tls), Export::Refused(DropReason::Tls));
    }

    #[test]
    fn what_was_there_already_has_arrived_where_lines_have_ids() {
        let (plain, progress) = (lines(3), Progress::default());
        let mut identified = Records::default();
        for (at, (signal, line)) in plain.batch().records().enumerate() {
            identified.encode(signal, |out| Bulk::default().identify(signal, line, &format!("id-{at}"), out));
        }
        let mut bulk = Bulk::new(true);
        let action = |at: usize| format!("{{\"create\":{{\"_id\":\"id-{at}\"}}}}\n{{\"n\":{at}}}\n");
        assert_eq!(sent(&mut bulk, &identified), [0, 1, 2].map(action).concat());
        let first = bulk.accepted(&answer(&[409, 429, 400]), &identified.batch(), &progress);
        assert_eq!(first, Export::Retry(Duration::ZERO));
        assert_eq!(sent(&mut bulk, &identified), action(1));
        let last = bulk.accepted(&answer(&[409]), &identified.batch(), &progress);
        assert_eq!(last, Export::Partial { delivered: 2, reason: DropReason::Rejected });
        // A server that says so of a line without an id means something else.
        let refused = Bulk::new(false).accepted(&answer(&[409, 201, 201]), &plain.batch(), &progress);
        assert_eq!(refused, Export::Partial { delivered: 2, reason: DropReason::Rejected });
    }

    #[test]
    fn a_success_that_cannot_be_read_is_a_success() {
        let (mut bulk, lines, progress) = (Bulk::default(), lines(1), Progress::default());
        for body in ["", "{", "[]", "{\"errors\":false}"] {
            let reply = Reply { status: 200, body: body.into(), ..Reply::default() };
            assert_eq!(bulk.accepted(&reply, &lines.batch(), &progress), Export::Delivered, "{body}");
        }
    }
}
