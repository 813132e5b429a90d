//! Suites of packages for Node, ours first: the same tests on the machine's Node and on Node 24.
//! Not for compiling them: setup did that.

use std::fs;
use std::path::Path;

use super::{Needs, Suite, missing_setup};
use crate::counts::Runner;
use crate::process::{Run, program};
use crate::tree::{Tree, version_of};

const PACKAGE: &str = "bindings/node";

pub fn suites(tree: &Tree) -> Vec<Suite> {
    let missing = (!tree.has("bindings/node/node_modules"))
        .then(|| ("the development packages are not installed".to_owned(), missing_setup()));
    let tsc = program(tree, "node", &["node_modules/typescript/bin/tsc", "--noEmit", "--project", "."])
        .within(tree.path(PACKAGE));
    let types = Suite::lint("node: tsc --strict", Needs::Node, tsc).unless(missing.clone());
    [types].into_iter().chain(on_each(tree, "node: tests", PACKAGE, missing)).collect()
}

/// The tests of a package on the machine's Node and on Node 24; `name` is what they are called, without the version.
pub fn on_each(tree: &Tree, name: &str, package: &str, missing: Option<(String, String)>) -> [Suite; 2] {
    let node_24 = tree.node_24();
    let without_24 = node_24
        .is_none()
        .then(|| ("no Node 24 in target/venv".to_owned(), missing_setup()))
        .or_else(|| missing.clone());
    let node_24 = node_24.unwrap_or_default();
    [
        on_one(tree, name, package, Path::new("node")).unless(missing),
        on_one(tree, name, package, &node_24).unless(without_24),
    ]
}

fn on_one(tree: &Tree, name: &str, package: &str, node: &Path) -> Suite {
    let version = version_of(&node.to_string_lossy()).unwrap_or_else(|| "v24".to_owned());
    let major = version.split('.').next().unwrap_or(&version).trim_start_matches('v').to_owned();
    let run = tests_in(tree, package, "test", node);
    Suite::new(format!("{name} on Node {major}"), Needs::Node, Runner::Node, 900, run)
}

/// Node's own test runner over the tests in one folder of a package.
pub fn tests_in(tree: &Tree, package: &str, folder: &str, node: &Path) -> Run {
    // The files by name: what a folder as argument means differs between Node's versions.
    let files = test_files(&tree.path(package).join(folder));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let args = [&["--test", "--test-reporter=spec"], files.as_slice()].concat();
    program(tree, node, &args).within(tree.path(package))
}

/// `*.test.js`, `.mjs` and `.cjs`, sorted.
fn test_files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<String> = names
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|path| [".test.js", ".test.mjs", ".test.cjs"].iter().any(|end| path.ends_with(end)))
        .collect();
    files.sort();
    files
}
