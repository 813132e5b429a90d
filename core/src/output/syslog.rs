//! Syslog: log records as messages, to a daemon on this machine or to a server.

use super::datagram::{Address, Datagrams};
use super::exporter::Exporter;
use super::http::{CA, CLIENT_CERTIFICATE, CLIENT_KEY, HttpSettings};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use super::stream::{Place, Stream};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::redact::Redaction;
use crate::encode::syslog::{Form, Syslog as Messages};
use crate::model::signal::SignalSet;
use std::fmt;
use std::io;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Syslog;

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    Datagrams(Address),
    Stream(Place),
}

/// The settings of one such output.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    way: Way,
    facility: u8,
    form: Form,
    tls: HttpSettings,
}

const ADDRESS: &str = "address";
const FORMAT: &str = "format";
const STRUCTURED_DATA: &str = "structured_data";
const DEFAULT_ADDRESS: &str = "unix:/dev/log";

/// What a datagram of UDP carries over IPv4.
const UDP_BYTES: usize = 65_507;
/// Room in it for the head of a message.
const HEAD_BYTES: usize = 512;

const FACILITIES: [(&str, u8); 20] = [
    ("kern", 0),
    ("user", 1),
    ("mail", 2),
    ("daemon", 3),
    ("auth", 4),
    ("syslog", 5),
    ("lpr", 6),
    ("news", 7),
    ("uucp", 8),
    ("cron", 9),
    ("authpriv", 10),
    ("ftp", 11),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

/// How messages are written, in the words of the standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Rfc5424,
    Rfc3164,
}

const FORMATS: [(&str, Format); 2] = [("rfc5424", Format::Rfc5424), ("rfc3164", Format::Rfc3164)];

static SETTINGS: [Setting; 7] = [
    Setting::new(
        ADDRESS,
        Takes::Other(
            "a socket such as \"unix:/dev/log\", or a server such as \"udp://127.0.0.1:514\", \"tcp://logs:601\" or \
             \"tls://logs:6514\"",
        ),
        "\"tls://logs.example:6514\"",
        "Where messages go: the datagram socket of a daemon, or a server by UDP, TCP or TLS. Over the last two each has its \
         length in front (octet counting). TLS always verifies the server.",
    )
    .without("\"unix:/dev/log\""),
    Setting::new(
        "facility",
        Takes::Choice { known: &FACILITIES, unbuilt: &[] },
        "\"local0\"",
        "What kind of program this is, in the words of syslog.",
    )
    .without("\"user\""),
    Setting::new(
        FORMAT,
        Takes::Choice { known: &FORMATS, unbuilt: &[] },
        "\"rfc5424\"",
        "How messages are written: by RFC 5424, which servers get where nothing is said; or as `<14>shop[7]: ...`, which is what daemons \
         read at a socket of this machine.",
    )
    .without("\"rfc3164\""),
    Setting::new(
        STRUCTURED_DATA,
        Takes::Other("a name with the number of an enterprise, such as \"shop@32473\""),
        "\"shop@32473\"",
        "The name of an element of structured data with the record's ids and attributes; the message is its text alone then. Without \
         it the message is the record's JSON line.",
    ),
    CA,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
];

impl OutputKind for Syslog {
    fn name(&self) -> &'static str {
        "syslog"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::LOGS
    }

    fn carries(&self) -> SignalSet {
        SignalSet::LOGS
    }

    fn waiting(&self) -> Waiting {
        Waiting::Never
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let way = match object.get(ADDRESS) {
            Some(found) => report.read(&found, |value, _| Way::parse(value.as_str()?)),
            None => Way::parse(DEFAULT_ADDRESS),
        };
        let facility = object.get("facility").map_or(Some(1), |found| report.choice(&found, &FACILITIES));
        let form = form(report, object, way.as_ref());
        let tls = HttpSettings::read(report, object);
        Some(Arc::new(Settings { way: way?, facility: facility?, form: form?, tls: tls? }))
    }
}

