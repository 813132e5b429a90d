//! What the tests of the repository's rules share: finding files and reading them.
//! Each test binary uses a part of it, hence the exception below.
#![allow(dead_code)]

pub mod circles;
pub mod csharp;
#[path = "../../src/psd1.rs"]
mod psd1;
pub mod python_imports;
pub mod rust_modules;
pub mod rust_tokens;
pub mod rust_uses;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

/// All files that belong to the repository: tracked, or new and not ignored. Relative paths.
pub fn files() -> Vec<String> {
    let args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output = Command::new("git").args(args).current_dir(root()).output().expect("git is needed here");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("file names are UTF-8");
    let mut files: Vec<String> =
        text.split('\0').filter(|file| !file.is_empty()).map(str::to_owned).collect();
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files.dedup();
    assert!(files.len() > 50, "only {} files were found", files.len());
    files
}

pub fn files_under(folder: &str, ending: &str) -> Vec<String> {
    let found: Vec<String> =
        files().into_iter().filter(|file| file.starts_with(folder) && file.ends_with(ending)).collect();
    assert!(!found.is_empty(), "no *{ending} under {folder}: the test looks in the wrong place");
    found
}

pub fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The text of a file, `None` for one that is not text.
pub fn read_text(file: &str) -> Option<String> {
    String::from_utf8(fs::read(root().join(file)).ok()?).ok()
}

/// What the PowerShell module's manifest says under a key.
pub fn manifest(key: &str) -> Vec<String> {
    let file = "powershell/Vigie/Vigie.psd1";
    psd1::texts(&read(file), key).unwrap_or_else(|| panic!("{file} has no {key}"))
}

/// Files by their path, so that a rule can be tried on a tree that exists in memory only.
pub type Sources = BTreeMap<String, String>;

/// The repository's text files that `wanted` names, with what they hold.
pub fn sources(wanted: impl Fn(&str) -> bool) -> Sources {
    let found = files().into_iter().filter(|file| wanted(file));
    found.filter_map(|file| read_text(&file).map(|text| (file, text))).collect()
}

/// A tree in memory.
pub fn planted(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
}

/// Rust source without line comments and doc comments, line numbers kept. A `//` inside a string is cut
/// too, which no rule here minds.
pub fn code(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default().trim_end().to_owned());
    lines.enumerate().map(|(index, line)| (index + 1, line)).collect()
}

/// Everything before the file's own test module, and nothing of a file that holds tests only.
pub fn code_without_tests(file: &str) -> Vec<(usize, String)> {
    if is_test_file(file) { Vec::new() } else { before_tests(&read(file)) }
}

/// Everything before the test module of a file.
pub fn before_tests(text: &str) -> Vec<(usize, String)> {
    code(text).into_iter().take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]")).collect()
}

pub fn is_test_file(file: &str) -> bool {
    file.ends_with("_tests.rs") || file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// Fails with all violations at once.
pub fn none(what: &str, violations: &[String]) {
    assert!(violations.is_empty(), "{what}:\n  {}", violations.join("\n  "));
}

/// Fails unless a rule says exactly one thing about a planted fault, and says it with these words.
pub fn complains(violations: &[String], words: &[&str]) {
    assert_eq!(violations.len(), 1, "one complaint was expected: {violations:?}");
    for word in words {
        assert!(violations[0].contains(word), "`{word}` is missing in: {}", violations[0]);
    }
}
