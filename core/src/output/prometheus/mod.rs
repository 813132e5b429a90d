//! The endpoint that a Prometheus server scrapes: the exposition over HTTP.
//!
//! Not for a server of the user's own: that shows what `metrics_text()` returns.

mod answer;
mod connection;
mod negotiation;
mod request;
mod server;
mod site;
mod slots;

#[cfg(test)]
mod tests;

use super::exporter::{Endpoint, Export, Exporter};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use super::progress::Progress;
use crate::buffer::records::Batch;
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::jsonl::JsonLines;
use crate::model::signal::SignalSet;
use server::{Place, Server};
use site::Site;
use std::io;
use std::net::ToSocketAddrs;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Prometheus;

/// The settings of one endpoint.
#[derive(Debug, PartialEq, Eq)]
struct Settings {
    listen: String,
    path: String,
    retry: bool,
}

const LISTEN: &str = "listen";
const DEFAULT_LISTEN: &str = "127.0.0.1:9464";
const PATH: &str = "path";
const DEFAULT_PATH: &str = "/metrics";

static SETTINGS: [Setting; 3] = [
    Setting::new(
        LISTEN,
        Takes::Text("an address and a port such as \"127.0.0.1:9464\""),
        "\"0.0.0.0:9464\"",
        "Where to listen. Other machines reach it only where an address of this one is given, or `0.0.0.0` for all of \
         them; with port 0 the system chooses one, which `stats()` shows.",
    )
    .without("\"127.0.0.1:9464\""),
    Setting::new(
        PATH,
        Takes::Text("a path that begins with /, such as \"/metrics\""),
        "\"/internal/metrics\"",
        "Under which path the metrics are found.",
    )
    .without("\"/metrics\""),
    Setting::new(
        "retry",
        Takes::Flag,
        "true",
        "Whether an address that is in use is tried again every second instead of being an error: of several processes \
         one serves, and another one takes over.",
    )
    .without("false"),
];

impl OutputKind for Prometheus {
    fn name(&self) -> &'static str {
        "prometheus"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::METRICS
    }

    fn carries(&self) -> SignalSet {
        SignalSet::METRICS
    }

    fn waiting(&self) -> Waiting {
        Waiting::Never
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let listen = text(report, object, LISTEN, DEFAULT_LISTEN, is_address);
        let path = text(report, object, PATH, DEFAULT_PATH, is_path);
        let retry = object.get("retry").map_or(Some(false), |found| report.flag(&found));
        Some(Arc::new(Settings { listen: listen?, path: path?, retry: retry? }))
    }
}

fn text(
    report: &mut Report,
    object: &Object<'_>,
    key: &str,
    default: &str,
    fits: impl Fn(&str) -> bool,
) -> Option<String> {
    object.get(key).map_or_else(
        || Some(default.to_owned()),
        |found| report.read(&found, |value, _| value.as_str().filter(|text| fits(text)).map(str::to_owned)),
    )
}

/// Whether it names a host and a port. Whether there is such a host shows when it is opened.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let is_name = !host.contains(':') && host.chars().all(|c| c.is_ascii_graphic() && c != '/');
        let is_ipv6 = host.starts_with('[') && host.ends_with(']');
        !host.is_empty() && (is_name || is_ipv6) && port.parse::<u16>().is_ok()
    })
}

/// What a request can ask for as it is.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| c.is_ascii_graphic() && c != '?' && c != '#')
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("prometheus:{}", self.listen)
    }

    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: LISTEN, what: self.listen.clone() })
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let addresses: Vec<_> = self.listen.to_socket_addrs()?.collect();
        let site = Site::new(&self.path, around.metrics);
        let place = Server::open(&self.listen, addresses, self.retry, site).map_err(|error| {
            if error.kind() != io::ErrorKind::AddrInUse {
                return error;
            }
            let hint = "another program listens there; \"retry\": true waits until it is free";
            io::Error::new(error.kind(), hint)
        })?;
        Ok(Opened {
            encoder: Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
            exporter: Box::new(Asked(Arc::new(place))),
            passage: Passage::Asked,
            kept: None,
        })
    }
}

/// The far side: it asks, and gets no batches.
struct Asked(Arc<Place>);

impl Exporter for Asked {
    fn export(&mut self, _: &Batch<'_>, _: &Progress) -> Export {
        Export::Delivered
    }

    fn endpoint(&self) -> Option<Arc<dyn Endpoint>> {
        Some(Arc::clone(&self.0) as Arc<dyn Endpoint>)
    }
}

/// An output that is given up before it was in force has nobody who closes it.
impl Drop for Asked {
    fn drop(&mut self) {
        self.0.close();
    }
}
