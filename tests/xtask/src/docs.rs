//! `cargo xtask docs`: the site of all Markdown pages, in target/site. A link or an anchor that leads nowhere is an error.
//! Not for whether the programs in the pages run: tests/docs has that.

use std::path::PathBuf;

use crate::Outcome;
use crate::options::Options;
use crate::process::{Run, program};
use crate::setup::python::install_into;
use crate::tree::{Tree, program_in_venv, system_python};

const REQUIREMENTS: &str = "tests/site/requirements.txt";
const STAGE: &str = "tests/site/stage.py";

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    let tools = tools(tree);
    if !program_in_venv(&tools, "python").is_file() {
        let python = system_python().ok_or("no Python 3 in PATH")?;
        program(tree, python, &["-m", "venv", &tools.to_string_lossy()]).show()?;
    }
    install_into(tree, options, &tools, "venv-site", REQUIREMENTS, &[])?;
    if !program_in_venv(&tools, "mkdocs").is_file() {
        return Err(format!("the tools of {REQUIREMENTS} are not installed, and --offline forbids it"));
    }
    let staged = tree.target.join("site-pages");
    tool(tree, "python", &[STAGE, &staged.to_string_lossy()]).show()?;
    let site = tree.target.join("site");
    let config = staged.join("mkdocs.yml").to_string_lossy().into_owned();
    let build = ["build", "--strict", "--config-file", &config, "--site-dir", &site.to_string_lossy()];
    tool(tree, "mkdocs", &build).show()?;
    println!("{}", site.join("index.html").display());
    Ok(())
}

/// Why the site cannot be made without a network.
pub fn missing(tree: &Tree, options: &Options) -> Option<(String, String)> {
    let is_missing = options.offline && !program_in_venv(&tools(tree), "mkdocs").is_file();
    is_missing.then(|| ("mkdocs is not installed".to_owned(), "cargo xtask docs".to_owned()))
}

fn tools(tree: &Tree) -> PathBuf {
    tree.target.join("venv-site")
}

fn tool(tree: &Tree, name: &str, args: &[&str]) -> Run {
    program(tree, program_in_venv(&tools(tree), name), args)
}
