//! Finds the files that a command was pointed at and reads them line by line as bytes.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::outcome::Failure;

/// The files behind `paths`: a file stands for itself, a folder for every `*.jsonl` below it, sorted.
pub(crate) fn collect(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|e| unreadable(path, &e))?;
        if meta.is_dir() { walk(path, &mut found)? } else { found.push(path.clone()) }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| unreadable(folder, &e))? {
        entries.push(entry?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // The entry's own type, not its target's: a link to a parent folder must not loop.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "jsonl") {
            found.push(path);
        }
    }
    Ok(())
}

/// Calls `each(number, bytes, ended)` for every line; `ended` is false for a last line without line feed.
pub(crate) fn each_line(
    path: &Path,
    mut each: impl FnMut(u64, &[u8], bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let file = std::fs::File::open(path).map_err(|e| unreadable(path, &e))?;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|e| unreadable(path, &e))? == 0 {
            return Ok(());
        }
        number += 1;
        match line.strip_suffix(b"\n") {
            Some(text) => each(number, text, true)?,
            None => each(number, &line, false)?,
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Message(format!("{}: {error}", path.display()))
}
