//! Suites of the adapters: the types and the tests of each, on the frameworks that setup installed.
//! Not for programs that use several of them: those are examples.

use std::path::Path;

use super::{Needs, Suite, missing_setup, node, python};
use crate::counts::Runner;
use crate::process::program;
use crate::tree::Tree;

pub fn suites(tree: &Tree) -> Vec<Suite> {
    let in_python = tree.adapters("python").into_iter().flat_map(|folder| of_python(tree, &folder));
    let in_node = tree.adapters("node").into_iter().flat_map(|folder| of_node(tree, &folder));
    in_python.chain(in_node).collect()
}

fn of_python(tree: &Tree, folder: &str) -> [Suite; 2] {
    let name = name(folder);
    let types = python::mypy(tree, folder, ".", &format!("vigie_{name}"));
    let tests = python::pytest(tree, &format!("{folder}/tests"));
    [
        Suite::lint(&format!("adapters: {name}, mypy --strict"), Needs::Python, types),
        Suite::new(format!("adapters: {name}, pytest"), Needs::Python, Runner::Pytest, 900, tests),
    ]
    .map(|suite| suite.unless(python::missing(tree)))
}

fn of_node(tree: &Tree, folder: &str) -> [Suite; 2] {
    let name = name(folder);
    let missing = (!tree.has(&format!("{folder}/node_modules")))
        .then(|| ("the development packages are not installed".to_owned(), missing_setup()));
    let tsc = ["node_modules/typescript/bin/tsc", "--noEmit", "--project", "."];
    let types = program(tree, "node", &tsc).within(tree.path(folder));
    let tests = node::tests_of(tree, folder, Path::new("node"));
    [
        Suite::lint(&format!("adapters: {name}, tsc --strict"), Needs::Node, types),
        Suite::new(format!("adapters: {name}, Node"), Needs::Node, Runner::Node, 900, tests),
    ]
    .map(|suite| suite.unless(missing.clone()))
}

/// `qdrant` of `adapters/qdrant/python`.
fn name(folder: &str) -> &str {
    folder.split('/').nth(1).unwrap_or(folder)
}
