//! Suites of the adapters: the types and the tests of each, on the framework that setup installed for it.
//! Not for programs that use several of them: those are examples.

use super::{Needs, Suite, missing_setup, node, python};
use crate::counts::Runner;
use crate::options::Options;
use crate::process::{cargo, program};
use crate::setup;
use crate::tree::{Tree, program_in_venv};

pub fn suites(tree: &Tree, options: &Options) -> Vec<Suite> {
    let in_python = tree.adapters("pyproject.toml").into_iter().flat_map(|folder| of_python(tree, &folder));
    let in_node = tree.adapters("package.json").into_iter().flat_map(|folder| of_node(tree, &folder));
    let in_rust = tree.adapters("Cargo.toml").into_iter().map(|folder| of_rust(tree, options, &folder));
    in_python.chain(in_node).chain(in_rust).chain([n8n(tree, options)]).collect()
}

/// The tests of a crate, its README's examples among them.
fn of_rust(tree: &Tree, options: &Options, folder: &str) -> Suite {
    let package = format!("vigie-{}", name(folder));
    let tests = cargo(tree, options, &["test", "--quiet", "--all-features", "--package", &package]);
    Suite::new(format!("adapters: {package}"), Needs::Cargo, Runner::Cargo, 1800, tests)
}

/// The hook on a real n8n, which is too large to be installed without being asked for.
fn n8n(tree: &Tree, options: &Options) -> Suite {
    let folder = setup::n8n::folder(tree, options);
    let missing = folder
        .is_none()
        .then(|| ("no n8n is installed for it".to_owned(), "cargo xtask test --n8n".to_owned()));
    let folder = folder.unwrap_or_default();
    let tests = node::tests_in(tree, "adapters/n8n/hook", "test/real", &folder.join("bin/node"));
    let tests = tests.env("VIGIE_N8N", &folder);
    Suite::new("adapters: n8n, the real one", Needs::N8n, Runner::Node, 3600, tests).unless(missing)
}

fn of_python(tree: &Tree, folder: &str) -> [Suite; 2] {
    let name = name(folder);
    let venv = tree.adapter_venv(folder);
    let missing = (!program_in_venv(&venv, "pytest").exists())
        .then(|| ("its framework is not installed".to_owned(), missing_setup()));
    let package = format!("vigie_{name}");
    let types = python::python_in(tree, &venv, &["-m", "mypy", "--strict", "--package", &package])
        .within(tree.path(folder))
        .env("MYPY_CACHE_DIR", venv.join("mypy"));
    let tests = format!("{folder}/tests");
    let tests = python::python_in(tree, &venv, &["-m", "pytest", "-p", "no:cacheprovider", &tests]);
    [
        Suite::lint(&format!("adapters: {name}, mypy --strict"), Needs::Python, types),
        Suite::new(format!("adapters: {name}, pytest"), Needs::Python, Runner::Pytest, 900, tests),
    ]
    .map(|suite| suite.unless(missing.clone()))
}

fn of_node(tree: &Tree, folder: &str) -> impl Iterator<Item = Suite> + use<> {
    let name = name(folder);
    let missing = (!tree.has(&format!("{folder}/node_modules")))
        .then(|| ("the development packages are not installed".to_owned(), missing_setup()));
    let tsc = ["node_modules/typescript/bin/tsc", "--noEmit", "--project", "."];
    let types = program(tree, "node", &tsc).within(tree.path(folder));
    let types =
        Suite::lint(&format!("adapters: {name}, tsc --strict"), Needs::Node, types).unless(missing.clone());
    [types].into_iter().chain(node::on_each(tree, &format!("adapters: {name}, tests"), folder, missing))
}

/// `qdrant` of `adapters/qdrant/python`, and `n8n hook` of `adapters/n8n/hook`, which is for one language alone.
fn name(folder: &str) -> String {
    let mut parts = folder.split('/').skip(1);
    let framework = parts.next().unwrap_or(folder);
    match parts.next() {
        Some(part) if !["python", "node", "rust"].contains(&part) => format!("{framework} {part}"),
        _ => framework.to_owned(),
    }
}
