//! A request of OTLP over HTTP, and what its reply says.

use super::super::http::{Protocol, Reply, without};
use crate::buffer::records::Batch;
use crate::encode::otlp::{Encoding, Requests};
use crate::model::resource::Resource;
use crate::model::signal::Signal;
use crate::output::exporter::Export;
use crate::output::progress::Progress;
use crate::stats::DropReason;
use serde_json::Value;

/// One signal of a collector.
#[derive(Debug)]
pub(super) struct Otlp {
    signal: Signal,
    encoding: Encoding,
    requests: Requests,
}

/// What a collector says of records that it does not take.
#[derive(Debug, Default, PartialEq, Eq)]
struct PartialSuccess {
    rejected: u64,
    message: String,
}

impl Otlp {
    pub(super) fn new(signal: Signal, encoding: Encoding, resource: &Resource) -> Self {
        Self { signal, encoding, requests: Requests::new(encoding, resource) }
    }
}

impl Protocol for Otlp {
    fn content_type(&self) -> &'static str {
        self.requests.content_type()
    }

    fn wanted(&self) -> &'static str {
        match self.signal {
            Signal::Logs => {
                "a collector takes logs at /v1/logs, by HTTP, at port 4318 as a rule, not at 4317, which is gRPC's"
            }
            Signal::Spans => {
                "a collector takes spans at /v1/traces, by HTTP, at port 4318 as a rule, not at 4317, which is gRPC's"
            }
            Signal::Metrics => {
                "a collector takes metrics at /v1/metrics, by HTTP, at port 4318 as a rule, not at 4317, which is gRPC's"
            }
        }
    }

    fn request(&mut self, batch: &Batch<'_>, out: &mut Vec<u8>) {
        self.requests.write_body(self.signal, batch.records().map(|(_, piece)| piece), out);
    }

    fn origin(&self) -> Vec<u8> {
        self.requests.resource().to_vec()
    }

    fn speak_for(&mut self, origin: &[u8]) {
        self.requests = Requests::of_resource(self.encoding, origin.to_vec());
    }

    /// A span has an id of its own, and a point its series and time.
    fn identify(&self, signal: Signal, record: &[u8], id: &str, out: &mut Vec<u8>) {
        if signal == Signal::Logs {
            self.requests.identify_log(record, id, out);
        } else {
            out.extend_from_slice(record);
        }
    }

    /// A success that cannot be read is a success: the specification forbids to send again what was accepted in part.
    fn accepted(&mut self, reply: &Reply, batch: &Batch<'_>, progress: &Progress) -> Export {
        let partial = match self.encoding {
            Encoding::Protobuf => from_protobuf(&reply.body),
            Encoding::Json => from_json(&reply.body),
        };
        let PartialSuccess { rejected, message } = partial.unwrap_or_default();
        if rejected > 0 || !message.is_empty() {
            let signal = self.signal.as_str();
            progress.failed(match rejected {
                0 => format!("the collector takes all {signal}, and says: {message}"),
                1 => format!("the collector refuses one of the {signal}: {message}"),
                _ => format!("the collector refuses {rejected} {signal}: {message}"),
            });
        }
        without(rejected, DropReason::Rejected, batch)
    }
}

/// `partial_success` is field 1 of each signal's response; in it, the count is field 1 and the message field 2.
fn from_protobuf(body: &[u8]) -> Option<PartialSuccess> {
    let mut partial = PartialSuccess::default();
    for (number, value) in fields(body)? {
        let (1, Field::Bytes(inside)) = (number, value) else { continue };
        for (number, value) in fields(inside)? {
            match (number, value) {
                (1, Field::Number(rejected)) => {
                    partial.rejected = rejected.cast_signed().max(0).cast_unsigned()
                }
                (2, Field::Bytes(text)) => partial.message = String::from_utf8_lossy(text).into_owned(),
                _ => {}
            }
        }
    }
    Some(partial)
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message; nothing when it is none.
fn fields(mut rest: &[u8]) -> Option<Vec<(u64, Field<'_>)>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let tag = number(&mut rest)?;
        let field = match tag & 7 {
            0 => Field::Number(number(&mut rest)?),
            1 => Field::Bytes(take(&mut rest, 8)?),
            2 => {
                let length = usize::try_from(number(&mut rest)?).ok()?;
                Field::Bytes(take(&mut rest, length)?)
            }
            5 => Field::Bytes(take(&mut rest, 4)?),
            _ => return None,
        };
        fields.push((tag >> 3, field));
    }
    Some(fields)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(taken)
}

/// A number in groups of seven bits, the lowest first.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *take(rest, 1)?.first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn from_json(body: &[u8]) -> Option<PartialSuccess> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let partial = answer.get("partialSuccess")?;
    let keys = ["rejectedLogRecords", "rejectedSpans", "rejectedDataPoints"];
    let rejected = keys.iter().find_map(|key| {
        let count = partial.get(key)?;
        count.as_u64().or_else(|| count.as_str()?.parse().ok())
    });
    let message = partial.get("errorMessage").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(PartialSuccess { rejected: rejected.unwrap_or_default(), message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(rejected: u64, message: &str) -> Option<PartialSuccess> {
        Some(PartialSuccess { rejected, message: message.to_owned() })
    }

    #[test]
    fn a_protobuf_answer_is_read() {
        assert_eq!(from_protobuf(b""), partial(0, ""));
        assert_eq!(from_protobuf(b"\x0a\x06\x08\x07\x12\x02no"), partial(7, "no"));
        // An unknown field of each wire type stands before it, and the count has two bytes.
        let unknown = b"\x18\x01\x21aaaaaaaa\x2a\x01b\x35cccc\x0a\x03\x08\x80\x01";
        assert_eq!(from_protobuf(unknown), partial(128, ""));
    }

    #[test]
    fn what_is_no_answer_is_none() {
        let broken: [&[u8]; 5] =
            [b"\x0a", b"\x0a\x05", b"<html>", b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x0b"];
        for body in broken {
            assert_eq!(from_protobuf(body), None, "{body:?}");
        }
        assert_eq!(from_json(b"{"), None);
        assert_eq!(from_json(b"{}"), None);
    }

    #[test]
    fn a_json_answer_is_read() {
        let body = br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"full"}}"#;
        assert_eq!(from_json(body), partial(3, "full"));
        assert_eq!(from_json(br#"{"partialSuccess":{"rejectedDataPoints":2}}"#), partial(2, ""));
    }
}
