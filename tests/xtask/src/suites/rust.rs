//! Suites of the Rust crates: style first, then each crate's tests by itself.

use super::{Needs, Suite};
use crate::counts::Runner;
use crate::options::Options;
use crate::process::cargo;
use crate::tree::{Tree, version_of};

/// The extension crates are missing: they link against their host at load time, so that their tests
/// are those of the host's language. The hooks of vigie-host are tested there and by the C programs too.
const TESTED: [&str; 4] = ["vigie-core", "vigie-c", "vigie-cli", "xtask"];

pub fn suites(tree: &Tree, options: &Options) -> Vec<Suite> {
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    let deny = ["deny", "--config", ".cargo/deny.toml", "check", "bans", "licenses", "sources"];
    let no_deny = version_of("cargo-deny")
        .is_none()
        .then(|| ("cargo-deny is not installed".to_owned(), "cargo install --locked cargo-deny".to_owned()));
    let mut suites = vec![
        Suite::lint(
            "rust: rustfmt",
            Needs::Cargo,
            cargo(tree, options, &["fmt", "--all", "--check", "--", "--color", "never"]),
        ),
        Suite::lint("rust: clippy", Needs::Cargo, cargo(tree, options, &clippy)),
        Suite::lint("rust: cargo-deny", Needs::Cargo, cargo(tree, options, &deny)).unless(no_deny),
    ];
    for package in TESTED {
        // The repository's own rules are tests of the task runner's crate with rows of their own.
        let targets: &[&str] = if package == "xtask" { &["--bins"] } else { &[] };
        let args = [&["test", "--quiet", "--no-fail-fast", "--package", package], targets].concat();
        let run = cargo(tree, options, &args);
        suites.push(Suite::new(format!("rust: {package}"), Needs::Cargo, Runner::Cargo, 1800, run));
    }
    suites
}
