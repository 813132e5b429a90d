//! The native libraries and the command of a target, compiled once for all packages that carry them.
//! Not for the Python module: there is one of it for each version of the interpreter, see `wheels.rs`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::process::cargo;

use super::targets::{Linker, System, Target};
use super::work::{PROFILE, Work};

const CRATES: [&str; 3] = ["vigie-node", "vigie-c", "vigie-cli"];

/// Why it cannot be compiled on this machine, with the cure.
pub fn missing(target: &Target) -> Option<String> {
    let mut rustc = Command::new("rustc");
    let told = rustc.args(["--print", "target-libdir", "--target", target.triple]).output().ok();
    let folder = told.map(|told| PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    let there = folder.is_some_and(|folder| folder.is_absolute() && folder.exists());
    (!there).then(|| format!("no standard library for it: rustup target add {}", target.triple))
}

/// The folder with what was compiled.
pub fn build(work: &Work<'_>, target: &Target) -> Outcome<PathBuf> {
    let packages = CRATES.iter().flat_map(|package| ["--package", package]);
    let args: Vec<&str> =
        ["--profile", PROFILE].into_iter().chain(packages).chain(work.offline().iter().copied()).collect();
    let run = match target.linker() {
        Linker::Zig => work.tool(
            "cargo-zigbuild",
            &[&["zigbuild", "--target", &target.with_glibc()], args.as_slice()].concat(),
        ),
        Linker::Own | Linker::None => {
            cargo(work.tree, work.options, &[&["build", "--target", target.triple], args.as_slice()].concat())
        }
    };
    let run = work.compiling(target, run);
    let run = match (target.system, target.linker()) {
        (System::Windows, Linker::Zig) => run.env("LIBNODE_PATH", nodes_library(work)?),
        _ => run,
    };
    run.show()?;
    Ok(folder(work, target))
}

/// The build script of napi links a library of Node by its GNU name for this system, although all functions are looked up when
/// the add-on is loaded: it gets one without any function.
fn nodes_library(work: &Work<'_>) -> Outcome<PathBuf> {
    let folder = work.empty("node-import")?;
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    };
    // The script looks for this one, and zig's linker for the other.
    write("libnode.dll", "")?;
    write("node.def", "LIBRARY node.exe\nEXPORTS\n")?;
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (definition, library) = (path("node.def"), path("node.lib"));
    let args = ["-m", "ziglang", "dlltool", "-m", "i386:x86-64", "-d", &definition, "-l", &library];
    work.quiet("dlltool", work.tool("python", &args))?;
    Ok(folder)
}

pub fn folder(work: &Work<'_>, target: &Target) -> PathBuf {
    work.tree.built.join(target.triple).join(PROFILE)
}
