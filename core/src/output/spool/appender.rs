//! The near side of a spool: records onto the disk.

use super::directory::Directory;
use super::notes::SpoolNotes;
use super::relay::{Identity, Relay};
use super::shared::Shared;
use super::{frame, sender};
use crate::buffer::records::Batch;
use crate::output::exporter::{Export, Exporter};
use crate::output::notes::Notes;
use crate::output::onward::Onward;
use crate::output::progress::Progress;
use std::sync::Arc;
use std::time::Duration;

/// When the disk took nothing, it is tried again after so long.
const AGAIN: Duration = Duration::from_millis(500);

/// Keeps records for the sender.
pub(super) struct Appender {
    shared: Arc<Shared>,
    /// Until the sender has started.
    relay: Option<Box<dyn Relay>>,
    frames: Vec<u8>,
    notes: Arc<SpoolNotes>,
}

impl Appender {
    /// Begins to send what others left in the folder.
    pub(super) fn open(directory: Directory, identity: Identity, relay: Box<dyn Relay>) -> Self {
        let notes = Arc::new(SpoolNotes::new(&directory, &identity, relay.origin()));
        let shared = Arc::new(Shared::new(directory, identity, relay.origin()));
        let mut appender = Self { shared, relay: Some(relay), frames: Vec::new(), notes };
        let has_others = appender.shared.directory.has_segments();
        if appender.shared.adopt() || has_others {
            // Those whose owners live may be left behind later.
            appender.start();
        }
        appender
    }

    fn start(&mut self) {
        if let Some(relay) = self.relay.take() {
            self.relay = sender::start(&self.shared, relay);
        }
    }
}

impl Exporter for Appender {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        self.frames.clear();
        batch.records().for_each(|(signal, record)| frame::write(&mut self.frames, signal, record));
        if let Err(error) = self.shared.append(&self.frames, batch.len()) {
            progress.failed(format!("the spool cannot be written: {error}"));
            return Export::Retry(AGAIN);
        }
        self.start();
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        true
    }

    fn onward(&self) -> Option<Arc<Onward>> {
        Some(Arc::clone(&self.shared.onward))
    }

    fn notes(&self) -> Option<Arc<dyn Notes>> {
        Some(Arc::clone(&self.notes) as Arc<dyn Notes>)
    }

    fn close(&mut self) {
        self.shared.end();
        if self.relay.is_some() {
            // There is no sender that would do it.
            self.shared.leave();
        }
    }
}
