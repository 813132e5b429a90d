//! The series of all processes of a service as those of one registry: of those that live, and of those that have ended.
//!
//! Not for how a process shows its own: see `processes`.

mod archive;
mod folder;
mod merge;

use super::across::Rulebook;
use super::processes::Processes;
use crate::encode::attributes::key::Rules;
use crate::encode::prometheus::{Escaping, Format};
use crate::mapped;
use merge::Merge;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Joins the processes that share `folder`, which is made where it is missing; `before` is what this one was among them
/// so far.
///
/// # Errors
/// The folder cannot be used, or nobody maps files for core.
pub fn join(
    folder: &Path,
    rulebook: &Rulebook,
    rules: &Rules,
    before: Option<&Processes>,
) -> io::Result<Processes> {
    if !mapped::is_available() {
        let words = "not available here: a program in Rust calls vigie_host::lend_memory() first";
        return Err(io::Error::new(io::ErrorKind::Unsupported, words));
    }
    std::fs::create_dir_all(folder)?;
    // Recycled workers leave files behind, and nobody may ever ask for the metrics.
    folder::archive_ended(folder, rulebook, rules)?;
    Ok(Processes::new(folder, rulebook, before))
}

/// The exposition of all processes, and what is remembered from one to the next.
#[derive(Default)]
pub struct Together(Mutex<Option<Merge>>);

impl Together {
    /// The text of all series of all processes.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn text(
        &self,
        processes: &Processes,
        rules: &Rules,
        format: Format,
        escaping: Escaping,
    ) -> io::Result<String> {
        let (folder, rulebook) = (processes.folder(), processes.rulebook());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let merge = kept.get_or_insert_with(|| Merge::new(rulebook, rules));
        folder::with_all(folder, rules, rulebook, merge, |merge| merge.text(format, escaping))
    }
}

impl std::fmt::Debug for Together {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}
