//! InfluxDB: line protocol in datagrams.

use super::datagram::{Address, Datagrams, WHOLE_BYTES};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::influx::LineProtocol;
use crate::model::signal::SignalSet;
use std::io;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Influx;

/// The settings of one such output.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settings {
    address: Address,
}

const URL: &str = "url";

static SETTINGS: [Setting; 1] = [Setting::new(
    URL,
    Takes::Other("the address of an InfluxDB such as \"udp://127.0.0.1:8089\""),
    "\"udp://127.0.0.1:8089\"",
    "Where lines go: the UDP listener of an InfluxDB 1.x or of Telegraf, which names the database. What does not arrive \
     there nobody notices.",
)
.required()];

/// The largest datagram that there is; one that holds a single long line may have this size.
const LARGEST_BYTES: usize = 65_507;

impl OutputKind for Influx {
    fn name(&self) -> &'static str {
        "influx"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::METRICS
    }

    fn waiting(&self) -> Waiting {
        Waiting::Never
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn read(&self, report: &mut Report, object: &Object<'_>) -> Option<Arc<dyn Target>> {
        let found = report.required(object, URL)?;
        let address = report.read(&found, |value, _| {
            let address = value.as_str()?.strip_prefix("udp://")?;
            Address::parse(address.strip_suffix('/').unwrap_or(address))
                .filter(|a| matches!(a, Address::Udp(_)))
        });
        Some(Arc::new(Settings { address: address? }))
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("influx:udp://{}", self.address)
    }

    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: URL, what: self.label() })
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        Ok(Opened {
            encoder: Arc::new(LineProtocol::new(around.resource, around.rules, around.counts)),
            exporter: Box::new(Datagrams::to(self.address.clone(), WHOLE_BYTES, LARGEST_BYTES)),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
