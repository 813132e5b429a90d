//! What the specification's `OTEL_EXPORTER_OTLP_...` variables say.
//!
//! Follows the OpenTelemetry protocol exporter specification: the variable of a signal comes before the general one,
//! its endpoint is a whole address, and the general endpoint is what the signals' paths are below.

use super::super::http::{COMPRESSIONS, HttpSettings, is_header, is_url};
use super::super::kind::Variables;
use super::super::selection;
use super::place::{Part, Place, below};
use crate::document::pairs::pairs;
use crate::document::report::Report;
use crate::document::setting::Takes;
use crate::document::variable::Variable;
use crate::encode::otlp::Encoding;
use crate::model::signal::{Signal, SignalSet};
use std::path::PathBuf;
use std::time::Duration;

/// The general variable, and that of each signal.
macro_rules! family {
    ($what:literal) => {
        &[
            concat!("OTEL_EXPORTER_OTLP_", $what),
            concat!("OTEL_EXPORTER_OTLP_TRACES_", $what),
            concat!("OTEL_EXPORTER_OTLP_METRICS_", $what),
            concat!("OTEL_EXPORTER_OTLP_LOGS_", $what),
        ]
    };
}

const fn family(
    names: &'static [&'static str],
    keys: &'static [&'static str],
    accepted: &'static str,
    example: &'static str,
) -> Variable {
    Variable { names, keys, takes: Takes::Other(accepted), example }
}

const PATH: &str = "the path of a file";
const ENDPOINT: Variable = family(
    family!("ENDPOINT"),
    &["outputs.url", "outputs.endpoints"],
    "an address such as http://localhost:4318",
    "http://collector:4318",
);
const PROTOCOL: Variable =
    family(family!("PROTOCOL"), &["outputs.protocol"], "http/protobuf or http/json", "http/json");
const HEADERS: Variable = family(
    family!("HEADERS"),
    &["outputs.headers"],
    "name=value pairs separated by commas",
    "authorization=Bearer%20...",
);
const COMPRESSION: Variable =
    family(family!("COMPRESSION"), &["outputs.compression"], "none or gzip", "gzip");
const TIMEOUT: Variable =
    family(family!("TIMEOUT"), &["outputs.timeout"], "milliseconds from 1 to 60000", "3000");
const CERTIFICATE: Variable = family(family!("CERTIFICATE"), &["outputs.ca"], PATH, "/etc/shop/ca.pem");
const CLIENT_CERTIFICATE: Variable =
    family(family!("CLIENT_CERTIFICATE"), &["outputs.client_certificate"], PATH, "/etc/shop/client.pem");
const CLIENT_KEY: Variable =
    family(family!("CLIENT_KEY"), &["outputs.client_key"], PATH, "/etc/shop/client.key");

/// All of them.
pub(super) static VARIABLES: [Variable; 8] =
    [ENDPOINT, PROTOCOL, HEADERS, COMPRESSION, TIMEOUT, CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY];

/// `grpc` is left out: the variable may be meant for another library, but what it says cannot be done here.
const PROTOCOLS: [(&str, Encoding); 2] =
    [("http/protobuf", Encoding::Protobuf), ("http/json", Encoding::Json)];

/// The signals that the environment alone asks to send to a collector: those whose exporter it is, and those with an
/// endpoint and no other exporter. Nothing when it asks for none.
pub(super) fn asked_for(variables: &Variables<'_>) -> Option<SignalSet> {
    let has_endpoint =
        |signal| [0, of_signal(signal)].iter().any(|at| one_of(variables, &ENDPOINT, *at).is_some());
    let implied = |signal: &Signal| selection::is_open(variables, *signal) && has_endpoint(*signal);
    let named = selection::signals_for(variables, selection::OTLP);
    let signals = Signal::ALL.into_iter().filter(implied).fold(named, SignalSet::with);
    (signals != SignalSet::default()).then_some(signals)
}

/// All that they say.
pub(super) fn read(report: &mut Report, variables: &Variables<'_>) -> Part {
    let mut general = place(report, variables, 0);
    let url = general.url.take();
    let mut part = Part::default();
    for signal in Signal::ALL {
        let below = url.as_deref().map(|url| below(url, signal));
        let weaker = Place { url: below, ..general.clone() };
        *part.of_mut(signal) = place(report, variables, of_signal(signal)).over(weaker);
    }
    part
}

/// The place of a signal's variable among its siblings; the general one is the first.
const fn of_signal(signal: Signal) -> usize {
    match signal {
        Signal::Spans => 1,
        Signal::Metrics => 2,
        Signal::Logs => 3,
    }
}

/// What one of the siblings says.
fn one_of<'v>(variables: &Variables<'v>, family: &Variable, at: usize) -> Option<(&'static str, &'v str)> {
    let name = family.names.get(at)?;
    Some((name, variables(name)?.trim()))
}

fn place(report: &mut Report, variables: &Variables<'_>, at: usize) -> Place {
    let mut read = Reading { report, variables, at };
    let url = read.one(&ENDPOINT, |text| is_url(text).then(|| text.to_owned()));
    let encoding = read.one(&PROTOCOL, |text| word(text, &PROTOCOLS));
    let headers = read.one(&HEADERS, headers);
    let compression = read.one(&COMPRESSION, |text| word(text, &COMPRESSIONS));
    let timeout = read.one(&TIMEOUT, |text| {
        text.parse()
            .ok()
            .filter(|milliseconds| (1..=60_000).contains(milliseconds))
            .map(Duration::from_millis)
    });
    let mut path = |variable| read.one(variable, |text| Some(PathBuf::from(text)));
    let (ca, client_certificate, client_key) =
        (path(&CERTIFICATE), path(&CLIENT_CERTIFICATE), path(&CLIENT_KEY));
    Place {
        url,
        encoding,
        http: HttpSettings { headers, compression, timeout, ca, client_certificate, client_key },
    }
}

/// The variables of one place among their siblings.
struct Reading<'r, 'v> {
    report: &'r mut Report,
    variables: &'r Variables<'v>,
    at: usize,
}

impl Reading<'_, '_> {
    fn one<T>(&mut self, variable: &Variable, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let (name, text) = one_of(self.variables, variable, self.at)?;
        let value = read(text);
        if value.is_none() {
            // A header may be a secret, so that no variable's value is shown here.
            self.report.finding(name, "not understood", variable.takes.words());
        }
        value
    }
}

fn word<T: Copy>(text: &str, known: &[(&str, T)]) -> Option<T> {
    known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value)
}

fn headers(text: &str) -> Option<Vec<(String, String)>> {
    let header = |(name, text): (&str, String)| is_header(name, &text).then(|| (name.to_owned(), text));
    pairs(text).map(|pair| pair.ok().and_then(header)).collect()
}
