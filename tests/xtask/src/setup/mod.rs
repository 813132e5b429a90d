//! `setup`: from a fresh clone to libraries, a Python environment, a Node package and a
//! PowerShell module that work.
//! Idempotent: each step knows its inputs, and a second run only looks. Nothing is installed outside
//! this repository's own build folders.

pub mod adapters;
mod doctor;
pub mod n8n;
pub mod node;
pub mod powershell;
pub mod python;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Instant;

use crate::Outcome;
use crate::options::Options;
use crate::process;
use crate::tree::Tree;

/// How much of it a command needs.
#[derive(Clone, Copy, PartialEq)]
pub enum Scope {
    /// What every suite needs.
    Everything,
    /// Without examples and adapters: what the conformance runner and the bench need.
    Libraries,
    /// What examples/rag runs on, and nothing that only tests need.
    Example,
}

use Scope::{Everything, Example, Libraries};

type Action = fn(&Tree, &Options) -> Outcome<Note>;

/// What a step says when it is over: `done`, or why there was nothing to do.
pub type Note = &'static str;

/// What it does, who needs it, how.
type Step = (&'static str, &'static [Scope], Action);

const ALL: &[Scope] = &[Everything, Libraries, Example];

const BEFORE: [Step; 1] = [("check what this machine has", ALL, doctor::run)];

const COMPILED: [Step; 1] = [("build the libraries (cargo)", ALL, build)];

/// These wait for the network most of the time, so that they run while the libraries are built.
const FETCHED: [Step; 6] = [
    ("Python environment in target/venv", ALL, python::environment),
    ("Python packages of examples/rag", &[Everything, Example], python::example),
    ("Node package: npm ci, tsc", ALL, node::faces),
    ("Python packages of the tests", &[Everything, Libraries], python::tests),
    ("adapters for Python: frameworks", &[Everything], adapters::python),
    ("adapters for Node: npm ci, tsc", &[Everything], adapters::node),
];

const PLACED: [Step; 5] = [
    ("native module into bindings/python", ALL, python::native_module),
    ("addon into bindings/node", ALL, node::addon),
    ("native library into powershell/Vigie", ALL, powershell::library),
    ("assembly of the PowerShell module", ALL, powershell::assembly),
    ("the Node package by its name in examples", &[Everything, Example], node::example),
];

pub fn run(tree: &Tree, options: &Options, scope: Scope) -> Outcome {
    let started = Instant::now();
    let lane = |steps: &[Step]| {
        steps.iter().filter(|(_, needed_by, _)| needed_by.contains(&scope)).try_for_each(
            |(what, _, action)| {
                eprintln!("[setup] {what} ...");
                let step = Instant::now();
                let note = action(tree, options).map_err(|message| format!("{what}: {message}"))?;
                eprintln!("[setup] {what}: {note} ({:.1} s)", step.elapsed().as_secs_f64());
                Ok::<(), String>(())
            },
        )
    };
    lane(&BEFORE)?;
    let (compiled, fetched) = thread::scope(|threads| {
        let fetched = threads.spawn(|| lane(&FETCHED));
        (lane(&COMPILED), fetched.join())
    });
    compiled?;
    fetched.map_err(|_| "setting up ended in a panic")??;
    lane(&PLACED)?;
    eprintln!("[setup] ready after {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn build(tree: &Tree, options: &Options) -> Outcome<Note> {
    let packages = ["vigie-core", "vigie-c", "vigie-cli", "vigie-python", "vigie-node"];
    let mut args = vec!["build", "--profile", tree.profile];
    args.extend(packages.iter().flat_map(|package| ["--package", package]));
    process::cargo(tree, options, &args).show()?;
    link_soname(tree)?;
    Ok("built")
}

/// A program that was linked with `-lvigie` asks for the library by its soname, as an installation has it.
#[cfg(target_os = "linux")]
fn link_soname(tree: &Tree) -> Outcome<()> {
    let link = tree.libraries().join("libvigie.so.1");
    if fs::symlink_metadata(&link).is_ok() {
        return Ok(());
    }
    std::os::unix::fs::symlink("libvigie.so", &link).map_err(|error| format!("{}: {error}", link.display()))
}

/// Other systems find a library by its file's name.
#[cfg(not(target_os = "linux"))]
fn link_soname(_tree: &Tree) -> Outcome<()> {
    Ok(())
}

/// Puts a built library where a host language looks for it. The bytes are compared first, and the new
/// file is moved into place: a process that has the old one mapped keeps it whole.
pub fn place(from: &Path, to: &Path) -> Outcome<Note> {
    let fail = |error: std::io::Error| format!("{} -> {}: {error}", from.display(), to.display());
    let bytes = fs::read(from).map_err(fail)?;
    if fs::read(to).is_ok_and(|old| old == bytes) {
        return Ok("unchanged");
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    let fresh = to.with_extension("new");
    fs::write(&fresh, bytes).and_then(|()| fs::rename(&fresh, to)).map_err(fail)?;
    Ok("copied")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_replaced_and_never_written_over() {
        let folder = std::env::temp_dir().join(format!("vigie-place-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (from, to) = (folder.join("built.so"), folder.join("package/_native.so"));
        fs::write(&from, "one").unwrap();
        assert_eq!(place(&from, &to), Ok("copied"));
        assert_eq!(place(&from, &to), Ok("unchanged"));
        let mapped = fs::File::open(&to).unwrap();
        fs::write(&from, "two").unwrap();
        assert_eq!(place(&from, &to), Ok("copied"));
        assert_eq!(std::io::read_to_string(mapped).unwrap(), "one", "who has the old file open keeps it");
        assert!(place(&folder.join("absent"), &to).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
