//! What the repository never says: names of package registries' hosts, paths of one machine, unfinished work.
//! Not for style, which the linters keep.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{files, none, read_text};

/// Each in two parts, so that this file does not hold what it forbids.
const FORBIDDEN: [(&str, &str, &str); 13] = [
    ("registry.", "npmjs", "a registry's host"),
    ("pypi.", "org", "a registry's host"),
    ("static.", "crates.io", "a registry's host"),
    ("index.", "crates.io", "a registry's host"),
    ("files.python", "hosted", "a registry's host"),
    ("nuget", ".org", "a registry's host"),
    ("powershell", "gallery.com", "a registry's host"),
    ("/work/", "main", "a path of one machine"),
    ("/work/", "shared", "a path of one machine"),
    ("/root", "/", "a path of one machine"),
    ("/home", "/runner", "a path of one machine"),
    ("TO", "DO", "unfinished work"),
    ("FIX", "ME", "unfinished work"),
];

#[test]
fn no_hosts_no_machine_paths_no_unfinished_work() {
    let mut found = Vec::new();
    for file in files() {
        let Some(text) = read_text(&file) else { continue };
        for (number, line) in text.lines().enumerate() {
            for (first, second, what) in FORBIDDEN {
                if line.contains(&format!("{first}{second}")) {
                    found.push(format!("{file}:{}: {what}: {first}{second}", number + 1));
                }
            }
        }
    }
    none("does not belong here", &found);
}

#[test]
fn every_lint_exception_has_its_reason() {
    let mut bare = Vec::new();
    for file in files().into_iter().filter(|file| file.ends_with(".rs")) {
        let text = read_text(&file).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let allows = code.starts_with("#[allow(")
                || code.starts_with("#![allow(")
                || code.starts_with("#[expect(");
            let above = index.checked_sub(1).map_or("", |above| lines[above].trim_start());
            let reasoned = above.starts_with("//") || line.contains("//") || line.contains("reason");
            if allows && !reasoned {
                bare.push(format!("{file}:{}: {code}", index + 1));
            }
        }
    }
    none("a lint exception without a reason beside it", &bare);
}
