//! The cells of this process where other processes of its service see them: in a file that outlives it.
//!
//! Not for reading those of others: see `together`. Why it is done like this, and what it costs: ADR 10.

pub(crate) mod identity;
pub(crate) mod layout;
mod mirror;
pub(crate) mod own;

pub(crate) use mirror::Mirror;

use super::across::Rulebook;
use super::definition::Definition;
use crate::model::attributes::Attributes;
use crate::platform;
use own::Own;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// This process among those of its service.
#[derive(Debug)]
pub struct Processes {
    folder: PathBuf,
    rulebook: Rulebook,
    /// Its file, made with its first series.
    own: Arc<Mutex<Option<Arc<Own>>>>,
    complained: AtomicBool,
}

impl Processes {
    /// Those that share `folder`, which is there; this one with the file that it has already where it was among them
    /// before.
    pub(crate) fn new(folder: &Path, rulebook: &Rulebook, before: Option<&Self>) -> Self {
        Self {
            folder: folder.to_owned(),
            rulebook: rulebook.clone(),
            own: before.map(|before| Arc::clone(&before.own)).unwrap_or_default(),
            complained: AtomicBool::new(false),
        }
    }

    /// The folder that they share.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How gauges and up-down counters become one.
    pub(crate) fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// A place in the file for a series; none where the system has no room for it. Then the series counts as without
    /// other processes, and nobody but this one knows.
    pub(crate) fn mirror(
        &self,
        definition: &Definition,
        attributes: &Attributes,
        words: usize,
    ) -> Option<Mirror> {
        match self.place(&identity::of(definition, attributes), words) {
            Ok(words) => Some(Mirror::new(words)),
            Err(error) => {
                if !self.complained.swap(true, Ordering::Relaxed) {
                    let folder = self.folder.display();
                    platform::complain(&format!("metrics are not shared by {folder}: {error}"));
                }
                None
            }
        }
    }

    fn place(&self, identity: &[u8], words: usize) -> io::Result<own::Words> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match &*own {
            Some(file) => Arc::clone(file),
            None => Arc::clone(own.insert(Own::create(&self.folder)?)),
        };
        file.add(identity, words)
    }
}
