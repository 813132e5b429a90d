//! The Unix side; Linux is where it is run, the rest of Unix shares the calls.
//!
//! Not for policy: what to do about a full disk is decided in `output`.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Opens a file for appending, created for its owner alone; symbolic links are refused, and
/// a named pipe without a reader is an error rather than a wait.
///
/// # Errors
/// Whatever the operating system says.
pub fn open_append(path: &Path) -> io::Result<File> {
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    OpenOptions::new().append(true).read(false).create(true).mode(0o600).custom_flags(flags.bits()).open(path)
}

/// A handle of its own on standard output.
///
/// # Errors
/// When standard output is closed.
pub fn standard_output() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// A handle of its own on standard error.
///
/// # Errors
/// When standard error is closed.
pub fn standard_error() -> io::Result<File> {
    Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
}

/// Whether writing to it never waits for a reader.
#[must_use]
pub fn is_prompt(file: &File) -> bool {
    use std::io::IsTerminal;
    file.metadata().is_ok_and(|meta| {
        let kind = meta.file_type();
        kind.is_file() || (kind.is_char_device() && !file.is_terminal())
    })
}

/// Whether it is a pipe, which several processes may share.
#[must_use]
pub fn is_pipe(file: &File) -> bool {
    file.metadata().is_ok_and(|meta| meta.file_type().is_fifo())
}

/// Whether two descriptions are of the same file.
#[must_use]
pub fn same_file(one: &Metadata, other: &Metadata) -> bool {
    one.dev() == other.dev() && one.ino() == other.ino()
}

/// Takes the file for this process alone; false when another one has it open.
#[must_use]
pub fn try_own_file(file: &File) -> bool {
    file.try_lock().is_ok()
}

/// Shares the file with other processes again. Advisory: other programs are not hindered.
pub fn share_file(file: &File) {
    // Without the lock a torn tail is closed by a newline instead of being cut: no reason to fail.
    let _ = file.try_lock_shared();
}

/// Waits until something can be written or `patience` is over.
pub fn wait_writable(file: &File, patience: Duration) {
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    // A failed poll only makes the caller try again sooner.
    let _ = poll(&mut [PollFd::new(file.as_fd(), PollFlags::POLLOUT)], timeout);
}

/// Keeps the host's signal handlers off this thread, and SIGPIPE from ending the process.
pub fn block_signals() {
    // Fails only for an invalid set.
    let _ = nix::sys::signal::SigSet::all().thread_block();
}

/// The machine's name.
#[must_use]
pub fn host_name() -> Option<String> {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).filter(|name| !name.is_empty())
}
