//! An OpenTelemetry collector, or whatever else takes OTLP over HTTP.
//!
//! Follows the OpenTelemetry protocol specification 1.x, OTLP/HTTP.

mod place;
mod protocol;
mod variables;

use super::http::{
    CA, CLIENT_CERTIFICATE, CLIENT_KEY, COMPRESSION, HEADERS, HttpExporter, HttpSettings, TIMEOUT, is_url,
};
use super::kind::{Around, Opened, OutputKind, Passage, Target, Variables, Waiting};
use super::spool::{self, Identity, SPOOL};
use crate::document::report::{Found, Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::document::variable::Variable;
use crate::encode::otlp::{Encoding, encoder};
use crate::encode::record::{Encoder as _, ForSignal};
use crate::model::signal::{Signal, SignalSet};
use place::{Part, Place};
use protocol::Otlp;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Collector;

/// The settings of one collector: what its entry says, and what the environment says beside it.
#[derive(Clone, Debug)]
struct Settings {
    given: Part,
    environment: Part,
    spool: Option<PathBuf>,
}

/// By what they come to.
impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        self.spool == other.spool
            && Signal::ALL.into_iter().all(|signal| self.place(signal) == other.place(signal))
    }
}

const ENCODINGS: [(&str, Encoding); 2] = [("protobuf", Encoding::Protobuf), ("json", Encoding::Json)];
const URL: Takes = Takes::Text("an address such as \"http://localhost:4318\"");

static ENDPOINTS: [Setting; 3] = [endpoint(Signal::Logs), endpoint(Signal::Spans), endpoint(Signal::Metrics)];

const fn endpoint(signal: Signal) -> Setting {
    let about = "Where records of this signal go, the whole address.";
    Setting::new(signal.as_str(), URL, "\"http://traces.example:4318/v1/traces\"", about)
}

static SETTINGS: [Setting; 10] = [
    Setting::new(
        "url",
        URL,
        "\"https://collector.example:4318\"",
        "The collector's address; each signal goes to its path below it: `/v1/logs`, `/v1/traces`, `/v1/metrics`. What \
         is not given here, neither this nor another key, is taken from the variables `OTEL_EXPORTER_OTLP_...` of the \
         specification, those of one signal before the general ones.",
    )
    .without("\"http://localhost:4318\""),
    Setting::new(
        "endpoints",
        Takes::Object(&ENDPOINTS),
        "{\"spans\": \"http://traces.example:4318/v1/traces\"}",
        "Whole addresses for single signals.",
    ),
    Setting::new(
        "protocol",
        Takes::Choice { known: &ENCODINGS, unbuilt: &["grpc"] },
        "\"json\"",
        "How records are encoded. A collector that speaks OTLP over gRPC alone is not reached.",
    )
    .without("\"protobuf\""),
    HEADERS,
    COMPRESSION,
    TIMEOUT,
    CA,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
    SPOOL,
];

impl OutputKind for Collector {
    fn name(&self) -> &'static str {
        "otlp"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::ALL
    }

    fn waiting(&self) -> Waiting {
        Waiting::Never
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let before = report.problems.len();
        let mut given = Part::default();
        let encoding = object.get("protocol").and_then(|found| report.choice(&found, &ENCODINGS));
        let url = object.get("url").and_then(|found| address(report, &found));
        let endpoints = object.get("endpoints").and_then(|found| report.own_object(&found));
        let http = HttpSettings::read(report, object).unwrap_or_default();
        for signal in Signal::ALL {
            let own = endpoints.as_ref().and_then(|endpoints| endpoints.get(signal.as_str()));
            let own = own.and_then(|found| address(report, &found));
            let url = own.or_else(|| url.as_deref().map(|url| place::below(url, signal)));
            *given.of_mut(signal) = Place { url, encoding, http: http.clone() };
        }
        let spool = spool::read(report, object);
        let read = Settings { given, environment: Part::default(), spool };
        (report.problems.len() == before).then(|| Arc::new(read) as Arc<dyn Target>)
    }

    fn implied(&self, report: &mut Report, variables: &Variables<'_>) -> Vec<(Arc<dyn Target>, SignalSet)> {
        let Some(signals) = variables::asked_for(variables) else { return Vec::new() };
        let environment = variables::read(report, variables);
        vec![(Arc::new(Settings { given: Part::default(), environment, spool: None }), signals)]
    }

    fn variables(&self) -> &'static [Variable] {
        &variables::VARIABLES
    }
}

fn address(report: &mut Report, found: &Found<'_>) -> Option<String> {
    report.read(found, |value, _| value.as_str().filter(|url| is_url(url)).map(str::to_owned))
}

impl Settings {
    fn place(&self, signal: Signal) -> Place {
        let known = self.given.of(signal).clone().over(self.environment.of(signal).clone());
        known.over(Place {
            url: Some(place::below(place::DEFAULT_URL, signal)),
            encoding: Some(Encoding::Protobuf),
            ..Place::default()
        })
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        "otlp".to_owned()
    }

    fn is_per_signal(&self) -> bool {
        true
    }

    fn completed(&self, report: &mut Report, variables: &Variables<'_>) -> Option<Arc<dyn Target>> {
        let environment = variables::read(report, variables);
        Some(Arc::new(Self { environment, ..self.clone() }))
    }

    fn is_spooled(&self) -> bool {
        self.spool.is_some()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let signal = around.signals.iter().next().unwrap_or(Signal::Spans);
        let Place { url, encoding, http } = self.place(signal);
        let (url, encoding) = (url.unwrap_or_default(), encoding.unwrap_or(Encoding::Protobuf));
        let protocol = Otlp::new(signal, encoding, around.resource);
        let encoder = ForSignal::new(signal, encoder(encoding, around.rules, around.counts));
        let label = format!("{}:{}", self.label(), signal.as_str());
        let identity = Identity::new(label, encoder.id(), &url);
        let relay = HttpExporter::new(url, &http, protocol)?;
        Ok(Opened {
            encoder: Arc::new(encoder),
            exporter: spool::behind(self.spool.as_deref(), around, identity, relay)?,
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
