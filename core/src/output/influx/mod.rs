//! InfluxDB: line protocol, over HTTP or in datagrams.

mod place;
mod protocol;
mod verdict;

use super::datagram::{Datagrams, WHOLE_BYTES};
use super::exporter::Exporter;
use super::http::{
    CA, CLIENT_CERTIFICATE, CLIENT_KEY, COMPRESSION, HEADERS, HttpExporter, TIMEOUT, without_secrets,
};
use super::kind::{Around, Claim, Opened, OutputKind, Passage, Target, Waiting};
use super::spool::{self, Identity, SPOOL};
use crate::document::report::{Object, Report};
use crate::document::setting::Setting;
use crate::encode::influx::LineProtocol;
use crate::encode::record::Encoder as _;
use crate::model::signal::SignalSet;
use place::Place;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The kind.
#[derive(Debug)]
pub(super) struct Influx;

/// The settings of one such output.
#[derive(Clone, Debug, PartialEq)]
struct Settings {
    place: Place,
    spool: Option<PathBuf>,
}

static SETTINGS: [Setting; 9] =
    [place::URL, place::TOKEN, HEADERS, COMPRESSION, TIMEOUT, CA, CLIENT_CERTIFICATE, CLIENT_KEY, SPOOL];

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
        let spool = spool::read(report, object);
        Some(Arc::new(Settings { place: place::place(report, object)?, spool }))
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        match &self.place {
            Place::Datagrams(address) => format!("influx:{address}"),
            Place::Http(url, _) => format!("influx:{}", without_secrets(url)),
        }
    }

    fn claim(&self) -> Option<Claim> {
        let what = match &self.place {
            Place::Datagrams(_) => self.label(),
            Place::Http(url, _) => url.clone(),
        };
        Some(Claim { key: place::URL.key, what })
    }

    fn is_spooled(&self) -> bool {
        self.spool.is_some()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let encoder = LineProtocol::new(around.resource, around.rules, around.counts);
        let exporter: Box<dyn Exporter> = match &self.place {
            Place::Datagrams(address) => Box::new(Datagrams::to(address.clone(), WHOLE_BYTES, LARGEST_BYTES)),
            Place::Http(url, http) => {
                let identity = Identity::new(self.label(), encoder.id(), url);
                let relay = HttpExporter::new(url.clone(), http, protocol::Lines::default())?;
                spool::behind(self.spool.as_deref(), around, identity, relay)?
            }
        };
        Ok(Opened { encoder: Arc::new(encoder), exporter, passage: Passage::Buffered, kept: None })
    }
}
