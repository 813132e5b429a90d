//! Commands that are programs of their own: `vigie NAME` runs `vigie-NAME`, as packages beside Vigie bring it.
//! Not for what such a program does: it gets all arguments behind its name, and its exit code is the command's.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::Failure;
use crate::platform;
use crate::term::clean;

/// Programs that others have written down already: the name, what it does, and how to get it.
const KNOWN: [Known; 1] = [Known {
    name: "qdrant",
    about: "Show a Qdrant server's health, or serve it to Prometheus",
    package: "pip install vigie-qdrant",
}];

struct Known {
    name: &'static str,
    about: &'static str,
    package: &'static str,
}

/// Runs the program of the command `name`. Comes back only where that cannot be done, with why; `own` are the commands
/// that `vigie` has itself.
pub(crate) fn run(name: &OsStr, arguments: &[OsString], own: &[&str]) -> Failure {
    let found = name.to_str().filter(|name| is_name(name)).and_then(|name| find(name, &folders()));
    let Some(program) = found else { return Failure::Message(missing(name, own)) };
    let mut command = Command::new(&program);
    command.args(arguments);
    Failure::Message(format!("{}: {}", program.display(), platform::replace_by(command)))
}

/// What stands below the help text.
pub(crate) fn help() -> String {
    let mut text = "Programs on PATH named `vigie-NAME` are commands too:\n".to_owned();
    for Known { name, about, package } in KNOWN {
        text += &format!("  {name:<14} {about} ({package})\n");
    }
    text
}

/// Whether it can stand behind `vigie-`: no path, and nothing that a shell would have taken.
fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// PATH first, as for every other command. A program that was installed beside this one, or into the virtual environment
/// that is active, is found without it.
fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let beside = std::env::current_exe().ok().and_then(|vigie| vigie.parent().map(Path::to_path_buf));
    let environment = std::env::var_os("VIRTUAL_ENV").filter(|folder| !folder.is_empty());
    std::env::split_paths(&path)
        // A relative one would be another folder wherever the command is called.
        .filter(|folder| folder.is_absolute())
        .chain(beside)
        .chain(environment.map(|folder| Path::new(&folder).join(platform::SCRIPTS)))
        .collect()
}

fn find(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let file = format!("vigie-{name}{}", std::env::consts::EXE_SUFFIX);
    folders.iter().map(|folder| folder.join(&file)).find(|program| platform::is_program(program))
}

fn missing(name: &OsStr, own: &[&str]) -> String {
    let name = name.to_string_lossy();
    let shown = clean(&name);
    let nowhere =
        format!("no program `vigie-{shown}` on PATH, beside vigie or in an active virtual environment");
    if let Some(Known { package, .. }) = KNOWN.iter().find(|known| name == known.name) {
        return format!("there is {nowhere}\n`{package}` brings it");
    }
    let others = KNOWN.map(|Known { name, package, .. }| format!("{name} ({package})")).join(", ");
    format!("no command `{shown}`, and {nowhere}\ncommands: {}; of packages: {others}", own.join(", "))
}
