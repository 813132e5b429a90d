//! Lines kept in memory, for tests.
//!
//! Not for records that wait for another output: see `queue`.

use super::exporter::{Export, Exporter};
use super::kind::{Around, Kept, Opened, OutputKind, Passage, Target, Waiting};
use super::progress::Progress;
use crate::buffer::records::Batch;
use crate::document::report::{Object, Report};
use crate::document::setting::Setting;
use crate::encode::jsonl::JsonLines;
use crate::model::signal::SignalSet;
use crate::stats::DropReason;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// What such an output keeps at most; a forgotten one must not eat the process.
const BOUND_BYTES: usize = 32 * 1024 * 1024;

/// The kind.
#[derive(Debug)]
pub(super) struct Memory;

/// The settings of one such output.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// How the books call it.
    pub(super) label: &'static str,
}

/// The lines of one such output.
#[derive(Debug, Clone, Default)]
struct Store(Arc<Mutex<Vec<u8>>>);

impl OutputKind for Memory {
    fn name(&self) -> &'static str {
        "memory"
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
        Some(Arc::new(Settings { label: "memory" }))
    }
}

impl Target for Settings {
    fn label(&self) -> String {
        self.label.to_owned()
    }

    fn open(&self, around: &Around<'_>) -> io::Result<Opened> {
        let store = Store::default();
        Ok(Opened {
            encoder: Arc::new(JsonLines::new(around.resource, around.rules, around.counts)),
            exporter: Box::new(store.clone()),
            passage: Passage::WriteThrough,
            kept: Some(Arc::new(store)),
        })
    }
}

impl Kept for Store {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

impl Exporter for Store {
    fn export(&mut self, batch: &Batch<'_>, _: &Progress) -> Export {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes.len() + batch.bytes().len() > BOUND_BYTES {
            return Export::Refused(DropReason::Full);
        }
        bytes.extend_from_slice(batch.bytes());
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        true
    }
}
