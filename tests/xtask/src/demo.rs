//! `cargo xtask demo`: the example of examples/rag, then what the command line tool makes of its lines.
//! What the services do is written there, not here.

use std::fs;

use crate::Outcome;
use crate::options::Options;
use crate::process::{path_with, program};
use crate::pwsh;
use crate::setup;
use crate::tree::Tree;

/// The services that must be found in one trace, whichever language the step is written in.
const SERVICES: &str = "rag-web,rag-worker,rag-tools,rag-step";

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    // The collector is one of the tests' tools.
    let scope = if options.otlp { setup::Scope::Everything } else { setup::Scope::Example };
    setup::run(tree, options, scope)?;
    // Each run shows its own lines only.
    let folder = tree.target.join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let folder = folder.to_string_lossy().into_owned();
    let vigie = tree.libraries().join(format!("vigie{}", std::env::consts::EXE_SUFFIX));
    let environment = tree.venv("python").parent().map(|bin| bin.to_path_buf()).unwrap_or_default();

    let step = if pwsh::find().is_ok() { "a PowerShell step" } else { "a C step" };
    title(&format!("a Node service, a Python worker with LangGraph and Qdrant, an MCP tool server, {step}"));
    // What a collector received is read by the script that starts it.
    let script: &[&str] = if options.otlp {
        &["tests/interop/demo.py", &folder, SERVICES]
    } else {
        &["examples/rag/run.py", &folder]
    };
    program(tree, tree.venv("python"), script).env("PATH", path_with(&[environment])).show()?;
    title("every line against the schema: vigie check");
    program(tree, &vigie, &["check", &folder]).show()?;
    title("what happened: vigie trace");
    program(tree, &vigie, &["trace", &folder, "--expect-services", SERVICES]).show()
}

fn title(text: &str) {
    println!("\n== {text}");
}
