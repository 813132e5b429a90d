//! `cargo xtask bench`: builds what is measured, then hands over to tests/bench/run.py.
//! Measuring, comparing and printing happen there.

use crate::Outcome;
use crate::options::Options;
use crate::process::{cargo, program};
use crate::setup;
use crate::tree::{self, Tree};

pub fn run(tree: &Tree, options: &Options, passed_on: &[String]) -> Outcome {
    let is_passed = |name: &str| passed_on.iter().any(|option| option == name);
    if is_passed("--adapters") {
        setup::run(tree, options, setup::Scope::Everything)?;
    } else if is_passed("--search") {
        cargo(tree, options, &["build", "--profile", tree.profile, "--package", "vigie-cli"]).show()?;
    } else {
        setup::run(tree, options, setup::Scope::Libraries)?;
        cargo(tree, options, &["build", "--profile", tree.profile, "--package", "vigie-bench"]).show()?;
    }
    let python = tree::system_python().ok_or("no Python 3 in PATH")?;
    let mut run = program(tree, python, &["tests/bench/run.py"]);
    run.command.args(passed_on);
    if options.offline {
        run.command.arg("--offline");
    }
    run.show()
}
