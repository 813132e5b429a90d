//! One server, spoken to by one thread at a time over a connection that is kept.

use super::backoff::retry_after;
use super::resolver::Remembering;
use super::settings::{Compression, HttpSettings};
use super::words;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use std::io::{self, Read, Write};
use std::time::{Duration, SystemTime};
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error};

/// Of a reply no more is read; what is behind it is not waited for.
const REPLY_BYTES: u64 = 4 * 1024 * 1024;
const ERROR_BYTES: u64 = 64 * 1024;

/// A connection is not used again after so long without use: servers close theirs after a minute or so.
const IDLE: Duration = Duration::from_secs(15);

/// A server and how it is spoken to.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    resolver: Remembering,
    url: String,
    headers: Vec<(String, String)>,
    compression: Compression,
    attempt: Duration,
    packed: Vec<u8>,
}

/// How a body is handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::output) enum Method {
    /// For what the server makes of it.
    Post,
    /// In the place of what is there.
    #[default]
    Put,
}

/// What a server said.
#[derive(Debug, Default)]
pub(in crate::output) struct Reply {
    /// The status code.
    pub(in crate::output) status: u16,
    /// When it wants to be asked again.
    pub(in crate::output) retry_after: Option<Duration>,
    /// Where it sends those who ask, without a query, where keys may stand.
    pub(in crate::output) location: Option<String>,
    /// The body, cut at a limit; empty when it could not be read.
    pub(in crate::output) body: Vec<u8>,
}

/// Why there was no reply.
#[derive(Debug)]
pub(super) enum Failure {
    /// One of the two sides could not prove who it is.
    Tls(String),
    /// The server could not be reached, broke off, or answered with something that is not HTTP.
    Broken(String),
}

/// An address without what may stand before the host to log in, and without its query, where keys may stand.
pub(in crate::output) fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

impl Client {
    /// A client that has not connected yet.
    ///
    /// # Errors
    /// When certificates cannot be read.
    pub(super) fn new(url: String, settings: &HttpSettings) -> io::Result<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(settings.attempt()))
            .user_agent(concat!("Vigie/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections(1)
            .max_idle_age(IDLE)
            .tls_config(settings.tls()?)
            .build();
        let resolver = Remembering::default();
        Ok(Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver.clone()),
            resolver,
            url,
            headers: settings.headers.clone().unwrap_or_default(),
            compression: settings.compression.unwrap_or_default(),
            attempt: settings.attempt(),
            packed: Vec::new(),
        })
    }

    /// The server's address, fit to be shown.
    pub(super) fn shown(&self) -> String {
        without_secrets(&self.url)
    }

    /// Sends a body and waits for the reply. `wanted` says what the address should lead to.
    pub(super) fn send(
        &mut self,
        method: Method,
        content_type: &str,
        body: &[u8],
        wanted: &str,
    ) -> Result<Reply, Failure> {
        let request = match method {
            Method::Post => self.agent.post(&self.url),
            Method::Put => self.agent.put(&self.url),
        };
        let mut request = request.header(CONTENT_TYPE, content_type);
        for (name, text) in &self.headers {
            request = request.header(name, text);
        }
        let body = match self.compression {
            Compression::None => body,
            Compression::Gzip => {
                request = request.header(CONTENT_ENCODING, "gzip");
                self.packed.clear();
                pack(body, &mut self.packed);
                &self.packed
            }
        };
        let mut response = request.send(body).map_err(|error| {
            self.resolver.forget();
            self.failure(&error, wanted)
        })?;
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|text| text.to_str().ok());
        let location = header(LOCATION).map(without_secrets);
        let retry_after = header(RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now()));
        let limit = if response.status().is_success() { REPLY_BYTES } else { ERROR_BYTES };
        let mut body = Vec::new();
        if response.body_mut().as_reader().take(limit).read_to_end(&mut body).is_err() {
            // The status is what counts; what came before the break says nothing reliable.
            body.clear();
        }
        Ok(Reply { status, retry_after, location, body })
    }

    fn failure(&self, error: &Error, wanted: &str) -> Failure {
        let text = words::without_reply(error, &self.url, self.attempt, wanted);
        let is_tls = match error {
            Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => true,
            Error::Io(error) => words::tls(error).is_some(),
            _ => false,
        };
        if is_tls { Failure::Tls(text) } else { Failure::Broken(text) }
    }
}

fn pack(body: &[u8], out: &mut Vec<u8>) {
    let mut encoder = GzEncoder::new(out, Level::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body).and_then(|()| encoder.finish().map(drop));
}
