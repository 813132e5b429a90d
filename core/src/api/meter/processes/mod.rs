//! The cells of all processes of one service: each has a file that outlives it, and whoever is asked adds them up.
//!
//! Why it is done like this, and what it costs: ADR 10.

mod archive;
mod folder;
mod identity;
mod layout;
mod merge;
mod mirror;
mod own;

pub(crate) use mirror::Mirror;

use super::across::Across;
use super::definition::Definition;
use super::registry::Registry;
use crate::encode::attributes::key::Rules;
use crate::mapped;
use crate::model::attributes::Attributes;
use crate::platform;
use own::Own;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How gauges and up-down counters become one, by their names.
pub type Rulebook = BTreeMap<String, Across>;

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
    /// Joins those that share `folder`, which is made where it is missing; with the file that it has already where it
    /// did so before.
    ///
    /// # Errors
    /// The folder cannot be used, or nobody maps files for core.
    pub fn join(
        folder: &Path,
        rulebook: &Rulebook,
        rules: &Rules,
        before: Option<&Self>,
    ) -> io::Result<Self> {
        if !mapped::is_available() {
            let words = "not available here: a program in Rust calls vigie_host::lend_memory() first";
            return Err(io::Error::new(io::ErrorKind::Unsupported, words));
        }
        std::fs::create_dir_all(folder)?;
        // Recycled workers leave files behind, and nobody may ever ask for the metrics.
        folder::archive_ended(folder, rulebook, rules)?;
        Ok(Self {
            folder: folder.to_owned(),
            rulebook: rulebook.clone(),
            own: before.map(|before| Arc::clone(&before.own)).unwrap_or_default(),
            complained: AtomicBool::new(false),
        })
    }

    /// The folder that they share.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
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

    /// A registry with the series of all processes, those that have ended included.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn registry(&self, rules: &Rules) -> io::Result<Registry> {
        folder::registry(&self.folder, &self.rulebook, rules)
    }
}
