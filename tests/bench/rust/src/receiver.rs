//! What stands in for a collector: answers at once, and counts the records of what it is sent.
//!
//! A process of its own, so that its work is not taken for that of who sends.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};

/// Records since the start.
static RECORDS: AtomicU64 = AtomicU64::new(0);

/// Prints the address that it listens on, and serves until standard input ends.
pub fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine");
    println!("http://{}", listener.local_addr().expect("it was bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that breaks costs its own requests; who sent them counts what arrived.
            std::thread::spawn(move || drop(converse(stream)));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink()).expect("standard input can be read");
}

/// How many records the receiver in VIGIE_BENCH_RECEIVER has counted.
pub fn received() -> u64 {
    let address = crate::values::receiver();
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the receiver listens");
    stream.write_all(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("it answers");
    let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
    body.trim().parse().expect("a number")
}

fn converse(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(1 << 16, stream.try_clone()?);
    let mut body = Vec::new();
    while let Some(head) = Head::read(&mut reader)? {
        body.clear();
        if head.is_chunked {
            read_chunks(&mut reader, &mut body)?;
        } else {
            body.resize(head.length, 0);
            reader.read_exact(&mut body)?;
        }
        let text = if head.is_get {
            RECORDS.load(Ordering::Relaxed).to_string()
        } else {
            RECORDS.fetch_add(records(&body).unwrap_or(0), Ordering::Relaxed);
            String::new()
        };
        let length = text.len();
        let kind = "Content-Type: application/x-protobuf";
        stream.write_all(
            format!("HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{text}").as_bytes(),
        )?;
        if head.is_last {
            break;
        }
    }
    Ok(())
}

/// What has to be known of a request's head.
#[derive(Default)]
struct Head {
    is_get: bool,
    is_chunked: bool,
    is_last: bool,
    length: usize,
}

impl Head {
    /// The next one; nothing at the end of the connection.
    fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let (mut head, mut line) = (Self::default(), String::new());
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        head.is_get = line.starts_with("GET ");
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { return Ok(Some(head)) };
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("content-length", length) => head.length = length.parse().map_err(io::Error::other)?,
                ("transfer-encoding", "chunked") => head.is_chunked = true,
                ("connection", "close") => head.is_last = true,
                _ => {}
            }
        }
    }
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        let before = body.len();
        body.resize(before + size, 0);
        reader.read_exact(body.get_mut(before..).unwrap_or_default())?;
        line.clear();
        reader.read_line(&mut line)?;
        if size == 0 {
            return Ok(());
        }
    }
}

/// Spans, log records or metrics in a request in protobuf: resources are its field 1, in them scopes are field 2, in
/// them records are field 2, for all three signals alike. Nothing when it is no such request.
fn records(request: &[u8]) -> Option<u64> {
    let mut count = 0;
    each(request, 1, &mut |resource| {
        each(resource, 2, &mut |scope| {
            each(scope, 2, &mut |_| {
                count += 1;
                Some(())
            })
        })
    })?;
    Some(count)
}

/// Calls `inner` with each field of this number; all fields of these messages are bytes behind a length.
fn each(mut message: &[u8], wanted: u64, inner: &mut impl FnMut(&[u8]) -> Option<()>) -> Option<()> {
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        let length = usize::try_from(varint(&mut message)?).ok()?;
        let (field, behind) = message.split_at_checked(length)?;
        message = behind;
        if tag == wanted << 3 | 2 {
            inner(field)?;
        }
    }
    Some(())
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = message.split_first()?;
        *message = behind;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}
