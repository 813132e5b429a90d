//! The Node package: its development dependencies, the compiled faces, the addon beside them.
//! The package has no run-time dependency; npm is here for TypeScript and the tests.

use std::env::consts::{ARCH, OS};

use super::{Note, place};
use crate::Outcome;
use crate::options::Options;
use crate::tree::{self, Tree};
use crate::{process, stamp};

const PACKAGE: &str = "bindings/node";
const MANIFESTS: [&str; 2] = ["bindings/node/package.json", "bindings/node/package-lock.json"];
/// Everything that the compiled faces are made from.
const SOURCES: [&str; 8] = [
    "bindings/node/package.json",
    "bindings/node/package-lock.json",
    "bindings/node/tsconfig.json",
    "bindings/node/scripts",
    "bindings/node/lib",
    "bindings/node/native.cjs",
    "bindings/node/native.d.cts",
    "bindings/node/platform.cjs",
];

pub fn addon(tree: &Tree, _options: &Options) -> Outcome<Note> {
    let addon = tree.path(PACKAGE).join(format!("vigie.{}.node", platform()));
    place(&tree.libraries().join(tree::library("vigie_node")), &addon)
}

/// What is the same on all platforms.
pub fn faces(tree: &Tree, options: &Options) -> Outcome<Note> {
    let installed = install(tree, options)?;
    if installed == LEFT_OUT {
        return Ok(LEFT_OUT);
    }
    let compiled = compile(tree)?;
    Ok(if [installed, compiled].iter().all(|note| *note == "unchanged") { "unchanged" } else { "done" })
}

const LEFT_OUT: Note =
    "left out (--offline, and never installed before); the suites that need it are skipped";

fn install(tree: &Tree, options: &Options) -> Outcome<Note> {
    let stamp = stamp::of(tree, "npm-ci", "", &MANIFESTS)?;
    if stamp.is_fresh() && tree.has("bindings/node/node_modules") {
        return Ok("unchanged");
    }
    if options.offline {
        return Ok(LEFT_OUT);
    }
    process::program(tree, tree::npm(), &["ci", "--no-audit", "--no-fund"])
        .within(tree.path(PACKAGE))
        .show()?;
    stamp.write()?;
    Ok("installed")
}

fn compile(tree: &Tree) -> Outcome<Note> {
    let stamp = stamp::of(tree, "tsc", "", &SOURCES)?;
    if stamp.is_fresh() && tree.has("bindings/node/dist") {
        return Ok("unchanged");
    }
    process::program(tree, tree::npm(), &["run", "--silent", "build"]).within(tree.path(PACKAGE)).show()?;
    stamp.write()?;
    Ok("compiled")
}

/// Links this checkout's package where the examples look for it. npm makes the link, since it knows how
/// on each system; nothing is fetched.
pub fn example(tree: &Tree, _options: &Options) -> Outcome<Note> {
    if tree.has("examples/node_modules/vigie/package.json") {
        return Ok("unchanged");
    }
    let args = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", "--offline"];
    process::program(tree, tree::npm(), &args).within(tree.path("examples")).show()?;
    Ok("linked")
}

/// The platform as Node's ecosystem names it, `linux-x64-gnu` for example.
fn platform() -> String {
    let cpu = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    match OS {
        "linux" if cfg!(target_env = "musl") => format!("linux-{cpu}-musl"),
        "linux" => format!("linux-{cpu}-gnu"),
        "macos" => format!("darwin-{cpu}"),
        "windows" => format!("win32-{cpu}-msvc"),
        other => format!("{other}-{cpu}"),
    }
}
