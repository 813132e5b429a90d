//! Records over a connection that is kept, each behind its length (RFC 6587, octet counting); with TLS where that is asked for.
//!
//! Nobody answers there: what was handed to the connection counts as delivered. A batch during which the connection ends is sent again
//! as a whole, over the next one.

mod tls;

use super::exporter::{Export, Exporter, Pace};
use super::http::{Backoff, HttpSettings, tls_error, without_connection};
use super::progress::Progress;
use crate::buffer::records::Batch;
use crate::stats::DropReason;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// How long connecting, a handshake and each write may take.
const ATTEMPT: Duration = Duration::from_secs(10);

/// Handed over at a time, so that a slow far side is seen to move.
const CHUNK_BYTES: usize = 16 * 1024;

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// `host:port`.
    pub(super) authority: String,
    /// Whether it speaks TLS.
    pub(super) is_secure: bool,
}

impl Place {
    /// The host, without what is around an address of IPv6.
    fn host(&self) -> &str {
        let (host, _) = self.authority.rsplit_once(':').unwrap_or((&self.authority, ""));
        host.trim_matches(['[', ']'])
    }
}

/// The far side.
pub(super) struct Stream {
    place: Place,
    tls: Option<Arc<ClientConfig>>,
    connection: Option<Connection>,
    backoff: Backoff,
    frames: Vec<u8>,
}

enum Connection {
    Plain(TcpStream),
    Secure(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Stream {
    /// Nothing is looked up or opened before the first batch.
    ///
    /// # Errors
    /// When certificates cannot be read.
    pub(super) fn to(place: Place, settings: &HttpSettings) -> io::Result<Self> {
        let tls = if place.is_secure { Some(tls::config(settings)?) } else { None };
        Ok(Self { place, tls, connection: None, backoff: Backoff::default(), frames: Vec::new() })
    }

    fn send(&mut self, batch: &Batch<'_>, progress: &Progress) -> io::Result<()> {
        let before = self.connection.take().and_then(Connection::still_open);
        let mut connection = before.map_or_else(|| self.connect(), Ok)?;
        self.frames.clear();
        for (_, record) in batch.records() {
            // Writing to memory does not fail.
            let _ = write!(self.frames, "{} ", record.len());
            self.frames.extend_from_slice(record);
        }
        for chunk in self.frames.chunks(CHUNK_BYTES) {
            connection.write_all(chunk)?;
            progress.moved();
        }
        connection.flush()?;
        self.connection = Some(connection);
        Ok(())
    }

    fn connect(&self) -> io::Result<Connection> {
        let named = |error| io::Error::other(format!("its name is not known: {error}"));
        let mut last = io::Error::from(ErrorKind::NotFound);
        for address in self.place.authority.to_socket_addrs().map_err(named)? {
            match TcpStream::connect_timeout(&address, ATTEMPT) {
                Ok(stream) => return self.greeted(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn greeted(&self, mut stream: TcpStream) -> io::Result<Connection> {
        stream.set_read_timeout(Some(ATTEMPT))?;
        stream.set_write_timeout(Some(ATTEMPT))?;
        // Batches are written at once, and the last one shall not wait.
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else { return Ok(Connection::Plain(stream)) };
        let name = self.place.host().to_owned().try_into().map_err(io::Error::other)?;
        let mut session = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        while session.is_handshaking() {
            session.complete_io(&mut stream)?;
        }
        Ok(Connection::Secure(Box::new(StreamOwned::new(session, stream))))
    }
}

impl Connection {
    fn stream(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Secure(secure) => &secure.sock,
        }
    }

    /// The connection, unless the far side has ended it: what is written then would be lost without a word. A server of syslog has
    /// nothing to say; one of TLS hands out tickets, which are read here.
    fn still_open(mut self) -> Option<Self> {
        self.stream().set_nonblocking(true).ok()?;
        let is_open = loop {
            match self.read(&mut [0; 512]) {
                Ok(0) => break false,
                Ok(_) => {}
                Err(error) => break error.kind() == ErrorKind::WouldBlock,
            }
        };
        self.stream().set_nonblocking(false).ok()?;
        is_open.then_some(self)
    }
}

impl Read for Connection {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(into),
            Self::Secure(secure) => secure.read(into),
        }
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Secure(secure) => secure.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Secure(secure) => secure.flush(),
        }
    }
}

impl Exporter for Stream {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        let Err(error) = self.send(batch, progress) else {
            self.backoff.reset();
            return Export::Delivered;
        };
        let lost = if tls_error(&error).is_some() { DropReason::Tls } else { DropReason::Expired };
        progress.failed(format!("{}: {}", self.place.authority, without_connection(error, ATTEMPT)));
        match self.backoff.next(None) {
            Some(after) => Export::Retry(after),
            None => {
                self.backoff.reset();
                Export::Refused(lost)
            }
        }
    }

    fn pace(&self) -> Pace {
        // What is sent again is not more than a batch.
        Pace {
            gather: Duration::from_millis(100),
            enough_bytes: 64 * 1024,
            most_bytes: 128 * 1024,
            ..Pace::default()
        }
    }

    fn is_answered(&self) -> bool {
        false
    }

    fn close(&mut self) {
        if let Some(Connection::Secure(mut secure)) = self.connection.take() {
            // What stands behind the last message was lost, not sent, says a far side that hears no such end.
            secure.conn.send_close_notify();
            let _ = secure.flush();
        }
    }
}

#[cfg(test)]
mod tests;
