//! `cargo xtask demo`: the example of examples/rag, and then what the command line tool makes of its lines.
//! What the services do is written there, not here.

use std::fs;

use crate::Outcome;
use crate::options::Options;
use crate::process::{path_with, program};
use crate::setup;
use crate::tree::Tree;

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    setup::run(tree, options, setup::Scope::Everything)?;
    let logs = tree.target.join("demo");
    if logs.exists() {
        fs::remove_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
    }
    fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
    Err("the example is not there yet".to_owned()).or_else(|_: String| {
        let bin = tree.venv("python").parent().map(|bin| bin.to_path_buf()).unwrap_or_default();
        program(tree, tree.venv("python"), &["examples/rag/run.py"]).env("PATH", path_with(&[bin])).show()
    })
}
