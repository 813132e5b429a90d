//! The series of all processes of a service as those of one registry: of those that live, and of those that have ended.
//!
//! Not for how a process shows its own: see `processes`.

mod archive;
mod folder;
mod merge;

use super::across::Rulebook;
use super::processes::Processes;
use super::registry::Registry;
use crate::encode::attributes::key::Rules;
use crate::mapped;
use std::io;
use std::path::Path;

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

/// A registry with the series of all processes.
///
/// # Errors
/// The folder cannot be read.
pub fn registry(processes: &Processes, rules: &Rules) -> io::Result<Registry> {
    folder::registry(processes.folder(), processes.rulebook(), rules)
}
