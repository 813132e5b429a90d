//! The settings that all outputs over HTTP share.

use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

/// How the body of a request is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::output) enum Compression {
    /// As it is.
    #[default]
    None,
    /// By gzip.
    Gzip,
}

/// How a server is spoken to. What was not given is empty.
#[derive(Clone, Debug, Default)]
pub(in crate::output) struct HttpSettings {
    pub(in crate::output) headers: Option<Vec<(String, String)>>,
    pub(in crate::output) compression: Option<Compression>,
    pub(in crate::output) timeout: Option<Duration>,
    pub(in crate::output) ca: Option<PathBuf>,
    pub(in crate::output) client_certificate: Option<PathBuf>,
    pub(in crate::output) client_key: Option<PathBuf>,
}

/// By what they come to: a default that was written out is the default.
impl PartialEq for HttpSettings {
    fn eq(&self, other: &Self) -> bool {
        let files = |settings: &Self| {
            (settings.ca.clone(), settings.client_certificate.clone(), settings.client_key.clone())
        };
        self.headers.as_deref().unwrap_or_default() == other.headers.as_deref().unwrap_or_default()
            && self.compression.unwrap_or_default() == other.compression.unwrap_or_default()
            && self.attempt() == other.attempt()
            && files(self) == files(other)
    }
}

/// An attempt takes no longer, its reply included, unless the settings say otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

pub(in crate::output) const COMPRESSIONS: [(&str, Compression); 2] =
    [("none", Compression::None), ("gzip", Compression::Gzip)];

pub(in crate::output) const HEADERS: Setting = Setting::new(
    "headers",
    Takes::Map { of: &Takes::Text("a text"), words: "an object of header names and their texts" },
    "{\"Authorization\": \"Bearer ...\"}",
    "Headers of each request, credentials for one.",
);
pub(in crate::output) const COMPRESSION: Setting = Setting::new(
    "compression",
    Takes::Choice { known: &COMPRESSIONS, unbuilt: &[] },
    "\"gzip\"",
    "How the body of a request is packed. It takes processor time of the thread that sends, never of one that records.",
)
.without("\"none\"");
pub(in crate::output) const TIMEOUT: Setting = Setting::new(
    "timeout",
    Takes::Duration(Duration::from_millis(1), Duration::from_secs(60)),
    "\"3s\"",
    "How long one attempt may take, its whole reply included.",
)
.without("\"10s\"");
pub(in crate::output) const CA: Setting = Setting::new(
    "ca",
    Takes::Text("the path of a file of certificates in PEM form"),
    "\"certificates/ca.pem\"",
    "The authorities that the server's certificate may come from, in place of the system's.",
);
pub(in crate::output) const CLIENT_CERTIFICATE: Setting = Setting::new(
    "client_certificate",
    Takes::Text("the path of a file of certificates in PEM form"),
    "\"certificates/client.pem\"",
    "The certificate that this side shows, with what leads from it to an authority; `client_key` belongs to it.",
);
pub(in crate::output) const CLIENT_KEY: Setting = Setting::new(
    "client_key",
    Takes::Text("the path of a file with a private key in PEM form"),
    "\"certificates/client.key\"",
    "The private key of `client_certificate`.",
);

/// Whether this can be the address of a server: a scheme that is spoken here, and a host.
pub(in crate::output) fn is_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<ureq::http::Uri>() else { return false };
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
}

impl HttpSettings {
    /// Reads the settings of this page; mistakes go into the report.
    pub(in crate::output) fn read(report: &mut Report, object: &Object<'_>) -> Option<Self> {
        let before = report.problems.len();
        let headers = object.get(HEADERS.key).and_then(|found| {
            let members = report.map(&found)?;
            let headers = members.into_iter().filter_map(|(name, found)| {
                let text = report.text(&found)?;
                if is_header(name, &text) {
                    return Some((name.to_owned(), text));
                }
                report.finding(
                    &found.path,
                    "not a header",
                    "a header's name, and a text without control characters",
                );
                None
            });
            Some(headers.collect())
        });
        let compression = object.get(COMPRESSION.key).and_then(|found| report.choice(&found, &COMPRESSIONS));
        let timeout = object.get(TIMEOUT.key).and_then(|found| report.duration(&found));
        let mut path = |setting: &Setting| {
            let path = object.get(setting.key).and_then(|found| report.text(&found))?;
            Some(std::path::absolute(&path).unwrap_or_else(|_| PathBuf::from(path)))
        };
        let (ca, client_certificate, client_key) = (path(&CA), path(&CLIENT_CERTIFICATE), path(&CLIENT_KEY));
        let read = Self { headers, compression, timeout, ca, client_certificate, client_key };
        (report.problems.len() == before).then_some(read)
    }

    /// Takes from `weaker` what was not given here.
    pub(in crate::output) fn over(self, weaker: Self) -> Self {
        Self {
            headers: self.headers.or(weaker.headers),
            compression: self.compression.or(weaker.compression),
            timeout: self.timeout.or(weaker.timeout),
            ca: self.ca.or(weaker.ca),
            client_certificate: self.client_certificate.or(weaker.client_certificate),
            client_key: self.client_key.or(weaker.client_key),
        }
    }

    pub(super) fn attempt(&self) -> Duration {
        self.timeout.unwrap_or(DEFAULT_TIMEOUT)
    }

    /// What is shown to the server, and what it has to show.
    ///
    /// # Errors
    /// When a file cannot be read or holds no such thing.
    pub(super) fn tls(&self) -> io::Result<TlsConfig> {
        let roots = match &self.ca {
            Some(path) => RootCerts::new_with_certs(&certificates(path)?),
            None => RootCerts::PlatformVerifier,
        };
        let client = match (&self.client_certificate, &self.client_key) {
            (Some(certificate), Some(key)) => {
                Some(ClientCert::new_with_certs(&certificates(certificate)?, private_key(key)?))
            }
            (None, None) => None,
            _ => return Err(io::Error::other("client_certificate and client_key belong together")),
        };
        Ok(TlsConfig::builder().root_certs(roots).client_cert(client).build())
    }
}

/// A name of token characters and a text that cannot end the header.
pub(in crate::output) fn is_header(name: &str, text: &str) -> bool {
    ureq::http::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && ureq::http::HeaderValue::from_str(text).is_ok()
}

fn certificates(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
    let pem = read(path)?;
    let found = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() { Err(named(path, "holds no certificate in PEM form")) } else { Ok(found) }
}

fn private_key(path: &Path) -> io::Result<PrivateKey<'static>> {
    PrivateKey::from_pem(&read(path)?).map_err(|_| named(path, "holds no private key in PEM form"))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| named(path, &error.to_string()))
}

fn named(path: &Path, what: &str) -> io::Error {
    io::Error::other(format!("{}: {what}", path.display()))
}
