//! JSON lines by HTTP, as they are, for back ends that keep lines.

mod bulk;
mod loki;
mod ndjson;

use super::exporter::Exporter;
use super::http::{
    CA, CLIENT_CERTIFICATE, CLIENT_KEY, COMPRESSION, HEADERS, HttpExporter, HttpSettings, Protocol, TIMEOUT,
    is_url, without_secrets,
};
use super::kind::{Around, Opened, OutputKind, Passage, Target, Waiting};
use super::spool::{self, Identity, SPOOL};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::jsonl::JsonLines;
use crate::encode::record::Encoder as _;
use crate::model::signal::SignalSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Lines;

/// How the lines of a request are wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// Not at all.
    #[default]
    Ndjson,
    /// Each behind an action line, for the bulk interface of Elasticsearch and OpenSearch.
    Bulk,
    /// As streams of entries, for the push interface of Loki.
    Loki,
}

/// The settings of one server.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    url: String,
    format: Format,
    labels: Vec<&'static str>,
    http: HttpSettings,
    spool: Option<PathBuf>,
}

const FORMATS: [(&str, Format); 3] =
    [("ndjson", Format::Ndjson), ("bulk", Format::Bulk), ("loki", Format::Loki)];

/// Keys of a line that name few things: a label with many values makes a stream for each.
const LABELS: [(&str, &str); 6] = [
    ("service", "service"),
    ("environment", "environment"),
    ("level", "level"),
    ("kind", "kind"),
    ("host", "host"),
    ("logger", "logger"),
];
const LABEL: Takes = Takes::Choice { known: &LABELS, unbuilt: &[] };

static SETTINGS: [Setting; 10] = [
    Setting::new(
        "url",
        Takes::Text("an address such as \"http://localhost:9200/logs/_bulk\""),
        "\"http://localhost:9200/logs/_bulk\"",
        "Where lines are posted to, the whole address.",
    )
    .required(),
    Setting::new(
        "format",
        Takes::Choice { known: &FORMATS, unbuilt: &[] },
        "\"bulk\"",
        "How the lines of a request are wrapped: not at all (VictoriaLogs and others), for the bulk interface of \
         Elasticsearch, or for the push interface of Loki.",
    )
    .without("\"ndjson\""),
    Setting::new(
        "labels",
        Takes::List { of: &LABEL, words: "a list of {}" },
        "[\"service\", \"level\", \"host\"]",
        "With the format `loki`: the keys of a line that become labels of its stream.",
    )
    .without("[\"service\", \"environment\", \"level\"]"),
    HEADERS,
    COMPRESSION,
    TIMEOUT,
    CA,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
    SPOOL,
];

impl OutputKind for Lines {
    fn name(&self) -> &'static str {
        "http"
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
        let format = report.choice_or_default(object.get("format"), &FORMATS);
        let labels = labels(report, object);
        let http = HttpSettings::read(report, object);
        let spool = spool::read(report, object);
        let found = report.required(object, "url")?;
        let url = report.read(&found, |value, _| value.as_str().filter(|url| is_url(url)).map(str::to_owned));
        Some(Arc::new(Settings { url: url?, format: format?, labels: labels?, http: http?, spool }))
    }
}

fn labels(report: &mut Report, object: &Object<'_>) -> Option<Vec<&'static str>> {
    let Some(found) = object.get("labels") else { return Some(vec!["service", "environment", "level"]) };
    Some(report.list(&found)?.iter().filter_map(|label| report.choice(label, &LABELS)).collect())
}

impl Settings {
    fn exporter<P: Protocol + 'static>(
        &self,
        protocol: P,
        around: &Around<'_>,
        encoder: &JsonLines,
    ) -> io::Result<Box<dyn Exporter>> {
        let destination = format!("{:?} {}", self.format, self.url);
        let relay = HttpExporter::new(self.url.clone(), &self.http, protocol)?;
        let identity = Identity::new(self.label(), encoder.id(), &destination);
        spool::behind(self.spool.as_deref(), around, identity, relay)
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("http:{}", without_secrets(&self.url))
    }

    fn is_spooled(&self) -> bool {
        self.spool.is_some()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let encoder = JsonLines::new(around.resource, around.rules, around.counts);
        // The spool gives the ids, and a trial goes past it.
        let is_identified = self.spool.is_some() && !around.is_trial;
        let exporter = match self.format {
            Format::Ndjson => self.exporter(ndjson::Ndjson, around, &encoder),
            Format::Bulk => self.exporter(bulk::Bulk::new(is_identified), around, &encoder),
            Format::Loki => self.exporter(loki::Loki::new(self.labels.clone()), around, &encoder),
        };
        Ok(Opened { encoder: Arc::new(encoder), exporter: exporter?, passage: Passage::Buffered, kept: None })
    }
}
