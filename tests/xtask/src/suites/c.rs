//! Suites of the C binding that are not tests of its crate.
//! Not for the PowerShell face, which stands on it.

use super::{Needs, Suite};
use crate::counts::Runner;
use crate::options::Options;
use crate::process::cargo;
use crate::tree::Tree;

pub fn suites(tree: &Tree, options: &Options) -> Vec<Suite> {
    let check = cargo(tree, options, &["run", "--quiet", "--package", "vigie-header", "--", "--check"]);
    vec![Suite::new("c: header is the generated one", Needs::C, Runner::Exit, 600, check)]
}
