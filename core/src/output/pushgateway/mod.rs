//! A Prometheus Pushgateway: jobs that end before anybody scrapes them leave their metrics there.
//!
//! Not for what is scraped in the process itself: see the kind `prometheus`.

mod group;
mod protocol;

use super::http::{
    CA, CLIENT_CERTIFICATE, CLIENT_KEY, COMPRESSION, HEADERS, HttpExporter, HttpSettings, Method, TIMEOUT,
    without_secrets,
};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::model::signal::SignalSet;
use group::Group;
use protocol::{Exposed, Mark};
use std::io;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Pushgateway;

/// The settings of one such output.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    url: String,
    group: Group,
    method: Method,
    http: HttpSettings,
}

const METHODS: [(&str, Method); 2] = [("put", Method::Put), ("post", Method::Post)];

static SETTINGS: [Setting; 10] = [
    Setting::new(
        "url",
        Takes::Text("the address of a Pushgateway such as \"http://localhost:9091\""),
        "\"http://localhost:9091\"",
        "Where the Pushgateway is; the path of the group, `/metrics/job/...`, is put behind it.",
    )
    .required(),
    Setting::new(
        "job",
        Takes::Text("a name such as \"nightly\""),
        "\"nightly\"",
        "The label `job` of all that is pushed, and the first part of the group's key: the service unless it is given.",
    ),
    Setting::new(
        "grouping",
        group::LABELS,
        "{\"region\": \"eu\"}",
        "The other labels of the group's key. Each group keeps what was pushed to it last: processes that run beside each \
         other need groups of their own. The labels of the key win over attributes of the same name.",
    )
    .without("{}"),
    Setting::new(
        "method",
        Takes::Choice { known: &METHODS, unbuilt: &[] },
        "\"post\"",
        "Whether a push takes the place of the whole group (`put`), or only of those metrics of it that have the same \
         names (`post`). Nothing is deleted at the end: what a job left is what is scraped later.",
    )
    .without("\"put\""),
    HEADERS,
    COMPRESSION,
    TIMEOUT,
    CA,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
];

impl OutputKind for Pushgateway {
    fn name(&self) -> &'static str {
        "pushgateway"
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
        let group = Group::read(report, object);
        let method = report.choice_or_default(object.get("method"), &METHODS);
        let http = HttpSettings::read(report, object);
        let found = report.required(object, "url")?;
        let url = report.read(&found, |value, _| value.as_str().and_then(group::base));
        Some(Arc::new(Settings { url: url?, group: group?, method: method?, http: http? }))
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("pushgateway:{}", without_secrets(&self.url))
    }

    /// One of two that push to the same group would undo what the other did.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: "grouping", what: format!("{}{}", self.url, self.group.path("")) })
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let group = if around.is_trial { Group::of_trials() } else { self.group.clone() };
        let url = format!("{}{}", self.url, group.path(&around.resource.service));
        let protocol = Exposed::new(self.method, Arc::clone(around.metrics));
        Ok(Opened {
            encoder: Arc::new(Mark),
            exporter: Box::new(HttpExporter::new(url, &self.http, protocol)?),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
