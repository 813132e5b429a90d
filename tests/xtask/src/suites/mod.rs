//! The list of suites: what each runs, how its tests are counted, what it needs.
//! Not for running them.

mod adapters;
mod c;
pub mod node;
pub mod powershell;
pub mod python;
mod repository;
mod rust;

use crate::counts::Runner;
use crate::options::Options;
use crate::process::Run;
use crate::tree::Tree;

/// What `VIGIE_REQUIRE` names: a required language's suites may not be skipped.
#[derive(Clone, Copy, PartialEq)]
pub enum Needs {
    Cargo,
    Python,
    Node,
    C,
    PowerShell,
    /// A framework that is no language, too large to be installed without being asked for.
    N8n,
}

impl Needs {
    pub fn name(self) -> &'static str {
        match self {
            Needs::Cargo => "rust",
            Needs::Python => "python",
            Needs::Node => "node",
            Needs::C => "c",
            Needs::PowerShell => "powershell",
            Needs::N8n => "n8n",
        }
    }
}

pub enum Plan {
    Run(Run),
    /// Why not, and the command that would enable it.
    Skip {
        why: String,
        cure: String,
    },
}

pub struct Suite {
    pub name: String,
    pub needs: Needs,
    pub runner: Runner,
    /// After this many seconds it hangs: a failure.
    pub limit_s: u64,
    pub plan: Plan,
    /// Style and types only: part of `cargo xtask lint`.
    pub lint: bool,
}

impl Suite {
    fn new(name: impl Into<String>, needs: Needs, runner: Runner, limit_s: u64, run: Run) -> Suite {
        Suite { name: name.into(), needs, runner, limit_s, plan: Plan::Run(run), lint: false }
    }

    fn lint(name: &str, needs: Needs, run: Run) -> Suite {
        Suite { lint: true, ..Suite::new(name, needs, Runner::Exit, 900, run) }
    }

    /// The suite as it is when `missing` tells nothing, and a skip otherwise.
    fn unless(mut self, missing: Option<(String, String)>) -> Suite {
        if let Some((why, cure)) = missing {
            self.plan = Plan::Skip { why, cure };
        }
        self
    }
}

/// In the order of cost: what fails fast comes first.
pub fn all(tree: &Tree, options: &Options) -> Vec<Suite> {
    let mut suites = rust::suites(tree, options);
    suites.extend(repository::suites(tree, options));
    suites.extend(c::suites(tree, options));
    suites.extend(python::suites(tree));
    suites.extend(node::suites(tree));
    suites.extend(powershell::suites(tree));
    suites.extend(adapters::suites(tree, options));
    suites.extend(repository::across_languages(tree, options));
    suites
}

fn missing_setup() -> String {
    "cargo xtask setup".to_owned()
}
