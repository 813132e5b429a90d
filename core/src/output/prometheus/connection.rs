//! One connection: a request, its answer, the end.

use super::answer;
use super::request::{self, Fault, Request};
use super::site::Site;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a scraper may take to read the answer.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// How long what is still on its way is read after the answer, and how much of it: where it lies unread at the end, the
/// system throws the answer away with it.
const LINGER_TIME: Duration = Duration::from_millis(500);
const LINGER_BYTES: usize = 64 * 1024;

/// Answers one request by whichever of the sites has its path.
pub(super) fn serve(mut stream: TcpStream, sites: &[Arc<Site>]) {
    let outcome = request::read(&mut stream);
    let first = sites.first();
    match outcome {
        Ok(request) => match sites.iter().find(|site| site.path == request.path) {
            Some(site) => show(&mut stream, &request, site),
            None => refuse(&mut stream, 404, request.is_head, first),
        },
        Err(Fault::Status(status)) => refuse(&mut stream, status, false, first),
        Err(Fault::Gone) => fail(first, "a connection was given up before its request"),
    }
    end(&mut stream);
}

/// Turns a connection away for which there is no place, without waiting for anything.
pub(super) fn turn_away(mut stream: TcpStream, site: Option<&Arc<Site>>) {
    fail(site, "too many connections");
    let sent = stream.set_nonblocking(true).and_then(|()| stream.write(&answer::refusal(503, false)));
    if sent.is_ok() {
        // What it has sent by now is taken, so that the answer arrives.
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read(&mut [0; 4096]);
    }
}

fn show(stream: &mut TcpStream, request: &Request, site: &Arc<Site>) {
    let response = answer::exposition(request, |format, escaping| site.metrics.exposition(format, escaping));
    match write(stream, &response) {
        Ok(()) => site.served(),
        Err(_) => site.failed("a scraper did not read its answer to the end"),
    }
}

fn refuse(stream: &mut TcpStream, status: u16, is_head: bool, site: Option<&Arc<Site>>) {
    fail(site, &format!("a request was refused: {status} {}", answer::reason(status)));
    // Whoever is refused may have gone.
    let _ = write(stream, &answer::refusal(status, is_head));
}

fn fail(site: Option<&Arc<Site>>, why: &str) {
    if let Some(site) = site {
        site.failed(why);
    }
}

/// Writes all of it, however slowly it is read, within one deadline.
fn write(stream: &mut TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    let due = Instant::now() + ANSWER_TIME;
    while !bytes.is_empty() {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
        match stream.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => bytes = bytes.get(length..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Ends the connection for everybody: a forked child may hold it too.
fn end(stream: &mut TcpStream) {
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let due = Instant::now() + LINGER_TIME;
    let mut read = 0;
    let mut part = [0; 4096];
    while read < LINGER_BYTES {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            break;
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(length) => read += length,
        }
    }
    // It may be over already.
    let _ = stream.shutdown(Shutdown::Both);
}
