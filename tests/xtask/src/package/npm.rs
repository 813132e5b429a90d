//! Packages for npm: `vigie`, which is the same on all platforms, `@vigie/native-...` with the library and the command of each,
//! and the adapters. Tried by npm itself, which picks the one for the platform from a registry of these packages.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::Outcome;
use crate::process::{Run, program};
use crate::setup::{self, place};
use crate::tree;

use super::Checked;
use super::check;
use super::native;
use super::nodes;
use super::targets::{System, Target};
use super::work::{VERSION, Work};

pub const PACKAGE: &str = "bindings/node";
/// The package of a platform, in the table.
pub const CARRIER: &str = "npm @vigie/native";
/// The adapter that runs inside of n8n, whose image has musl.
const FLOWS: &str = "vigie-n8n";

/// The library and the command of one platform.
pub fn carrier(work: &Work<'_>, target: &Target) -> Outcome<PathBuf> {
    let stage = work.empty(&format!("npm/{}", target.node))?;
    let built = native::folder(work, target);
    let addon = format!("vigie.{}.node", target.node);
    place(&built.join(target.library("vigie_node")), &stage.join(&addon))?;
    copy(&built.join(target.command()), &stage.join(target.command()))?;
    place(&work.tree.path("LICENSE"), &stage.join("LICENSE"))?;
    let (os, cpu) = platform(target);
    let mut manifest = json!({
        "name": native(target),
        "version": VERSION,
        "description": format!("The native core of vigie for {}, and its command", target.node),
        "license": "MIT OR Apache-2.0",
        "main": addon,
        "files": [addon, target.command()],
        "os": [os],
        "cpu": [cpu],
    });
    let libc = match target.system {
        System::Gnu => Some("glibc"),
        System::Musl => Some("musl"),
        System::Mac | System::Windows => None,
    };
    if let (Some(libc), Some(members)) = (libc, manifest.as_object_mut()) {
        members.insert("libc".to_owned(), json!([libc]));
    }
    let file = stage.join("package.json");
    fs::write(&file, format!("{manifest:#}\n")).map_err(|error| format!("{}: {error}", file.display()))?;
    let packed = pack(work, &stage, &format!("vigie-native-{}", target.node))?;
    work.inspect(target, &packed)?;
    Ok(packed)
}

fn native(target: &Target) -> String {
    format!("@vigie/native-{}", target.node)
}

