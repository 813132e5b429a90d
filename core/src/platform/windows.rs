//! The Windows side, written beside the Unix one; nothing here has been run.
//!
//! Not for policy: what to do about a full disk is decided in `output`.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::MetadataExt;
use std::os::windows::io::AsHandle;
use std::path::Path;
use std::time::Duration;

/// Opens a file for appending. Access follows the folder's permissions, as is usual there.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_append(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// A handle of its own on standard output.
///
/// # Errors
/// When standard output is closed.
pub fn standard_output() -> io::Result<File> {
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}

/// A handle of its own on standard error.
///
/// # Errors
/// When standard error is closed.
pub fn standard_error() -> io::Result<File> {
    Ok(File::from(io::stderr().as_handle().try_clone_to_owned()?))
}

/// Whether writing to it never waits for a reader.
#[must_use]
pub fn is_prompt(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| meta.file_type().is_file())
}

/// Whether it is a pipe. Writes to one are not split between processes on Windows.
#[must_use]
pub fn is_pipe(_file: &File) -> bool {
    false
}

/// Whether two descriptions are of the same file: creation times stand in for file ids, which
/// std does not offer on stable.
#[must_use]
pub fn same_file(one: &Metadata, other: &Metadata) -> bool {
    one.creation_time() == other.creation_time()
}

/// Never: locks are mandatory on Windows and would keep readers out, so a torn tail is closed by
/// a newline there instead of being cut.
#[must_use]
pub fn try_own_file(_file: &File) -> bool {
    false
}

/// Nothing to do, see [`try_own_file`].
pub fn share_file(_file: &File) {}

/// Windows has no readiness of pipes; a short sleep stands in.
pub fn wait_writable(_file: &File, patience: Duration) {
    std::thread::sleep(patience.min(Duration::from_millis(5)));
}

/// Windows threads take no signals.
pub fn block_signals() {}

/// The machine's name, from the variable that the system sets for every process.
#[must_use]
pub fn host_name() -> Option<String> {
    std::env::var("COMPUTERNAME").ok().filter(|name| !name.is_empty())
}
