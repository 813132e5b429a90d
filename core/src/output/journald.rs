//! The journal of systemd, in its native protocol: each log record as an entry with fields.

use super::datagram::{Address, Datagrams};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use crate::encode::journal::Journal;
use crate::model::signal::SignalSet;
use std::io;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Journald;

/// The settings of one such output.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settings {
    address: Address,
}

const ADDRESS: &str = "address";
const DEFAULT_ADDRESS: &str = "unix:/run/systemd/journal/socket";

static SETTINGS: [Setting; 1] = [Setting::new(
    ADDRESS,
    Takes::Other("a socket such as \"unix:/run/systemd/journal/socket\""),
    "\"unix:/run/systemd/journal.shop/socket\"",
    "The socket of the journal, or of one of its namespaces.",
)
.without("\"unix:/run/systemd/journal/socket\"")];

impl OutputKind for Journald {
    fn name(&self) -> &'static str {
        "journald"
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
        let parse = |text: &str| Address::parse(text).filter(|address| matches!(address, Address::Path(_)));
        let address = match object.get(ADDRESS) {
            Some(found) => report.read(&found, |value, _| parse(value.as_str()?)),
            None => parse(DEFAULT_ADDRESS),
        };
        Some(Arc::new(Settings { address: address? }))
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        format!("journald:{}", self.address)
    }

    /// A journal that gets everything twice keeps it twice.
    fn claim(&self) -> Option<Claim> {
        Some(Claim { key: ADDRESS, what: self.label() })
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        Ok(Opened {
            encoder: Arc::new(Journal::new(around.resource, around.rules)),
            exporter: Box::new(Datagrams::of_records(self.address.clone(), usize::MAX, true)),
            passage: Passage::Buffered,
            kept: None,
        })
    }
}
