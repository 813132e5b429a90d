//! `cargo xtask docs`: the site of all Markdown pages, in target/site. A link or an anchor that leads nowhere is an error.
//! Not for whether the programs in the pages run: tests/docs has that.

use crate::Outcome;
use crate::options::Options;
use crate::process::program;
use crate::setup;
use crate::tree::{Tree, program_in_venv};

const REQUIREMENTS: &str = "tests/docs/site-requirements.txt";
const STAGE: &str = "tests/docs/site_pages.py";
const TOOLS: &str = "venv-site";

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    let tools = setup::python::tools(tree, options, TOOLS, REQUIREMENTS, "mkdocs")?;
    let tool = |name: &str, args: &[&str]| program(tree, program_in_venv(&tools, name), args);
    let staged = tree.target.join("site-pages");
    tool("python", &[STAGE, &staged.to_string_lossy()]).show()?;
    let site = tree.target.join("site");
    let config = staged.join("mkdocs.yml").to_string_lossy().into_owned();
    let build = ["build", "--strict", "--config-file", &config, "--site-dir", &site.to_string_lossy()];
    tool("mkdocs", &build).show()?;
    println!("{}", site.join("index.html").display());
    Ok(())
}

/// Why the site cannot be made without a network.
pub fn missing(tree: &Tree, options: &Options) -> Option<(String, String)> {
    let is_missing = options.offline && !program_in_venv(&tree.target.join(TOOLS), "mkdocs").is_file();
    is_missing.then(|| ("mkdocs is not installed".to_owned(), "cargo xtask docs".to_owned()))
}
