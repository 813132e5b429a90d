//! The Python environment of the tests, and the package under test inside it.
//! The package and the adapters are not installed: a `.pth` file points at the sources, so an edit is seen at once.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Note, place};
use crate::Outcome;
use crate::options::Options;
use crate::tree::{self, Tree};
use crate::{process, stamp};

const TESTS: &str = "tests/requirements.txt";
const EXAMPLE: &str = "examples/rag/requirements.txt";
const PACKAGE: &str = "bindings/python/python";

pub fn environment(tree: &Tree, _options: &Options) -> Outcome<Note> {
    let venv = tree.target.join("venv");
    // The example runs with all adapters.
    let adapters = tree.adapters("pyproject.toml");
    environment_in(tree, &venv, &adapters.iter().map(Path::new).collect::<Vec<_>>())?;
    Ok("done")
}

pub fn tests(tree: &Tree, options: &Options) -> Outcome<Note> {
    install(tree, options, "venv-tests", TESTS)
}

/// Makes the environment unless it is there, with Vigie's package and those in `folders` from this checkout in it.
pub fn environment_in(tree: &Tree, venv: &Path, folders: &[&Path]) -> Outcome {
    let system = tree::system_python().ok_or("no Python 3 in PATH")?;
    let version = tree::version_of(system).unwrap_or_default();
    let python = tree::program_in_venv(venv, "python");
    if tree::version_of(&python.to_string_lossy()) != Some(version.clone()) {
        // Another interpreter, or none: what was installed for it is of no use.
        if venv.exists() {
            fs::remove_dir_all(venv).map_err(|error| format!("{}: {error}", venv.display()))?;
        }
        process::program(tree, system, &["-m", "venv", &venv.to_string_lossy()]).show()?;
    }
    let pth = site_packages(venv)?.join("vigie.pth");
    let folders = [&[Path::new(PACKAGE)], folders].concat();
    let lines: Vec<String> =
        folders.iter().map(|folder| tree.root.join(folder).to_string_lossy().into_owned()).collect();
    fs::write(&pth, lines.join("\n")).map_err(|error| format!("{}: {error}", pth.display()))
}

pub fn example(tree: &Tree, options: &Options) -> Outcome<Note> {
    install(tree, options, "venv-example", EXAMPLE)
}

fn install(tree: &Tree, options: &Options, name: &str, file: &str) -> Outcome<Note> {
    install_into(tree, options, &tree.target.join("venv"), name, file, &[])
}

/// Installs a requirements file unless that very file went into that very environment before.
pub fn install_into(
    tree: &Tree,
    options: &Options,
    venv: &Path,
    name: &str,
    file: &str,
    how: &[&str],
) -> Outcome<Note> {
    let made = fs::metadata(venv.join("pyvenv.cfg")).and_then(|meta| meta.modified());
    let stamp = stamp::of(tree, name, &format!("{made:?}"), &[file])?;
    if stamp.is_fresh() {
        return Ok("unchanged");
    }
    if options.offline {
        return Ok("left out (--offline); the suites that need it are skipped");
    }
    let args = [&["-m", "pip", "install", "--quiet", "--disable-pip-version-check"], how, &["-r"]].concat();
    let mut run = process::program(tree, tree::program_in_venv(venv, "python"), &args);
    run.command.arg(tree.path(file));
    run.show()?;
    stamp.write()?;
    Ok("installed")
}

/// An environment of its own below the target folder with the tools of a requirements file, `program` among them.
pub fn tools(tree: &Tree, options: &Options, name: &str, file: &str, program: &str) -> Outcome<PathBuf> {
    let venv = tree.target.join(name);
    if !tree::program_in_venv(&venv, "python").is_file() {
        let python = tree::system_python().ok_or("no Python 3 in PATH")?;
        process::program(tree, python, &["-m", "venv", &venv.to_string_lossy()]).show()?;
    }
    install_into(tree, options, &venv, name, file, &[])?;
    if !tree::program_in_venv(&venv, program).is_file() {
        return Err(format!("the tools of {file} are not installed, and --offline forbids it"));
    }
    Ok(venv)
}

pub fn native_module(tree: &Tree, _options: &Options) -> Outcome<Note> {
    let suffix = if cfg!(windows) { "pyd" } else { "so" };
    place(
        &tree.libraries().join(tree::library("vigie_python")),
        &tree.path(PACKAGE).join("vigie").join(format!("_native.{suffix}")),
    )
}

fn site_packages(venv: &Path) -> Outcome<PathBuf> {
    if cfg!(windows) {
        return Ok(venv.join("Lib").join("site-packages"));
    }
    let lib = venv.join("lib");
    fs::read_dir(&lib)
        .map_err(|error| format!("{}: {error}", lib.display()))?
        .flatten()
        .map(|python| python.path().join("site-packages"))
        .find(|folder| folder.is_dir())
        .ok_or_else(|| format!("{}: no site-packages", lib.display()))
}
