//! Programs, as the systems tell them apart and start them.

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
pub(crate) fn replace_by(mut command: Command) -> std::io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

/// Without a code it was ended from outside, which is no success.
#[cfg(not(unix))]
pub(crate) fn replace_by(mut command: Command) -> std::io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
