//! Sends batches to a server, and makes of its replies what the queue has to know.

use super::backoff::Backoff;
use super::client::{Client, Failure, Method, Reply};
use super::settings::HttpSettings;
use super::words;
use crate::buffer::records::Batch;
use crate::model::signal::Signal;
use crate::output::exporter::{Export, Exporter, Pace};
use crate::output::progress::Progress;
use crate::output::spool::Relay;
use crate::stats::DropReason;
use std::io;
use std::time::Duration;

/// How batches and replies look.
pub(in crate::output) trait Protocol: Send {
    /// How requests are made.
    fn method(&self) -> Method {
        Method::Post
    }

    /// Whether a batch is one request, however large: of two halves the second would take the place of the first.
    fn is_whole(&self) -> bool {
        false
    }

    /// The type of a request's body.
    fn content_type(&self) -> &'static str;

    /// What the address should lead to, in words for who gave another one; empty where nothing is known of it.
    fn wanted(&self) -> &'static str {
        ""
    }

    /// Appends the body of the request that carries `batch`; nothing when what it speaks of is no more.
    fn request(&mut self, batch: &Batch<'_>, out: &mut Vec<u8>);

    /// What became of the batch, as a reply with the status 200 to 299 says. [`Export::Retry`] sends what the protocol
    /// then makes of the same batch again after a while; its time is not looked at.
    fn accepted(&mut self, reply: &Reply, batch: &Batch<'_>, progress: &Progress) -> Export;

    /// What became of the batch when the server refused it with the status 400 or 422.
    fn refused(&mut self, _reply: &Reply, batch: &Batch<'_>, _progress: &Progress) -> Export {
        self.lost(batch, DropReason::Rejected)
    }

    /// What became of the batch when it will not be sent again.
    fn lost(&mut self, _batch: &Batch<'_>, reason: DropReason) -> Export {
        Export::Refused(reason)
    }

    /// The batch comes again in halves.
    fn divided(&mut self) {}

    /// What batches need beside their bytes to be sent by another process.
    fn origin(&self) -> Vec<u8> {
        Vec::new()
    }

    /// From now on batches are those of a process that left this behind.
    fn speak_for(&mut self, _origin: &[u8]) {}

    /// Appends a record in the form in which it comes in a batch when it may be sent twice, with its id where there
    /// is a place for one.
    fn identify(&self, _signal: Signal, record: &[u8], _id: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(record);
    }
}

/// A server as the far side of an output.
#[derive(Debug)]
pub(in crate::output) struct HttpExporter<P> {
    client: Client,
    protocol: P,
    backoff: Backoff,
    body: Vec<u8>,
    /// The last attempt succeeded, so that a connection that breaks may just have been closed by the server.
    is_warm: bool,
}

/// How long a small batch waits for more. Each request costs both sides far more than a write.
const GATHER: Duration = Duration::from_secs(1);

/// What one request carries at most: few requests, since each costs the same whatever it carries, and none larger than
/// what servers take unless told otherwise.
const MOST_RECORDS: u64 = 2_048;
const MOST_BYTES: usize = 1024 * 1024;

impl<P: Protocol> HttpExporter<P> {
    /// An exporter that has not connected yet.
    ///
    /// # Errors
    /// When certificates cannot be read.
    pub(in crate::output) fn new(url: String, settings: &HttpSettings, protocol: P) -> io::Result<Self> {
        let client = Client::new(url, settings)?;
        Ok(Self { client, protocol, backoff: Backoff::default(), body: Vec::new(), is_warm: false })
    }

    fn judged(&mut self, reply: &Reply, batch: &Batch<'_>, progress: &Progress) -> Export {
        match reply.status {
            200..=299 => match self.protocol.accepted(reply, batch, progress) {
                Export::Retry(_) => self.again(reply.retry_after, "it takes a part only", batch, progress),
                export => export,
            },
            413 => {
                self.refused(reply, progress);
                if self.protocol.is_whole() {
                    return self.protocol.lost(batch, DropReason::TooLarge);
                }
                self.protocol.divided();
                Export::Split
            }
            429 | 502 | 503 | 504 => {
                self.refused(reply, progress);
                self.later(reply.retry_after, batch)
            }
            status => {
                self.refused(reply, progress);
                if matches!(status, 400 | 422) {
                    self.protocol.refused(reply, batch, progress)
                } else {
                    self.protocol.lost(batch, DropReason::Rejected)
                }
            }
        }
    }

    fn refused(&self, reply: &Reply, progress: &Progress) {
        let Reply { status, location, body, .. } = reply;
        let said = words::refusal(*status, location.as_deref(), body, self.protocol.wanted());
        progress.failed(format!("{} answers {status}{said}", self.client.shown()));
    }

    fn again(
        &mut self,
        asked: Option<Duration>,
        why: &str,
        batch: &Batch<'_>,
        progress: &Progress,
    ) -> Export {
        progress.failed(format!("{}: {why}", self.client.shown()));
        self.later(asked, batch)
    }

    fn later(&mut self, asked: Option<Duration>, batch: &Batch<'_>) -> Export {
        match self.backoff.next(asked) {
            Some(after) => Export::Retry(after),
            None => self.protocol.lost(batch, DropReason::Expired),
        }
    }
}

impl<P: Protocol> Relay for HttpExporter<P> {
    fn origin(&self) -> Vec<u8> {
        self.protocol.origin()
    }

    fn speak_for(&mut self, origin: &[u8]) {
        self.protocol.speak_for(origin);
    }

    fn identify(&self, signal: Signal, record: &[u8], id: &str, out: &mut Vec<u8>) {
        self.protocol.identify(signal, record, id, out);
    }
}

impl<P: Protocol> Exporter for HttpExporter<P> {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        self.body.clear();
        self.protocol.request(batch, &mut self.body);
        if self.body.is_empty() {
            return self.protocol.lost(batch, DropReason::Shutdown);
        }
        let was_warm = std::mem::take(&mut self.is_warm);
        let (method, wanted) = (self.protocol.method(), self.protocol.wanted());
        let export = match self.client.send(method, self.protocol.content_type(), &self.body, wanted) {
            Ok(reply) => {
                self.is_warm = true;
                self.judged(&reply, batch, progress)
            }
            Err(Failure::Tls(why)) => {
                progress.failed(format!("{}: {why}", self.client.shown()));
                self.protocol.lost(batch, DropReason::Tls)
            }
            // The server may have closed the kept connection; a fresh one tells.
            Err(Failure::Broken(_)) if was_warm => return Export::Retry(Duration::ZERO),
            Err(Failure::Broken(why)) => self.again(None, &why, batch, progress),
        };
        if !matches!(export, Export::Retry(_)) {
            self.backoff.reset();
        }
        export
    }

    fn pace(&self) -> Pace {
        if self.protocol.is_whole() {
            return Pace::default();
        }
        Pace {
            gather: GATHER,
            enough_bytes: MOST_BYTES / 4,
            most_records: MOST_RECORDS,
            most_bytes: MOST_BYTES,
        }
    }
}

/// What became of a batch of which `lost` records will not arrive.
pub(in crate::output) fn without(lost: u64, reason: DropReason, batch: &Batch<'_>) -> Export {
    match batch.len().saturating_sub(lost) {
        _ if lost == 0 => Export::Delivered,
        0 => Export::Refused(reason),
        delivered => Export::Partial { delivered, reason },
    }
}
