//! Suites about the repository as a whole: its rules, and that all languages are one.

use super::{Needs, Suite, missing_setup};
use crate::counts::Runner;
use crate::docs;
use crate::options::Options;
use crate::process::{Run, cargo, program};
use crate::tree::Tree;

/// The repository's rules: every integration test of the task runner's crate.
const RULES: &str = "tests/xtask/tests";

pub fn suites(tree: &Tree, options: &Options) -> Vec<Suite> {
    let rule = |name: String| {
        let run = cargo(tree, options, &["test", "--quiet", "--package", "xtask", "--test", &name]);
        Suite::new(format!("repository: {name}"), Needs::Cargo, Runner::Cargo, 300, run)
    };
    let files = std::fs::read_dir(tree.path(RULES)).into_iter().flatten().flatten();
    let names = files.filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".rs")?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.into_iter().map(rule).collect()
}

/// This very program: `cargo run` inside `cargo run` would wait for itself on some platforms.
fn itself(tree: &Tree, options: &Options, args: &[&str]) -> Run {
    let file = std::env::current_exe().unwrap_or_else(|_| "cargo-xtask".into());
    let offline: &[&str] = if options.offline { &["--offline"] } else { &[] };
    program(tree, file, &[args, offline].concat())
}

pub fn across_languages(tree: &Tree, options: &Options) -> Vec<Suite> {
    let conformance = itself(tree, options, &["conformance", "--no-setup"]);
    let site = itself(tree, options, &["docs"]);
    let mut suites = vec![
        Suite::new("conformance: every language", Needs::Cargo, Runner::Conformance, 2400, conformance),
        Suite::new("docs: the site", Needs::Cargo, Runner::Exit, 300, site)
            .unless(docs::missing(tree, options)),
    ];
    for (name, folder, limit_s) in [
        ("conformance: the vectors themselves", "tests/conformance", 120),
        ("docs: README blocks and examples", "tests/docs", 1200),
        ("faults: kill, fork, exit, full disk", "tests/faults", 1800),
        ("interop: other tools read us", "tests/interop", 1200),
    ] {
        if has_tests(tree, folder) {
            suites.push(pytest(tree, name, folder, limit_s));
        }
    }
    suites
}

/// A folder that is planned and empty is no suite.
fn has_tests(tree: &Tree, folder: &str) -> bool {
    let files = std::fs::read_dir(tree.path(folder)).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("test_"))
}

fn pytest(tree: &Tree, name: &str, folder: &str, limit_s: u64) -> Suite {
    let run = super::python::pytest(tree, folder);
    let missing =
        (!tree.venv("pytest").exists()).then(|| ("pytest is not installed".to_owned(), missing_setup()));
    Suite::new(name, Needs::Python, Runner::Pytest, limit_s, run).unless(missing)
}
