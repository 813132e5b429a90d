//! Finds the files that a command was pointed at. Not for reading them: see `lines`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::lines::packed;
use crate::outcome::{Failure, unreadable};

/// What the names of files with lines end in. Those that were put aside stand before their file, the oldest first: their
/// names have the time in front of the ending.
const ENDINGS: [&str; 3] = [".jsonl", ".jsonl.gz", ".jsonl.zst"];

/// The files behind `paths`: a file stands for itself, and a folder for every file below it that is named as files with
/// lines are, sorted.
pub(crate) fn collect(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|e| unreadable(path, &e))?;
        if meta.is_dir() { walk(path, &mut found)? } else { found.push(path.clone()) }
    }
    Ok(found)
}

/// The same, and `-` stands for standard input.
pub(crate) fn collect_or_stdin(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let one = |path: &PathBuf| match path.as_os_str() == "-" {
        true => Ok(vec![path.clone()]),
        false => collect(std::slice::from_ref(path)),
    };
    Ok(paths.iter().map(one).collect::<Result<Vec<_>, _>>()?.concat())
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| unreadable(folder, &e))? {
        entries.push(entry?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let names: HashSet<OsString> = entries.iter().map(std::fs::DirEntry::file_name).collect();
    for entry in entries {
        let path = entry.path();
        // A packed file is whole when it bears its name; the plain one beside it is about to be removed.
        if packed(&path).any(|twin| twin.file_name().is_some_and(|name| names.contains(name))) {
            continue;
        }
        // The entry's own type, not its target's: a link to a parent folder must not loop.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&path, found)?;
        } else if has_lines(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether it is named as files with lines are.
pub(crate) fn has_lines(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    ENDINGS.iter().any(|ending| name.ends_with(ending.as_bytes()))
}
