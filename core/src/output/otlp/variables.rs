//! What the specification's `OTEL_EXPORTER_OTLP_...` variables say.
//!
//! Follows the OpenTelemetry protocol exporter specification: the variable of a signal comes before the general one,
//! its endpoint is a whole address, and the general endpoint is what the signals' paths are below.

use super::super::http::{COMPRESSIONS, HttpSettings, is_header, is_url};
use super::super::kind::Variables;
use super::place::{Part, Place, below};
use crate::document::report::Report;
use crate::encode::otlp::Encoding;
use crate::model::signal::{Signal, SignalSet};
use percent_encoding::percent_decode_str;
use std::path::PathBuf;
use std::time::Duration;

const PREFIX: &str = "OTEL_EXPORTER_OTLP";

/// `grpc` is left out: the variable may be meant for another library, but what it says cannot be done here.
const PROTOCOLS: [(&str, Encoding); 2] =
    [("http/protobuf", Encoding::Protobuf), ("http/json", Encoding::Json)];

/// The signals that the environment alone asks to send to a collector; nothing when it asks for none.
pub(super) fn asked_for(variables: &Variables<'_>) -> Option<SignalSet> {
    let has_endpoint = |signal| {
        let own = format!("{PREFIX}_{}_ENDPOINT", infix(signal));
        variables(&own).or_else(|| variables("OTEL_EXPORTER_OTLP_ENDPOINT")).is_some()
    };
    let is_wanted = |signal: &Signal| {
        let exporters = variables(&format!("OTEL_{}_EXPORTER", infix(*signal)));
        exporters.is_none_or(|exporters| exporters.split(',').any(|exporter| exporter.trim() == "otlp"))
    };
    let signals = Signal::ALL.into_iter().filter(|signal| has_endpoint(*signal)).filter(is_wanted);
    let signals = signals.fold(SignalSet::default(), SignalSet::with);
    (signals != SignalSet::default()).then_some(signals)
}

/// All that they say.
pub(super) fn read(report: &mut Report, variables: &Variables<'_>) -> Part {
    let mut general = place(report, variables, PREFIX);
    let url = general.url.take();
    let mut part = Part::default();
    for signal in Signal::ALL {
        let below = url.as_deref().map(|url| below(url, signal));
        let weaker = Place { url: below, ..general.clone() };
        *part.of_mut(signal) = place(report, variables, &format!("{PREFIX}_{}", infix(signal))).over(weaker);
    }
    part
}

const fn infix(signal: Signal) -> &'static str {
    match signal {
        Signal::Logs => "LOGS",
        Signal::Spans => "TRACES",
        Signal::Metrics => "METRICS",
    }
}

fn place(report: &mut Report, variables: &Variables<'_>, prefix: &str) -> Place {
    let mut read = Reading { report, variables, prefix };
    let url = read.one("ENDPOINT", "an address such as http://localhost:4318", |text| {
        is_url(text).then(|| text.to_owned())
    });
    let encoding = read.one("PROTOCOL", "http/protobuf or http/json", |text| word(text, &PROTOCOLS));
    let headers = read.one("HEADERS", "name=value pairs separated by commas", headers);
    let compression = read.one("COMPRESSION", "none or gzip", |text| word(text, &COMPRESSIONS));
    let timeout = read.one("TIMEOUT", "milliseconds from 1 to 60000", |text| {
        text.parse()
            .ok()
            .filter(|milliseconds| (1..=60_000).contains(milliseconds))
            .map(Duration::from_millis)
    });
    let mut path = |name| read.one(name, "the path of a file", |text| Some(PathBuf::from(text)));
    let (ca, client_certificate, client_key) =
        (path("CERTIFICATE"), path("CLIENT_CERTIFICATE"), path("CLIENT_KEY"));
    Place {
        url,
        encoding,
        http: HttpSettings { headers, compression, timeout, ca, client_certificate, client_key },
    }
}

/// The variables of one prefix.
struct Reading<'r, 'v> {
    report: &'r mut Report,
    variables: &'r Variables<'v>,
    prefix: &'r str,
}

impl Reading<'_, '_> {
    fn one<T>(&mut self, name: &str, accepted: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let name = format!("{}_{name}", self.prefix);
        let text = (self.variables)(&name)?;
        let value = read(text.trim());
        if value.is_none() {
            // A header may be a secret, so that no variable's value is shown here.
            self.report.finding(&name, "not understood", accepted);
        }
        value
    }
}

fn word<T: Copy>(text: &str, known: &[(&str, T)]) -> Option<T> {
    known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value)
}

fn headers(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, text) = pair.split_once('=')?;
            let text = percent_decode_str(text.trim()).decode_utf8().ok()?.into_owned();
            is_header(name.trim(), &text).then(|| (name.trim().to_owned(), text))
        })
        .collect()
}
