//! The tests of the library and of the command on a platform whose programs this machine runs by something else: Windows, by Wine.
//! Not for tests that this machine's own platform can run.

use crate::Outcome;

use super::Checked;
use super::runners;
use super::targets::{System, Target};
use super::work::Work;

pub const NAME: &str = "tests of core and command";

/// They take long, and need nothing of what is packed.
pub fn is_wanted(work: &Work<'_>, target: &Target) -> bool {
    work.options.full && target.system == System::Windows && !target.is_host() && work.options.wants(NAME)
}

pub fn check(work: &Work<'_>, target: &Target) -> Outcome<Checked> {
    let runner = match runners::find(work, target) {
        Ok(runner) => runner,
        Err(why) => return Ok(Checked::Not(why)),
    };
    let args = [
        "test",
        "--target",
        target.triple,
        "--no-fail-fast",
        "--package",
        "vigie-core",
        "--package",
        "vigie-cli",
    ];
    let run = work.tool("cargo-zigbuild", &[&args[..], work.offline()].concat());
    work.quiet(&format!("tests-{}", target.node), runner.for_cargo(target, run))?;
    Ok(Checked::ran())
}
