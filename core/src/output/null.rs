//! The output that drops after encoding.
//!
//! Not for switching telemetry off: `disabled` does that before anything is encoded.

use super::exporter::{Export, Exporter};
use super::kind::{Around, Opened, OutputKind, Passage, Target, Waiting};
use super::progress::Progress;
use crate::buffer::records::Batch;
use crate::document::report::{Object, Report};
use crate::document::setting::Setting;
use crate::encode::jsonl::JsonLines;
use crate::model::signal::SignalSet;
use std::io;
use std::sync::Arc;

/// The kind, its settings (there are none) and its far side: takes everything and keeps nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Null;

impl OutputKind for Null {
    fn name(&self) -> &'static str {
        "null"
    }

    fn default_signals(&self) -> SignalSet {
        SignalSet::ALL
    }

    fn waiting(&self) -> Waiting {
        Waiting::ForRoom
    }

    fn settings(&self) -> &'static [Setting] {
        &[]
    }

    fn read(&self, _: &mut Report, _: &Object<'_>) -> Option<Arc<dyn Target>> {
        Some(Arc::new(Self))
    }
}

impl Target for Null {
    fn label(&self) -> String {
        self.name().to_owned()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        Ok(Opened {
            encoder: Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
            exporter: Box::new(Self),
            passage: Passage::Discarded,
            kept: None,
        })
    }
}

impl Exporter for Null {
    fn export(&mut self, _: &Batch<'_>, _: &Progress) -> Export {
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        true
    }
}
