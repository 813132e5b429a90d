//! Requests of lines, and what an InfluxDB answers.

use super::verdict::{self, Verdict};
use crate::buffer::records::Batch;
use crate::output::exporter::Export;
use crate::output::http::{Protocol, Reply, without};
use crate::output::progress::Progress;
use crate::stats::DropReason;
use std::time::Duration;

/// What is known of the batch that is on its way.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Positions of lines that the server cannot read, in order: they are not sent again.
    unread: Vec<usize>,
}

impl Lines {
    fn is_unread(&self, position: usize) -> bool {
        self.unread.binary_search(&position).is_ok()
    }

    /// The lines that are sent, with their positions.
    fn sent<'b>(&self, batch: &Batch<'b>) -> impl Iterator<Item = (usize, &'b [u8])> {
        let all = batch.records().map(|(_, line)| line).enumerate();
        all.filter(|(position, _)| !self.is_unread(*position))
    }

    /// What became of the batch when `refused` of what was sent were not taken.
    fn ended(&mut self, refused: u64, batch: &Batch<'_>) -> Export {
        let unread = std::mem::take(&mut self.unread).len() as u64;
        without(unread + refused, DropReason::Rejected, batch)
    }
}

impl Protocol for Lines {
    fn content_type(&self) -> &'static str {
        "text/plain; charset=utf-8"
    }

    fn wanted(&self) -> &'static str {
        "an InfluxDB 1.x takes lines at /write?db=..., a later one at /api/v2/write?org=...&bucket=..."
    }

    fn request(&mut self, batch: &Batch<'_>, out: &mut Vec<u8>) {
        self.sent(batch).for_each(|(_, line)| out.extend_from_slice(line));
    }

    fn accepted(&mut self, _: &Reply, batch: &Batch<'_>, _: &Progress) -> Export {
        self.ended(0, batch)
    }

    fn refused(&mut self, reply: &Reply, batch: &Batch<'_>, _: &Progress) -> Export {
        let (positions, lines): (Vec<usize>, Vec<&[u8]>) = self.sent(batch).unzip();
        match verdict::of(&reply.body, lines.into_iter()) {
            Verdict::Written { but } => self.ended(but, batch),
            Verdict::Unread(unread) if unread.len() < positions.len() => {
                self.unread.extend(unread.into_iter().filter_map(|at| positions.get(at)));
                self.unread.sort_unstable();
                Export::Retry(Duration::ZERO)
            }
            Verdict::SomeUnread if positions.len() > 1 => {
                self.divided();
                Export::Split
            }
            Verdict::Unread(_) | Verdict::SomeUnread | Verdict::Refused => {
                self.ended(positions.len() as u64, batch)
            }
        }
    }

    fn lost(&mut self, _: &Batch<'_>, reason: DropReason) -> Export {
        self.divided();
        Export::Refused(reason)
    }

    fn divided(&mut self) {
        self.unread.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::records::Records;
    use crate::model::signal::Signal;

    fn lines(count: usize) -> Records {
        let mut lines = Records::default();
        (0..count).for_each(|at| lines.push(Signal::Metrics, format!("m v={at} 1\n").as_bytes()));
        lines
    }

    fn refused(protocol: &mut Lines, batch: &Records, body: &str) -> Export {
        let reply = Reply { status: 400, body: body.into(), ..Reply::default() };
        protocol.refused(&reply, &batch.batch(), &Progress::default())
    }

    fn request(protocol: &mut Lines, batch: &Records) -> String {
        let mut out = Vec::new();
        protocol.request(&batch.batch(), &mut out);
        String::from_utf8(out).unwrap()
    }

    fn accepted(protocol: &mut Lines, batch: &Records) -> Export {
        let reply = Reply { status: 204, ..Reply::default() };
        protocol.accepted(&reply, &batch.batch(), &Progress::default())
    }

    #[test]
    fn only_the_lines_that_cannot_be_read_are_lost() {
        let (mut protocol, batch) = (Lines::default(), lines(4));
        let again = Export::Retry(Duration::ZERO);
        let bad = |at: usize| format!(r#"{{"message":"unable to parse 'm v={at} 1': no"}}"#);
        assert_eq!(refused(&mut protocol, &batch, &bad(2)), again);
        assert_eq!(request(&mut protocol, &batch), "m v=0 1\nm v=1 1\nm v=3 1\n");
        assert_eq!(refused(&mut protocol, &batch, &bad(0)), again);
        assert_eq!(request(&mut protocol, &batch), "m v=1 1\nm v=3 1\n");
        let partial = Export::Partial { delivered: 2, reason: DropReason::Rejected };
        assert_eq!(accepted(&mut protocol, &batch), partial);
        assert_eq!(request(&mut protocol, &batch).lines().count(), 4, "the next batch is whole");
        assert_eq!(accepted(&mut protocol, &batch), Export::Delivered);
    }

    #[test]
    fn what_was_written_is_not_sent_again() {
        let (mut protocol, batch) = (Lines::default(), lines(4));
        let conflict = r#"{"error":"partial write: field type conflict dropped=3"}"#;
        let partial = Export::Partial { delivered: 1, reason: DropReason::Rejected };
        assert_eq!(refused(&mut protocol, &batch, conflict), partial);
        let all = r#"{"error":"partial write: points beyond retention policy dropped=4"}"#;
        assert_eq!(refused(&mut protocol, &batch, all), Export::Refused(DropReason::Rejected));
    }

    #[test]
    fn a_line_that_nobody_names_is_looked_for_by_halves() {
        let (mut protocol, batch) = (Lines::default(), lines(4));
        let other = r#"{"message":"unable to parse 'm v=': missing field value"}"#;
        assert_eq!(refused(&mut protocol, &batch, other), Export::Split);
        assert_eq!(refused(&mut protocol, &lines(1), other), Export::Refused(DropReason::Rejected));
        let refusal = refused(&mut protocol, &batch, r#"{"error":"database is required"}"#);
        assert_eq!(refusal, Export::Refused(DropReason::Rejected), "and a refusal of all is one");
    }
}
