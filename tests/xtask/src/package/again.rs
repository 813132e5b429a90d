//! Everything once more from a copy of the sources in another folder, and compared: the same bytes are no accident of one place.
//! Not for why two files differ.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::process::cargo;
use crate::tree::Tree;

use super::work::Work;

pub const NAME: &str = "the same bytes again";

/// Builds there and names what differs.
pub fn compare(work: &Work<'_>) -> Outcome {
    let copy = work.empty("again")?;
    sources(work.tree, &copy)?;
    let there = Tree {
        root: copy.clone(),
        built: copy.join("target"),
        target: copy.join("target"),
        profile: work.tree.profile,
    };
    let options = work.options;
    let named = options.targets.iter().flat_map(|target| ["--target", target]);
    let only = options.only.iter().flat_map(|text| ["--only", text]);
    let folder = options.dotnet_packages.iter().flat_map(|folder| ["--dotnet-packages", folder]);
    let offline = options.offline.then_some("--offline");
    let args =
        ["xtask", "package", "--untried"].into_iter().chain(named).chain(only).chain(folder).chain(offline);
    let run = cargo(&there, options, &args.collect::<Vec<_>>());
    work.quiet("again", run.env("CARGO_TARGET_DIR", &there.built).env("SOURCE_DATE_EPOCH", work.made_s()))?;
    let (first, second) = (work.artefacts(), there.target.join("package/artefacts"));
    let other: Vec<String> = files(&first)?
        .into_iter()
        .filter(|name| fs::read(first.join(name)).ok() != fs::read(second.join(name)).ok())
        .collect();
    if other.is_empty() { Ok(()) } else { Err(format!("other bytes the second time: {}", other.join(", "))) }
}

/// What the repository holds, whether it is committed or not.
fn sources(tree: &Tree, copy: &Path) -> Outcome {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&tree.root);
    let told = git.output().map_err(|error| format!("git: {error}"))?;
    for name in String::from_utf8_lossy(&told.stdout).split_terminator('\0') {
        let (from, to) = (tree.path(name), copy.join(name));
        // A file that was deleted is still in the list.
        if from.is_file() {
            let parent = to.parent().unwrap_or(copy);
            fs::create_dir_all(parent)
                .and_then(|()| fs::copy(&from, &to))
                .map_err(|error| format!("{name}: {error}"))?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    Ok(paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
}