/// `linux-x64-gnu` as npm compares it with the machine's own names.
pub fn platform(target: &Target) -> (&str, &str) {
    let mut parts = target.node.split('-');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// A package of this repository; `vigie` asks for the packages of all platforms, of which npm takes one.
pub fn package(work: &Work<'_>, folder: &str, targets: &[&Target]) -> Outcome<PathBuf> {
    let own = folder == PACKAGE;
    let built = if own {
        setup::node::faces(work.tree, work.options)
    } else {
        setup::adapters::node(work.tree, work.options)
    };
    built?;
    let stage = work.empty(&format!("npm/{}", folder.replace('/', "-")))?;
    let mut platforms = serde_json::Map::new();
    for target in targets {
        platforms.insert(native(target), json!(VERSION));
    }
    let more = if own { json!({ "optionalDependencies": platforms }) } else { json!({}) };
    let script = work.tree.path("tests/package/stage.mjs").to_string_lossy().into_owned();
    let source = work.tree.path(folder).to_string_lossy().into_owned();
    let args = [script.as_str(), &source, &stage.to_string_lossy(), &more.to_string()];
    work.quiet("npm-stage", program(work.tree, "node", &args))?;
    pack(work, &stage, &name(work, folder)?)
}

fn copy(from: &Path, to: &Path) -> Outcome {
    // With its permissions: the command is a program.
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{}: {error}", from.display()))
}

fn name(work: &Work<'_>, folder: &str) -> Outcome<String> {
    let file = work.tree.path(folder).join("package.json");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let name = manifest.get("name").and_then(|name| name.as_str());
    name.map(str::to_owned).ok_or_else(|| format!("{}: no name", file.display()))
}

fn pack(work: &Work<'_>, stage: &Path, name: &str) -> Outcome<PathBuf> {
    let artefacts = work.artefacts();
    let args = ["pack", "--silent", "--pack-destination", &artefacts.to_string_lossy()];
    work.quiet("npm-pack", work.reproducible(program(work.tree, tree::npm(), &args).within(stage)))?;
    let packed = artefacts.join(format!("{name}-{VERSION}.tgz"));
    if packed.is_file() { Ok(packed) } else { Err(format!("npm made no {}", packed.display())) }
}

/// `npm install vigie` in an empty project by the target's own Node, then the ten lines and the command.
pub fn check(work: &Work<'_>, target: &Target) -> Outcome<Checked> {
    let node = match nodes::find(work, target) {
        Ok(node) => node,
        Err(why) => return Ok(Checked::Not(why)),
    };
    let project = work.empty(&format!("try/npm-{}", target.node))?;
    let file = project.join("package.json");
    fs::write(&file, "{\"private\": true, \"type\": \"module\"}\n")
        .map_err(|error| format!("{}: {error}", file.display()))?;
    install(work, target, &node, &project, &["vigie"])?;
    let quickstart = check::quickstart(work, "quickstart.mjs", &project)?;
    let run = |args: &[&str]| node.run(work, args).within(&project);
    check::ten_lines(work, &format!("npm-{}", target.node), run(&[&quickstart]))?;
    let modules = project.join("node_modules");
    let (script, command) = (modules.join("vigie/bin/vigie.cjs"), modules.join(native(target)));
    check::command(work, &format!("npx-{}", target.node), |args| {
        if node.is_direct() {
            run(&[&[script.to_string_lossy().as_ref()], args].concat())
        } else {
            node.run_beside(work, &command.join(target.command()), args).within(&project)
        }
    })?;
    check::burst(work, &format!("npm-{}", target.node), &project, |program| run(&[program]))?;
    // Without the package of its platform it names that one.
    install(work, target, &node, &project, &["vigie", "--omit=optional"])?;
    let missing = check::output(work, &format!("npm-{}-without", target.node), run(&[&quickstart]))?;
    let cure = format!("npm install {}", native(target));
    if missing.ok || !missing.output.contains(&cure) {
        return Err(format!("the loader does not name `{cure}`:\n{}", missing.output));
    }
    if work.artefacts().join(format!("{FLOWS}-{VERSION}.tgz")).is_file() {
        flows(work, target, &node)?;
    }
    Ok(Checked::ran())
}

/// The package that n8n loads, as npm installs it: it traces the flows that were recorded on a real n8n.
fn flows(work: &Work<'_>, target: &Target, node: &nodes::Node) -> Outcome {
    let project = work.empty(&format!("try/n8n-{}", target.node))?;
    install(work, target, node, &project, &["vigie", FLOWS])?;
    // Beside what was installed: the test asks for the parts of the package by their place in it.
    let tests = project.join("node_modules").join(FLOWS).join("test");
    for file in ["recorded.test.mjs", "likeness.mjs", "recorded.jsonl", "real/shape.mjs"] {
        let from = work.tree.path("adapters/n8n/hook/test").join(file);
        place(&from, &tests.join(file))?;
    }
    let test = tests.join("recorded.test.mjs").to_string_lossy().into_owned();
    let log = work.folder.join("logs").join(format!("try-n8n-{}.log", target.node));
    let played = node.run(work, &[&test]).within(&project).alone().capture(&log, check::LIMIT)?;
    // Node counts a file without tests as one that passed.
    let all = played.ok && played.output.lines().any(|line| line.ends_with("pass 3"));
    if all { Ok(()) } else { Err(format!("the recorded flows are not traced:\n{}", played.output)) }
}

fn install(work: &Work<'_>, target: &Target, node: &nodes::Node, project: &Path, more: &[&str]) -> Outcome {
    let modules = project.join("node_modules");
    if modules.exists() {
        fs::remove_dir_all(&modules).map_err(|error| format!("{}: {error}", modules.display()))?;
    }
    let artefacts = work.artefacts().to_string_lossy().into_owned();
    let cache = project.join("cache").to_string_lossy().into_owned();
    let npm = node.npm();
    let npm: Vec<&str> = npm.iter().map(String::as_str).collect();
    let fixed = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--cache", &cache];
    let asked = node.platform_for_npm(target);
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let args = [&[artefacts.as_str()], npm.as_slice(), &fixed, &asked, more].concat();
    let run: Run = work.script("registry.py", &args).within(project).alone();
    work.quiet(&format!("npm-install-{}", target.node), run)
}
