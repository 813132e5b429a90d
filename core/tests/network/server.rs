//! A server on the loopback interface that answers as a script says, and keeps what it got.

use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A port that is named is free again by then.
const FREE_WITHIN: Duration = Duration::from_secs(60);

/// A request as it arrived, its body unpacked.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    pub at: Instant,
    /// Which connection brought it, counted from zero.
    pub connection: usize,
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A whole reply: status, further header lines, body.
    Reply(u16, &'static str, Vec<u8>),
    /// These bytes, whatever they are; then the connection ends.
    Raw(Vec<u8>),
    /// Nothing, for good.
    Hang,
    /// One byte of a reply each interval, without end.
    Drip(Duration),
    /// A reply whose body has so many bytes, with how many of them went out before the other side had enough.
    Bomb(usize, Arc<AtomicUsize>),
    /// The connection ends without a byte.
    Cut,
}

impl Answer {
    pub fn ok() -> Self {
        Self::Reply(200, "", Vec::new())
    }

    pub fn status(status: u16) -> Self {
        Self::Reply(status, "", Vec::new())
    }
}

type Script = dyn Fn(usize, &Request) -> Answer + Send + Sync;

/// The server. It ends when it is dropped.
pub struct Server {
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    ended: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Server {
    /// Answers the first request with `script(0, ...)`, and so on.
    pub fn new(script: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::at(0, script)
    }

    /// The same at a port.
    pub fn at(port: u16, script: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        let began = Instant::now();
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", port)) {
                // Meanwhile the system has given the port to a connection of another test.
                Err(error) if error.kind() == ErrorKind::AddrInUse && began.elapsed() < FREE_WITHIN => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                listener => break listener.unwrap(),
            }
        };
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, seen: Arc::default(), ended: Arc::default(), open: Arc::default() };
        let (seen, ended, open) =
            (Arc::clone(&server.seen), Arc::clone(&server.ended), Arc::clone(&server.open));
        let script: Arc<Script> = Arc::new(script);
        std::thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                open.lock().unwrap().push(stream.try_clone().unwrap());
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, connection, &seen, &*script));
            }
        });
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// All bodies, one behind the other.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen().into_iter().flat_map(|request| request.body).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.open.lock().unwrap().iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
    }
}

fn serve(stream: TcpStream, connection: usize, seen: &Mutex<Vec<Request>>, script: &Script) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = read(&mut reader, connection) {
        let mut kept = seen.lock().unwrap();
        let number = kept.len();
        kept.push(request.clone());
        drop(kept);
        if answer(&stream, script(number, &request)).is_none() {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>, connection: usize) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, text)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), text.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    if headers.get("content-encoding").is_some_and(|encoding| encoding == "gzip") {
        let packed = std::mem::take(&mut body);
        GzDecoder::new(&packed[..]).read_to_end(&mut body).unwrap();
    }
    Some(Request { method, path, headers, body, at: Instant::now(), connection })
}

/// Nothing when the connection is over.
fn answer(mut stream: &TcpStream, answer: Answer) -> Option<()> {
    match answer {
        Answer::Reply(status, headers, body) => {
            let head = format!("HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), &body].concat()).ok()
        }
        Answer::Raw(bytes) => {
            stream.write_all(&bytes).ok();
            None
        }
        Answer::Hang => {
            std::thread::sleep(Duration::from_secs(120));
            None
        }
        Answer::Drip(interval) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").ok()?;
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(interval);
            }
            None
        }
        Answer::Bomb(bytes, sent) => {
            stream
                .write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n").as_bytes())
                .ok()?;
            let piece = vec![b'x'; 64 * 1024];
            let mut send = |_| {
                stream.write_all(&piece).ok()?;
                Some(sent.fetch_add(piece.len(), Ordering::SeqCst))
            };
            (0..bytes / piece.len()).try_for_each(|n| send(n).map(drop))?;
            None
        }
        Answer::Cut => None,
    }
}
