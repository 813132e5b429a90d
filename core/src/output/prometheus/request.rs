//! What a scraper asked for: the head of a request, within bounds. A body is never read.

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What the head of a request may have.
const HEAD_BYTES: usize = 8 * 1024;
const HEADERS: usize = 64;

/// How long a scraper may take to send it, from the connection on.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// What counts of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) is_head: bool,
    /// Without the query.
    pub(super) path: String,
    /// The fields `Accept` and `Accept-Encoding`, each as one list.
    pub(super) accept: String,
    pub(super) accept_encoding: String,
}

/// Why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The other side has gone; nobody waits for an answer.
    Gone,
    /// The status to answer with.
    Status(u16),
}

/// Reads the head of a request.
pub(super) fn read(stream: &mut TcpStream) -> Result<Request, Fault> {
    let due = Instant::now() + HEAD_TIME;
    let mut head = Vec::with_capacity(1024);
    let mut part = [0; 1024];
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Fault::Status(408));
        }
        stream.set_read_timeout(Some(left)).map_err(|_| Fault::Gone)?;
        let most = part.len().min(HEAD_BYTES - head.len());
        match stream.read(part.get_mut(..most).unwrap_or_default()) {
            Ok(0) => return Err(Fault::Gone),
            Ok(length) => {
                let new = part.get(..length).unwrap_or_default();
                head.extend_from_slice(new);
                // It can only be complete where a line ends. What comes byte by byte is not read anew for each byte.
                if new.contains(&b'\n')
                    && let Some(request) = parse(&head)?
                {
                    return Ok(request);
                }
                if head.len() == HEAD_BYTES {
                    return Err(Fault::Status(431));
                }
            }
            // Too late, or a signal: the loop tells which.
            Err(error) if is_patience(&error) => {}
            Err(_) => return Err(Fault::Gone),
        }
    }
}

fn is_patience(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// The request, unless its head is not complete yet.
fn parse(head: &[u8]) -> Result<Option<Request>, Fault> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Fault::Status(431)),
        Err(_) => return Err(Fault::Status(400)),
    }
    let is_head = match parsed.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Err(Fault::Status(405)),
    };
    let list = |name: &str| {
        let values = parsed.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        let values: Vec<_> = values.map(|header| String::from_utf8_lossy(header.value)).collect();
        values.join(",")
    };
    Ok(Some(Request {
        is_head,
        path: path(parsed.path.unwrap_or_default()).to_owned(),
        accept: list("accept"),
        accept_encoding: list("accept-encoding"),
    }))
}

/// The path of a request's target, which a proxy may have sent with scheme and host.
fn path(target: &str) -> &str {
    let target = target.split(['?', '#']).next().unwrap_or_default();
    match target.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(head: &str) -> Result<Option<Request>, Fault> {
        parse(head.as_bytes())
    }

    #[test]
    fn what_counts_is_read_and_the_rest_is_not() {
        let head = "GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nAccept: text/plain\r\naccept: */*\r\n\
                    ACCEPT-ENCODING: gzip\r\nContent-Length: 5\r\n\r\nhello";
        let request = parsed(head).unwrap().unwrap();
        let expected = Request {
            is_head: false,
            path: "/metrics".to_owned(),
            accept: "text/plain,*/*".to_owned(),
            accept_encoding: "gzip".to_owned(),
        };
        assert_eq!(request, expected);
        assert_eq!(parsed("HEAD http://a:1/m HTTP/1.0\r\n\r\n").unwrap().unwrap().path, "/m");
        assert_eq!(parsed("GET http://a HTTP/1.0\r\n\r\n").unwrap().unwrap().path, "/");
    }

    #[test]
    fn what_is_no_request_for_it_is_refused() {
        assert_eq!(parsed("GET / HTTP/1.1\r\nHost:"), Ok(None));
        assert_eq!(parsed("POST / HTTP/1.1\r\n\r\n"), Err(Fault::Status(405)));
        assert_eq!(parsed("\u{16}\u{3}\u{1}\r\n"), Err(Fault::Status(400)), "TLS");
        assert_eq!(parsed("PRI * HTTP/2.0\r\n\r\n"), Err(Fault::Status(400)));
        let many: String = (0..100).map(|n| format!("h{n}: 1\r\n")).collect();
        assert_eq!(parsed(&format!("GET / HTTP/1.1\r\n{many}\r\n")), Err(Fault::Status(431)));
    }
}
