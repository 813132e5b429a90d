//! What differs between systems: programs, what a file is beside its name, whether standard output is read.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::Command;

/// The folder of programs in a virtual environment.
pub(crate) const SCRIPTS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// Whether it can be run.
#[cfg(unix)]
pub(crate) fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_program(file: &Path) -> bool {
    file.is_file()
}

/// The program takes the place of this one, so that signals and its end are its own. Comes back with why it cannot.
#[cfg(unix)]
pub(crate) fn replace_by(mut command: Command) -> io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

/// Without a code it was ended from outside, which is no success.
#[cfg(not(unix))]
pub(crate) fn replace_by(mut command: Command) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

/// What a file is, whatever it is called.
pub(crate) type Identity = (u64, u64);

#[cfg(unix)]
pub(crate) fn identity(file: &File) -> io::Result<Identity> {
    file.metadata().map(|meta| named(&meta))
}

/// The same for the file that a path names.
#[cfg(unix)]
pub(crate) fn identity_at(path: &Path) -> io::Result<Identity> {
    path.metadata().map(|meta| named(&meta))
}

#[cfg(unix)]
fn named(meta: &std::fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(windows)]
pub(crate) fn identity(file: &File) -> io::Result<Identity> {
    let told = winapi_util::file::information(file)?;
    Ok((told.volume_serial_number(), told.file_index()))
}

/// The same for the file that a path names. To ask it takes no right to read.
#[cfg(windows)]
pub(crate) fn identity_at(path: &Path) -> io::Result<Identity> {
    use std::os::windows::fs::OpenOptionsExt;
    identity(&File::options().access_mode(0).open(path)?)
}

/// Whether somebody may still read what is written to standard output: a pipe may have no reader any more.
#[cfg(unix)]
pub(crate) fn stdout_is_read() -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    let stdout = io::stdout();
    let mut asked = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    let is_answered = poll(&mut asked, PollTimeout::ZERO).is_ok();
    let found = asked.iter().find_map(PollFd::revents).unwrap_or(PollFlags::empty());
    !(is_answered && found.intersects(PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL))
}

/// The next write tells it.
#[cfg(not(unix))]
pub(crate) fn stdout_is_read() -> bool {
    true
}
