//! Datagrams of whole records: every one that this machine knows to be lost is counted, and a far side that takes none
//! is waited for no longer than a moment.
//!
//! What happens to a datagram on its way through a network nobody knows.

use crate::buffer::records::Batch;
use crate::output::exporter::{Export, Exporter};
use crate::output::progress::Progress;
use crate::platform::{self, PathSocket};
use crate::stats::DropReason;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a datagram carries through an ordinary network in one piece, with room for the headers of tunnels.
pub(super) const WHOLE_BYTES: usize = 1432;

/// After so many datagrams the far side gets a moment to take them: its socket has room for a few only, and on this
/// machine nobody is told what found none there.
const BURST: usize = 32;
const BREATH: Duration = Duration::from_millis(1);

/// How long the thread of the output waits, for all of a batch, for a reader on this machine that has no room.
const PATIENCE: Duration = Duration::from_millis(100);

/// A name may lead elsewhere after a while; it is looked up again then.
const NAME_LIFE: Duration = Duration::from_secs(60);

/// Where datagrams go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// `host:port`.
    Udp(String),
    /// The path of a socket.
    Path(PathBuf),
}

impl Address {
    /// Reads `host:port` or `unix:/path`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
            let is_path = path.starts_with('/') && !path.ends_with('/') && !path.contains('\0');
            return is_path.then(|| Self::Path(path.into()));
        }
        let (host, port) = text.rsplit_once(':')?;
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let fits = match bracketed {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(is_host),
        };
        (fits && port.parse::<u16>().is_ok_and(|port| port > 0)).then(|| Self::Udp(text.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => f.write_str(address),
            Self::Path(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// What becomes datagrams of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Whole lines, as many as go together.
    Lines,
    /// Each record as it is.
    Records,
    /// Likewise, and one that is too large is handed over as a file in memory.
    RecordsOrFiles,
}

/// The far side.
#[derive(Debug)]
pub(super) struct Datagrams {
    address: Address,
    form: Form,
    /// Records go together up to this size.
    packed_bytes: usize,
    /// No record is larger than this.
    most_bytes: usize,
    socket: Option<Socket>,
    /// Records in the datagram that was sent last, as long as its refusal was not seen.
    last: u64,
    /// Records that were called delivered before it was seen that they were refused.
    unbooked: u64,
    /// Why the last one that was not sent was not, in words for people.
    why: Cow<'static, str>,
}

#[derive(Debug)]
enum Socket {
    Udp(UdpSocket, Instant),
    Path(PathSocket),
}

/// How the sending of one datagram ended.
type Sent = Result<(), DropReason>;

impl Datagrams {
    /// Nothing is looked up or opened before the first batch.
    pub(super) fn to(address: Address, packed_bytes: usize, most_bytes: usize) -> Self {
        let (socket, why) = (None, Cow::default());
        Self { address, form: Form::Lines, packed_bytes, most_bytes, socket, last: 0, unbooked: 0, why }
    }

    /// The same with a datagram for each record, whatever is in it. With `as_files` one that is too large for that is handed over as a
    /// file in memory, as systemd's journal takes it.
    pub(super) fn of_records(address: Address, most_bytes: usize, as_files: bool) -> Self {
        let form = if as_files { Form::RecordsOrFiles } else { Form::Records };
        Self { form, ..Self::to(address, most_bytes, most_bytes) }
    }

    fn send(&mut self, bytes: &[u8], records: u64) -> Sent {
        if bytes.len() > self.most_bytes {
            self.why = format!("a datagram has at most {} bytes", self.most_bytes).into();
            return Err(DropReason::TooLarge);
        }
        let mut sent = self.try_send(bytes, records);
        if let (Err(error), Form::RecordsOrFiles, Some(Socket::Path(socket)), Address::Path(path)) =
            (&sent, self.form, &self.socket, &self.address)
            && platform::is_too_large(error)
        {
            sent = socket.send_sealed(bytes, path);
        }
        let Err(error) = sent else { return Ok(()) };
        let reason = reason(&error);
        if matches!(reason, DropReason::Io | DropReason::Closed) {
            // The next one goes to whatever the address means then.
            self.socket = None;
        }
        self.why = words(&error);
        Err(reason)
    }

    fn try_send(&mut self, bytes: &[u8], records: u64) -> io::Result<()> {
        self.open()?;
        match (&self.socket, &self.address) {
            (Some(Socket::Path(socket)), Address::Path(path)) => socket.send_to(bytes, path),
            (Some(Socket::Udp(socket, _)), _) => {
                if let Ok(Some(_)) = socket.take_error() {
                    self.unbooked += std::mem::take(&mut self.last);
                }
                socket.send(bytes)?;
                // On this machine a refusal comes back before the call does.
                match socket.take_error() {
                    Ok(None) => self.last = records,
                    Ok(Some(error)) | Err(error) => return Err(error),
                }
                Ok(())
            }
            _ => Err(ErrorKind::NotConnected.into()),
        }
    }

    fn open(&mut self) -> io::Result<()> {
        if let Some(Socket::Udp(_, since)) = &self.socket
            && since.elapsed() >= NAME_LIFE
        {
            self.socket = None;
        }
        if self.socket.is_none() {
            self.last = 0;
            self.socket = Some(match &self.address {
                Address::Udp(address) => Socket::Udp(connected(address)?, Instant::now()),
                Address::Path(_) => Socket::Path(PathSocket::new()?),
            });
        }
        Ok(())
    }
}

/// A socket for the first of the addresses that can be had.
fn connected(address: &str) -> io::Result<UdpSocket> {
    let mut last = io::Error::from(ErrorKind::NotFound);
    let named = |error| io::Error::other(format!("its name is not known: {error}"));
    for address in address.to_socket_addrs().map_err(named)? {
        match connected_to(address) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn connected_to(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr = if address.is_ipv4() { [0; 4].into() } else { [0_u16; 8].into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn reason(error: &io::Error) -> DropReason {
    match error.kind() {
        _ if platform::is_too_large(error) => DropReason::TooLarge,
        ErrorKind::WouldBlock => DropReason::Full,
        ErrorKind::ConnectionRefused | ErrorKind::NotFound => DropReason::Closed,
        _ => DropReason::Io,
    }
}

fn words(error: &io::Error) -> Cow<'static, str> {
    match error.kind() {
        ErrorKind::WouldBlock => "its reader has no room".into(),
        ErrorKind::ConnectionRefused => "nobody listens there".into(),
        ErrorKind::NotFound => "there is no such socket".into(),
        _ => error.to_string().into(),
    }
}

/// A record of several lines may go in several datagrams: pieces of whole lines and at most `limit` bytes, without the
/// last line feed. A longer line is a piece alone.
fn pieces(record: &[u8], limit: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = record;
    std::iter::from_fn(move || {
        let fitting = rest.get(..limit).and_then(|start| memchr::memrchr(b'\n', start));
        let end = fitting.or_else(|| memchr::memchr(b'\n', rest)).unwrap_or(rest.len());
        let whole = if rest.len() <= limit { rest.strip_suffix(b"\n").unwrap_or(rest).len() } else { end };
        let (piece, behind) = rest.split_at_checked(whole)?;
        rest = behind.strip_prefix(b"\n").unwrap_or(behind);
        (!piece.is_empty()).then_some(piece)
    })
}

/// What is left of the patience with the far side, in one batch.
struct Haste<'p> {
    progress: &'p Progress,
    patience: Duration,
    datagrams: usize,
}

impl Haste<'_> {
    /// Gives the far side a moment now and then.
    fn breathe(&mut self) {
        self.datagrams += 1;
        if self.datagrams.is_multiple_of(BURST) && !self.progress.is_ended() {
            std::thread::sleep(BREATH);
        }
    }

    /// Waits for a reader that has no room; false when that was long enough.
    fn wait(&mut self) -> bool {
        let may_wait = !self.patience.is_zero() && !self.progress.is_ended();
        if may_wait {
            std::thread::sleep(BREATH);
            self.patience = self.patience.saturating_sub(BREATH);
        }
        may_wait
    }
}

impl Datagrams {
    /// Sends records that go together.
    fn send_all(&mut self, bytes: &[u8], records: u64, haste: &mut Haste<'_>) -> Sent {
        let mut all = Ok(());
        let (lines, record) = match self.form {
            Form::Lines => (bytes, None),
            Form::Records | Form::RecordsOrFiles => (&[][..], Some(bytes)),
        };
        for piece in pieces(lines, self.packed_bytes).chain(record) {
            haste.breathe();
            let mut sent = self.send(piece, records);
            while sent == Err(DropReason::Full) && haste.wait() {
                sent = self.send(piece, records);
            }
            all = all.and(sent);
        }
        all
    }
}

impl Exporter for Datagrams {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        let mut haste = Haste { progress, patience: PATIENCE, datagrams: 0 };
        let (mut delivered, mut lost) = (0, None);
        let together = if self.form == Form::Lines { u64::MAX } else { 1 };
        for piece in batch.pieces(together, self.packed_bytes) {
            match self.send_all(piece.bytes(), piece.len(), &mut haste) {
                Ok(()) => {
                    delivered += piece.len();
                    progress.moved();
                }
                Err(reason) => lost = Some(reason),
            }
        }
        let late = self.unbooked.min(delivered);
        self.unbooked -= late;
        if lost.is_some() {
            progress.failed(format!("{}: {}", self.address, self.why));
        } else if late > 0 {
            progress.failed(format!("{}: nobody listens there", self.address));
        }
        match (delivered - late, lost.or((late > 0).then_some(DropReason::Closed))) {
            (_, None) => Export::Delivered,
            (0, Some(reason)) => Export::Refused(reason),
            (delivered, Some(reason)) => Export::Partial { delivered, reason },
        }
    }

    fn is_answered(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
