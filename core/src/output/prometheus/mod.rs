//! The endpoint that a Prometheus server scrapes: the exposition over HTTP.
//!
//! Not for a server of the user's own: that shows what `metrics_text()` returns.

mod address;
mod answer;
mod connection;
mod negotiation;
mod request;
mod server;
mod site;
mod slots;
mod variables;

#[cfg(test)]
mod tests;

use super::exporter::{Endpoint, Export, Exporter};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Variables, Waiting};
use super::progress::Progress;
use super::selection;
use crate::buffer::records::Batch;
use crate::document::report::{Found, Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::document::variable::Variable;
use crate::encode::jsonl::JsonLines;
use crate::model::signal::{Signal, SignalSet};
pub(crate) use address::address;
use address::{DEFAULT_LISTEN, is_address};
use server::{Place, Server};
use site::Site;
use std::io;
use std::net::ToSocketAddrs;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Prometheus;

/// The settings of one endpoint.
#[derive(Clone, Debug)]
struct Settings {
    /// Where to listen, unless that is left open.
    listen: Option<String>,
    path: String,
    retry: bool,
}

/// By what they come to: a default that was written out is the default.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        (self.listen(), &self.path, self.retry) == (other.listen(), &other.path, other.retry)
    }
}

const LISTEN: &str = "listen";
const PATH: &str = "path";
const DEFAULT_PATH: &str = "/metrics";

static SETTINGS: [Setting; 3] = [
    Setting::new(
        LISTEN,
        Takes::Text("an address and a port such as \"127.0.0.1:9464\""),
        "\"0.0.0.0:9464\"",
        "Where to listen. Other machines reach it only where an address of this one is given, or `0.0.0.0` for all of \
         them; with port 0 the system chooses one, which `stats()` shows. Where it is not given, the variables \
         `OTEL_EXPORTER_PROMETHEUS_HOST` and `OTEL_EXPORTER_PROMETHEUS_PORT` count.",
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
        let listen = match object.get(LISTEN) {
            Some(found) => text(report, &found, is_address).map(Some),
            None => Some(None),
        };
        let path = match object.get(PATH) {
            Some(found) => text(report, &found, is_path),
            None => Some(DEFAULT_PATH.to_owned()),
        };
        let retry = object.get("retry").map_or(Some(false), |found| report.flag(&found));
        Some(Arc::new(Settings { listen: listen?, path: path?, retry: retry? }))
    }

    fn variables(&self) -> &'static [Variable] {
        &variables::VARIABLES
    }

    fn implied(&self, report: &mut Report, variables: &Variables<'_>) -> Vec<(Arc<dyn Target>, SignalSet)> {
        let signals = selection::signals_for(variables, selection::PROMETHEUS);
        if !signals.has(Signal::Metrics) {
            return Vec::new();
        }
        let listen = variables::listen(report, variables);
        let settings = Settings { listen, path: DEFAULT_PATH.to_owned(), retry: false };
        vec![(Arc::new(settings), SignalSet::METRICS)]
    }
}

fn text(report: &mut Report, found: &Found<'_>, fits: impl Fn(&str) -> bool) -> Option<String> {
    report.read(found, |value, _| value.as_str().filter(|text| fits(text)).map(str::to_owned))
}

/// What a request can ask for as it is.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| c.is_ascii_graphic() && c != '?' && c != '#')
}

impl Settings {
    fn listen(&self) -> &str {
        self.listen.as_deref().unwrap_or(DEFAULT_LISTEN)
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("prometheus:{}", self.listen())
    }

    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: LISTEN, what: self.listen().to_owned() })
    }

    fn completed(&self, report: &mut Report, variables: &Variables<'_>) -> Option<Arc<dyn Target>> {
        if self.listen.is_some() {
            return None;
        }
        let listen = variables::listen(report, variables)?;
        Some(Arc::new(Self { listen: Some(listen), ..self.clone() }))
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let addresses: Vec<_> = self.listen().to_socket_addrs()?.collect();
        let site = Site::new(&self.path, around.metrics);
        let place = Server::open(self.listen(), addresses, self.retry, site).map_err(|error| {
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
