//! The drivers: how each language's is built and started.
//! A further language is one more entry in `all`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::Outcome;
use crate::options::Options;
use crate::process::{Run, cargo, program};
use crate::pwsh;
use crate::tree::{Tree, version_of};

const FOLDER: &str = "tests/conformance/drivers";
const VECTORS: &str = "tests/conformance/vectors";
/// All vectors in one process take seconds.
const PLAY_LIMIT: Duration = Duration::from_secs(300);
/// A compiler that begins with nothing on a machine that has other work takes many minutes.
const BUILD_LIMIT: Duration = Duration::from_secs(1800);
/// Lines of a failed driver's output that are worth showing.
const TAIL: usize = 25;

pub struct Driver {
    pub language: &'static str,
    /// Why the language is not on this machine, and the cure.
    missing: Option<String>,
    build: Option<Run>,
    /// Writes the flat script that the driver takes in place of the vectors.
    flatten: Option<Run>,
    start: Run,
}

pub enum Played {
    All,
    Missing(String),
    Crashed(String),
}

pub fn all(tree: &Tree, options: &Options) -> Vec<Driver> {
    vec![rust(tree, options), python(tree), node(tree), c(tree), powershell(tree)]
}

fn rust(tree: &Tree, options: &Options) -> Driver {
    let build = cargo(
        tree,
        options,
        &["build", "--profile", tree.profile, "--package", "vigie-core", "--example", "conformance"],
    );
    let start = program(tree, tree.libraries().join("examples/conformance"), &[]);
    Driver { language: "rust", missing: None, build: Some(build), flatten: None, start }
}

fn python(tree: &Tree) -> Driver {
    let start = program(tree, tree.venv("python"), &[&format!("{FOLDER}/driver.py")]);
    Driver { language: "python", missing: None, build: None, flatten: None, start }
}

fn node(tree: &Tree) -> Driver {
    let start = program(tree, "node", &[&format!("{FOLDER}/driver.mjs")]);
    let missing = (!tree.has("bindings/node/dist")).then(|| "not compiled; cargo xtask setup".to_owned());
    Driver { language: "node", missing, build: None, flatten: None, start }
}

fn c(tree: &Tree) -> Driver {
    let binary = tree.target.join("conformance/driver-c");
    let (library, source) = (tree.libraries(), format!("{FOLDER}/c/driver.c"));
    let mut build = program(tree, "cc", &["-std=c99", "-Wall", "-Wextra", "-Werror", "-Ibindings/c/include"]);
    build.command.arg(source).arg("-o").arg(&binary).arg("-L").arg(&library).arg("-lvigie");
    build.command.arg(format!("-Wl,-rpath,{}", library.display()));
    let flatten = program(tree, tree.venv("python"), &["tests/conformance/flatten.py"]);
    let missing = version_of("cc").is_none().then(|| "no C compiler; apt install gcc libc6-dev".to_owned());
    Driver {
        language: "c",
        missing,
        build: Some(build),
        flatten: Some(flatten),
        start: program(tree, binary, &[]),
    }
}

fn powershell(tree: &Tree) -> Driver {
    let start = pwsh::script(tree, &format!("{FOLDER}/driver.ps1"), &[]);
    let missing = pwsh::find().err().map(|why| format!("{why}; {}", pwsh::CURE));
    Driver { language: "powershell", missing, build: None, flatten: None, start }
}

impl Driver {
    /// Plays all vectors; what came of each is judged from the files in `out`.
    pub fn run(self, tree: &Tree, out: &Path) -> Outcome<Played> {
        if let Some(why) = self.missing {
            return Ok(Played::Missing(why));
        }
        let log = |step: &str| tree.target.join("conformance").join(format!("{}-{step}.log", self.language));
        if let Some(build) = self.build
            && let Some(failure) = step(build, &log("build"), BUILD_LIMIT)?
        {
            return Ok(Played::Crashed(failure));
        }
        let vectors = tree.path(VECTORS);
        let mut start = self.start.alone();
        match self.flatten {
            None => start.command.arg(vectors).arg(out),
            Some(mut flatten) => {
                flatten.command.arg(vectors).arg(out);
                start.command.arg(script(flatten, out)?)
            }
        };
        Ok(step(start, &log("run"), PLAY_LIMIT)?.map_or(Played::All, Played::Crashed))
    }
}

fn script(mut flatten: Run, out: &Path) -> Outcome<std::path::PathBuf> {
    let line = flatten.line();
    let output = flatten.command.output().map_err(|error| format!("`{line}`: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{line}` failed\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let file = out.join("script");
    fs::write(&file, output.stdout).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

/// The end of the output when the step failed.
fn step(run: Run, log: &Path, limit: Duration) -> Outcome<Option<String>> {
    let line = run.line();
    let finished = run.capture(log, limit)?;
    if finished.ok {
        return Ok(None);
    }
    let lines: Vec<&str> = finished.output.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n    ");
    let hang = if finished.timed_out { " (it hung)" } else { "" };
    Ok(Some(format!("    $ {line}{hang}\n    {tail}")))
}
