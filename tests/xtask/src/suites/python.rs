//! Suites of the Python package, run in the environment that setup made.
//! Not for Python programs that test the repository as a whole.

use std::path::Path;

use super::{Needs, Suite, missing_setup};
use crate::Outcome;
use crate::counts::Runner;
use crate::process::{Run, path_with, program};
use crate::tree::{Tree, program_in_venv};

const PACKAGE: &str = "bindings/python";
/// All Python of the repository has one style.
const STYLED: [&str; 4] = ["adapters", "bindings", "examples", "tests"];

pub fn suites(tree: &Tree) -> Vec<Suite> {
    let mypy = |args: &[&str]| python(tree, args).within(tree.path(PACKAGE)).env("MYPYPATH", "python");
    let ruff = |args: &[&str]| python(tree, &[&["-m", "ruff"], args, &STYLED].concat());
    let test = |name: &str, runner, run| Suite::new(name, Needs::Python, runner, 900, run);
    let doctest = python(tree, &["-m", "pytest", "-p", "no:cacheprovider", "--doctest-modules", "vigie"])
        .within(tree.path("bindings/python/python"));
    let suites = vec![
        Suite::lint("python: ruff", Needs::Python, ruff(&["check", "--quiet"])),
        Suite::lint("python: ruff format", Needs::Python, ruff(&["format", "--check", "--quiet"])),
        Suite::lint(
            "python: mypy --strict",
            Needs::Python,
            mypy(&["-m", "mypy", "--strict", "--package", "vigie", "--package", "vigie_pytest"]),
        ),
        test(
            "python: stubs against the module",
            Runner::Exit,
            mypy(&["-m", "mypy.stubtest", "vigie._native"]),
        ),
        test("python: docstring examples", Runner::Pytest, doctest),
        test("python: pytest", Runner::Pytest, pytest(tree, "bindings/python/tests")),
    ];
    suites.into_iter().map(|suite| suite.unless(missing(tree))).collect()
}

/// Pytest over one folder, with nothing written into the sources.
pub fn pytest(tree: &Tree, folder: &str) -> Run {
    python(tree, &["-m", "pytest", "-p", "no:cacheprovider", folder])
}

/// `cargo xtask fmt`, Python's part.
pub fn format(tree: &Tree) -> Outcome {
    if let Some((why, cure)) = missing(tree) {
        eprintln!("Python is left as it is: {why}; {cure}");
        return Ok(());
    }
    python(tree, &[&["-m", "ruff", "format", "--quiet"], &STYLED[..]].concat()).show()
}

fn python(tree: &Tree, args: &[&str]) -> Run {
    python_in(tree, &tree.target.join("venv"), args)
}

/// A Python of one of the environments, with its own programs before all others.
pub fn python_in(tree: &Tree, venv: &Path, args: &[&str]) -> Run {
    let python = program_in_venv(venv, "python");
    let bin = python.parent().map(|bin| bin.to_path_buf()).unwrap_or_default();
    program(tree, python, args)
        .env("PATH", path_with(&[bin]))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MYPY_CACHE_DIR", tree.target.join("mypy"))
        .env("RUFF_CACHE_DIR", tree.target.join("ruff"))
}

fn missing(tree: &Tree) -> Option<(String, String)> {
    (!tree.venv("pytest").exists())
        .then(|| ("the test packages are not installed".to_owned(), missing_setup()))
}