fn form(report: &mut Report, object: &Object<'_>, way: Option<&Way>) -> Option<Form> {
    let format = match object.get(FORMAT) {
        Some(found) => report.choice(&found, &FORMATS)?,
        None if matches!(way, Some(Way::Datagrams(Address::Path(_))))
            && object.get(STRUCTURED_DATA).is_none() =>
        {
            Format::Rfc3164
        }
        None => Format::Rfc5424,
    };
    match (object.get(STRUCTURED_DATA), format) {
        (Some(found), Format::Rfc5424) => {
            let read = |text: &str| is_element(text).then(|| Form::Element(text.to_owned()));
            report.read(&found, |value, _| value.as_str().and_then(read))
        }
        (Some(found), Format::Rfc3164) => {
            report.finding(&found.path, "not in rfc3164", "the format rfc5424");
            None
        }
        (None, Format::Rfc5424) => Some(Form::Line),
        (None, Format::Rfc3164) => Some(Form::Local),
    }
}

/// Whether it can be the name of an element that the standard does not define.
fn is_element(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'=' | b']' | b'"' | b'@');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let named = text.split_once('@').filter(|(name, _)| !name.is_empty() && name.bytes().all(fits));
    text.len() <= 32 && named.is_some_and(|(_, number)| number.split('.').all(is_number))
}

impl Way {
    fn parse(text: &str) -> Option<Self> {
        let server = |authority: &str| {
            let is_server = matches!(Address::parse(authority), Some(Address::Udp(_)));
            is_server.then(|| authority.to_owned())
        };
        let stream =
            |authority, is_secure| Some(Self::Stream(Place { authority: server(authority)?, is_secure }));
        match text.split_once("://") {
            Some(("udp", authority)) => server(authority).map(Address::Udp).map(Self::Datagrams),
            Some(("tcp", authority)) => stream(authority, false),
            Some(("tls", authority)) => stream(authority, true),
            Some(("unix", path)) => Address::parse(&format!("unix:{path}")).map(Self::Datagrams),
            Some(_) => None,
            None => Address::parse(text)
                .filter(|address| matches!(address, Address::Path(_)))
                .map(Self::Datagrams),
        }
    }

    /// The longest line of a record that arrives as a whole.
    fn line_bytes(&self) -> usize {
        match self {
            Self::Datagrams(Address::Udp(_)) => UDP_BYTES - HEAD_BYTES,
            _ => usize::MAX,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Datagrams(Address::Udp(authority)) => write!(f, "udp://{authority}"),
            Self::Datagrams(path) => path.fmt(f),
            Self::Stream(Place { authority, is_secure: false }) => write!(f, "tcp://{authority}"),
            Self::Stream(Place { authority, is_secure: true }) => write!(f, "tls://{authority}"),
        }
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("syslog:{}", self.way)
    }

    /// A far side that gets everything twice keeps it twice.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: ADDRESS, what: self.label() })
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let rules = shortened(around.rules, self.way.line_bytes());
        let exporter: Box<dyn Exporter> = match &self.way {
            Way::Datagrams(address @ Address::Udp(_)) => {
                Box::new(Datagrams::of_records(address.clone(), UDP_BYTES, false))
            }
            Way::Datagrams(path) => Box::new(Datagrams::of_records(path.clone(), usize::MAX, false)),
            Way::Stream(place) => Box::new(Stream::to(place.clone(), &self.tls)?),
        };
        Ok(Opened {
            encoder: Arc::new(Messages::new(
                self.facility,
                &self.form,
                around.resource,
                &rules,
                around.counts,
            )),
            exporter,
            passage: Passage::Buffered,
            kept: None,
        })
    }
}

/// The same rules with lines of at most so many bytes.
fn shortened(rules: &Arc<Rules>, line_bytes: usize) -> Arc<Rules> {
    if rules.limits.line_bytes <= line_bytes {
        return Arc::clone(rules);
    }
    let limits = Limits { line_bytes, ..rules.limits.clone() };
    // Keys are masked before a record comes here.
    Arc::new(Rules::new(limits, &Redaction::default(), rules.attributes_key.as_deref()))
}
