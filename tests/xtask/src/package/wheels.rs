//! Wheels: one for each version of CPython on each platform, with the command among its scripts, by maturin; what compiles itself
//! where there is none; and the adapters'. Tried by pip in an environment of the version's own interpreter.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::program;
use crate::tree::{program_in_venv, system_python, version_of};

use super::Checked;
use super::check;
use super::native;
use super::runners;
use super::targets::{Linker, Target};
use super::work::{PROFILE, VERSION, Work};

const PACKAGE: &str = "bindings/python";
/// What is installed below an environment beside the packages; maturin takes the folder with the module's whole name if it is there.
const DATA: &str = "bindings/python/vigie._native.data";

/// pip, with what is in a folder alone.
const INSTALL: [&str; 6] = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"];

/// A version of CPython as maturin takes it.
#[derive(Clone, Copy)]
pub struct Python(&'static str);

/// `t` is the build without the lock, which is a platform of its own to pip.
pub const ALL: [Python; 6] =
    [Python("3.10"), Python("3.11"), Python("3.12"), Python("3.13"), Python("3.14"), Python("3.14t")];

impl Python {
    pub fn name(self) -> String {
        format!("wheel {}", self.0)
    }

    /// As it stands in a wheel's name.
    fn tags(self) -> String {
        let abi = self.abi();
        format!("{}-{abi}", abi.trim_end_matches('t'))
    }

    fn abi(self) -> String {
        format!("cp{}", self.0.replace('.', ""))
    }

    /// The beginning of what it says to `--version`.
    fn said(self) -> String {
        format!("Python {}.", self.0.trim_end_matches('t'))
    }

    /// The program on this machine.
    fn find(self) -> Option<String> {
        [format!("python{}", self.0), "python".to_owned()]
            .into_iter()
            .find(|name| version_of(name).is_some_and(|version| version.starts_with(&self.said())))
    }
}

pub fn build(work: &Work<'_>, target: &Target, python: Python) -> Outcome<PathBuf> {
    let out = work.empty(&format!("wheel-{}-{}", target.node, python.0))?;
    let mut args = vec!["build", "--locked", "--profile", PROFILE, "--target", target.triple];
    if target.linker() == Linker::Zig {
        args.push("--zig");
    }
    if let Some(tag) = target.wheel {
        args.extend(["--compatibility", tag]);
    }
    let to = out.to_string_lossy().into_owned();
    args.extend(["--interpreter", python.0, "--out", &to]);
    let scripts = work.tree.path(DATA).join("scripts");
    fs::create_dir_all(&scripts).map_err(|error| format!("{}: {error}", scripts.display()))?;
    let command = native::folder(work, target).join(target.command());
    let run = work.tool("maturin", &args).within(work.tree.path(PACKAGE));
    let built = fs::copy(&command, scripts.join(target.command()))
        .map_err(|error| format!("{}: {error}", command.display()))
        .and_then(|_| work.quiet("maturin", work.compiling(target, run)));
    // A build in the checkout by somebody else would take it too.
    let removed = fs::remove_dir_all(work.tree.path(DATA)).map_err(|error| format!("{DATA}: {error}"));
    built.and(removed)?;
    let wheel = work.keep(&out, ".whl")?;
    if !wheel.to_string_lossy().contains(&python.tags()) {
        return Err(format!("{} is not for {}", wheel.display(), python.tags()));
    }
    work.inspect(target, &wheel)?;
    Ok(wheel)
}

/// `pip install vigie` in an empty environment, then the ten lines and the command.
pub fn check(work: &Work<'_>, target: &Target, python: Python) -> Outcome<Checked> {
    if !target.is_host() {
        return elsewhere(work, target, python);
    }
    let Some(interpreter) = python.find() else {
        return Ok(Checked::Not(format!("no CPython {} here", python.0)));
    };
    let folder = work.empty(&format!("try/wheel-{}", python.0))?;
    let artefacts = work.artefacts().to_string_lossy().into_owned();
    install(
        work,
        &interpreter,
        &folder,
        &["--only-binary=:all:", "--find-links", &artefacts, &format!("vigie=={VERSION}")],
    )?;
    works(work, &folder)?;
    Ok(Checked::ran())
}

/// By an interpreter of another platform, which a variable names and this machine can run. pip of the tools installs for it:
/// one that runs in an emulator cannot start the programs that an environment is made by.
fn elsewhere(work: &Work<'_>, target: &Target, python: Python) -> Outcome<Checked> {
    let runner = match runners::find(work, target) {
        Ok(runner) => runner,
        Err(why) => return Ok(Checked::Not(why)),
    };
    let variable = format!("VIGIE_PYTHON_{}", target.node.to_uppercase().replace('-', "_"));
    let Some(interpreter) = std::env::var_os(&variable).map(PathBuf::from) else {
        return Ok(Checked::Not(format!("no CPython for {} here; {variable} names one", target.node)));
    };
    let name = format!("wheel-{}-{}", target.node, python.0);
    let version = check::output(work, &name, runner.run(work, &interpreter, &["--version"]))?.output;
    if !version.starts_with(&python.said()) {
        return Ok(Checked::Not(format!("{variable} is {}", version.trim())));
    }
    let folder = work.empty(&format!("try/{name}"))?;
    let (artefacts, to) = (work.artefacts().to_string_lossy().into_owned(), folder.to_string_lossy());
    let processor = target.triple.split('-').next().unwrap_or_default();
    let platform = target.wheel.map_or("win_amd64".to_owned(), |tag| format!("{tag}_{processor}"));
    let fitting = [
        "--only-binary=:all:",
        "--platform",
        &platform,
        "--python-version",
        python.0.trim_end_matches('t'),
        "--abi",
        &python.abi(),
    ];
    let what = ["--find-links", &artefacts, "--target", &to, &format!("vigie=={VERSION}")];
    work.quiet("pip", work.tool("python", &[&INSTALL[..], &fitting, &what].concat()).within(&folder))?;
    let quickstart = check::quickstart(work, "quickstart.py", &folder)?;
    let run = runner.run(work, &interpreter, &[&quickstart]).within(&folder).env("PYTHONPATH", &folder);
    check::ten_lines(work, &name, run)?;
    check::command(work, &format!("{name}-command"), |args| {
        runner.run(work, &folder.join("bin").join(target.command()), args).within(&folder)
    })?;
    Ok(Checked::ran())
}

fn install(work: &Work<'_>, interpreter: &str, folder: &Path, what: &[&str]) -> Outcome {
    let venv = folder.to_string_lossy().into_owned();
    work.quiet("venv", program(work.tree, interpreter, &["-m", "venv", &venv]).alone())?;
    let args = [&INSTALL[..], what].concat();
    let pip = program(work.tree, program_in_venv(folder, "python"), &args);
    work.quiet("pip", pip.within(folder))
}

fn works(work: &Work<'_>, venv: &Path) -> Outcome {
    let quickstart = check::quickstart(work, "quickstart.py", venv)?;
    let python = program(work.tree, program_in_venv(venv, "python"), &[&quickstart]).within(venv);
    check::ten_lines(work, "wheel", python)?;
    check::command(work, "wheel-command", |args| {
        program(work.tree, program_in_venv(venv, "vigie"), args).within(venv)
    })
}

/// What pip compiles where no wheel is for.
pub const SOURCES: &str = "sdist";

pub fn sources(work: &Work<'_>) -> Outcome<PathBuf> {
    let out = work.empty(SOURCES)?;
    let args = ["sdist", "--out", &out.to_string_lossy()];
    work.quiet("maturin-sdist", work.tool("maturin", &args).within(work.tree.path(PACKAGE)))?;
    work.keep(&out, ".tar.gz")
}

/// It compiles without this checkout, and what comes out works. Without the command, which is a package of its own to cargo.
pub fn check_sources(work: &Work<'_>) -> Outcome<Checked> {
    let folder = work.empty("try/sdist")?;
    let archive = work.artefacts().join(format!("vigie-{VERSION}.tar.gz")).to_string_lossy().into_owned();
    let to = folder.to_string_lossy().into_owned();
    // maturin is there, all else is in the archive or comes from the registry of crates.
    let args =
        ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", &to, &archive];
    let compile = work.tool("python", &args).within(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    work.quiet("sdist", compile)?;
    let python = system_python().unwrap_or_default();
    let venv = folder.join("venv");
    install(work, python, &venv, &["--find-links", &to, &format!("vigie=={VERSION}")])?;
    let quickstart = check::quickstart(work, "quickstart.py", &venv)?;
    let run = program(work.tree, program_in_venv(&venv, "python"), &[&quickstart]).within(&venv);
    check::ten_lines(work, SOURCES, run)?;
    Ok(Checked::ran())
}

/// An adapter, which holds no native code.
pub fn adapter(work: &Work<'_>, folder: &str) -> Outcome<PathBuf> {
    let out = work.empty(&format!("adapter-{}", folder.replace('/', "-")))?;
    let args = ["-m", "hatchling", "build", "--target", "wheel", "--directory", &out.to_string_lossy()];
    work.quiet("hatchling", work.tool("python", &args).within(work.tree.path(folder)))?;
    work.keep(&out, ".whl")
}
