//! The PowerShell of this machine: where it is, which one it is, how one of our scripts is started by it.
//! Not for what the scripts do.

use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::Outcome;
use crate::process::{Run, program};
use crate::tree::{Tree, numbers, version_of};

const LEAST: (u32, u32) = (7, 4);
pub const CURE: &str = "install PowerShell 7.4 or newer, in PATH or named by VIGIE_PWSH";

pub struct Pwsh {
    pub path: PathBuf,
    /// What it says of itself, `PowerShell 7.6.0`.
    pub version: String,
}

/// Looked for once; the error says where.
pub fn find() -> Outcome<&'static Pwsh> {
    static FOUND: OnceLock<Outcome<Pwsh>> = OnceLock::new();
    FOUND.get_or_init(|| first(candidates())).as_ref().map_err(String::clone)
}

/// In the order of preference: the one that is named, that of PATH, a person's own.
fn candidates() -> Vec<PathBuf> {
    let name = format!("pwsh{}", env::consts::EXE_SUFFIX);
    let named = env::var_os("VIGIE_PWSH").filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let home = env::home_dir().map(|home| home.join(".local/share/pwsh").join(&name));
    let all = named.into_iter().chain(env::split_paths(&path).map(|folder| folder.join(&name))).chain(home);
    all.filter(|path| path.is_file()).collect()
}

fn first(candidates: Vec<PathBuf>) -> Outcome<Pwsh> {
    let mut tried = String::new();
    for path in candidates {
        let version = version_of(&path.to_string_lossy()).unwrap_or_else(|| "no answer".to_owned());
        if version.starts_with("PowerShell ") && numbers(&version).is_some_and(|found| found >= LEAST) {
            return Ok(Pwsh { path, version });
        }
        tried.push_str(&format!("; {}: {version}", path.display()));
    }
    let (major, minor) = LEAST;
    Err(format!(
        "no PowerShell {major}.{minor} or newer (VIGIE_PWSH, pwsh in PATH, ~/.local/share/pwsh/pwsh{tried})"
    ))
}

/// A script of this repository. Where there is no PowerShell it would not start: ask `find` first.
pub fn script(tree: &Tree, file: &str, args: &[&str]) -> Run {
    let file = tree.path(file);
    start(tree, &[&["-File", &file.to_string_lossy()], args].concat())
}

/// One line of PowerShell.
pub fn command(tree: &Tree, text: &str) -> Run {
    start(tree, &["-Command", text])
}

fn start(tree: &Tree, args: &[&str]) -> Run {
    let path = find().map_or_else(|_| PathBuf::from("pwsh"), |pwsh| pwsh.path.clone());
    let mut run = program(tree, path, &["-NoLogo", "-NoProfile", "-NonInteractive"]);
    run.command.args(args);
    // No profile of the person, no word of newer versions, nothing sent anywhere.
    run.env("POWERSHELL_UPDATECHECK", "Off").env("POWERSHELL_TELEMETRY_OPTOUT", "1")
}

/// The platform as .NET names it, `linux-x64` for example: the folder below `runtimes`.
pub fn rid() -> String {
    let cpu = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    match env::consts::OS {
        "linux" if cfg!(target_env = "musl") => format!("linux-musl-{cpu}"),
        "macos" => format!("osx-{cpu}"),
        "windows" => format!("win-{cpu}"),
        other => format!("{other}-{cpu}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_first_that_is_new_enough_is_taken() {
        use std::os::unix::fs::PermissionsExt;
        let folder = env::temp_dir().join(format!("vigie-pwsh-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let says = |name: &str, version: &str| {
            let file = folder.join(name);
            std::fs::write(&file, format!("#!/bin/sh\necho {version}\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            file
        };
        let old = says("old", "PowerShell 7.3.9");
        let other = says("other", "GNU 9.9");
        let new = says("new", "PowerShell 7.10.0");
        assert_eq!(first(vec![old.clone(), other.clone(), new.clone()]).map(|found| found.path), Ok(new));
        let why = first(vec![old, other]).map(|found| found.path).unwrap_err();
        assert!(why.contains("7.4 or newer") && why.contains("PowerShell 7.3.9"), "{why}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
