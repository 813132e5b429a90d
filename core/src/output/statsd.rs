//! StatsD: metrics in datagrams, every second what was measured meanwhile.

use super::datagram::{Address, Datagrams, WHOLE_BYTES};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Temporality, Waiting};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::statsd::{Dialect, Form, Lines};
use crate::model::signal::SignalSet;
use std::io;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Statsd;

/// The settings of one such output.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settings {
    address: Address,
    dialect: Dialect,
    prefix: String,
    form: Form,
}

const ADDRESS: &str = "address";
const DEFAULT_ADDRESS: &str = "127.0.0.1:8125";
const DIALECTS: [(&str, Dialect); 2] = [("statsd", Dialect::Plain), ("dogstatsd", Dialect::Datadog)];
const FORMS: [(&str, Form); 3] =
    [("timer", Form::Timer), ("histogram", Form::Histogram), ("distribution", Form::Distribution)];

static SETTINGS: [Setting; 4] = [
    Setting::new(
        ADDRESS,
        Takes::Other("a host with a port such as \"127.0.0.1:8125\", or a socket such as \"unix:/run/statsd.sock\""),
        "\"unix:/run/datadog/dsd.socket\"",
        "Where datagrams go: UDP, or the datagram socket at a path. A name is looked up once a minute.",
    )
    .without("\"127.0.0.1:8125\""),
    Setting::new(
        "dialect",
        Takes::Choice { known: &DIALECTS, unbuilt: &[] },
        "\"dogstatsd\"",
        "What the far side understands. `dogstatsd` has tags: service, environment and version, and the attributes. In \
         plain `statsd` attributes are parts of the name: `orders_total.region.eu`.",
    )
    .without("\"statsd\""),
    Setting::new(
        "prefix",
        Takes::Other("letters, digits, `_`, `-` and `.`, such as \"shop\""),
        "\"shop\"",
        "Stands before every name, with a dot between them.",
    ),
    Setting::new(
        "histograms",
        Takes::Choice { known: &FORMS, unbuilt: &[] },
        "\"distribution\"",
        "What histograms are sent as: `ms`, in milliseconds where the unit is one of time; or, in their own unit, `h` or \
         `d`, which Datadog and others have besides.",
    )
    .without("\"timer\""),
];

impl OutputKind for Statsd {
    fn name(&self) -> &'static str {
        "statsd"
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
        let address = match object.get(ADDRESS) {
            Some(found) => report.read(&found, |value, _| Address::parse(value.as_str()?)),
            None => Address::parse(DEFAULT_ADDRESS),
        };
        let dialect = report.choice_or_default(object.get("dialect"), &DIALECTS);
        let form = report.choice_or_default(object.get("histograms"), &FORMS);
        let prefix = prefix(report, object);
        Some(Arc::new(Settings { address: address?, dialect: dialect?, prefix: prefix?, form: form? }))
    }
}

/// What stands before every name, its dot included.
fn prefix(report: &mut Report, object: &Object<'_>) -> Option<String> {
    let Some(found) = object.get("prefix") else { return Some(String::new()) };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    report.read(&found, |value, _| {
        let text = value.as_str().filter(|text| text.chars().all(fits))?;
        let text = text.strip_suffix('.').unwrap_or(text);
        (!text.is_empty()).then(|| format!("{text}."))
    })
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("statsd:{}", self.address)
    }

    /// A far side that gets everything twice counts it twice.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: ADDRESS, what: self.label() })
    }

    fn temporality(&self) -> Temporality {
        Temporality::Delta
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let Self { address, dialect, prefix, form } = self;
        Ok(Opened {
            encoder: Arc::new(Lines::new(prefix, *dialect, *form, around.resource, around.counts)),
            exporter: Box::new(Datagrams::to(address.clone(), WHOLE_BYTES, WHOLE_BYTES)),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
