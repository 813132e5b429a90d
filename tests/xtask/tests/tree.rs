//! The shape of the repository: what stands at the top, how long a file may be, how it opens.
//! Not for what is inside the files.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeSet;

use common::csharp::{Member, members};
use common::{code_without_tests, files, files_under, is_test_file, none, read};

const TOP: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "core",
    "bindings",
    "examples",
    "powershell",
    "tests",
];
/// A room that is planned and may appear.
const LATER: [&str; 1] = ["adapters"];

/// No file is longer without its tests.
const MOST_LINES: usize = 400;
/// Half of the files are shorter.
const MEDIAN_LINES: usize = 200;
/// No function is longer.
const MOST_IN_A_FUNCTION: usize = 50;

#[test]
fn the_visible_top_level_is_the_one_agreed() {
    let found: BTreeSet<String> = files()
        .iter()
        .map(|file| file.split('/').next().unwrap().to_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    let unknown: Vec<String> = found
        .iter()
        .filter(|name| !TOP.contains(&name.as_str()) && !LATER.contains(&name.as_str()))
        .cloned()
        .collect();
    none("belongs under one of the folders", &unknown);
    let missing: Vec<String> =
        TOP.iter().filter(|name| !found.contains(**name)).map(|name| (*name).to_owned()).collect();
    none("missing at the top", &missing);
}

/// Sources of the product, which the limits are for. Declarations of an interface are exempt: a header
/// or a stub is a list, and splitting it would only hide parts of it.
fn sources() -> Vec<String> {
    let endings = [".rs", ".py", ".ts", ".mjs", ".cjs", ".c", ".cs", ".ps1", ".psm1"];
    let all = files().into_iter().filter(|file| endings.iter().any(|ending| file.ends_with(ending)));
    all.filter(|file| !file.ends_with(".d.ts")).collect()
}

fn length(file: &str) -> usize {
    if file.ends_with(".rs") && !is_test_file(file) {
        code_without_tests(file).len()
    } else {
        read(file).lines().count()
    }
}

#[test]
fn files_stay_short() {
    let lengths: Vec<(usize, String)> = sources().into_iter().map(|file| (length(&file), file)).collect();
    let long: Vec<String> = lengths
        .iter()
        .filter(|(lines, file)| *lines > MOST_LINES && !is_test(file))
        .map(|(lines, file)| format!("{file}: {lines} lines"))
        .collect();
    none("longer than 400 lines", &long);
    let mut only: Vec<usize> = lengths.into_iter().map(|(lines, _)| lines).collect();
    only.sort_unstable();
    assert!(only[only.len() / 2] < MEDIAN_LINES, "the median file has {} lines", only[only.len() / 2]);
}

fn is_test(file: &str) -> bool {
    is_test_file(file) || file.contains("/test_") || file.contains(".test.")
}

#[test]
fn rust_modules_open_with_what_they_are_for() {
    let silent: Vec<String> = ["core/", "bindings/", "tests/xtask/"]
        .iter()
        .flat_map(|folder| files_under(folder, ".rs"))
        .filter(|file| !is_test_file(file) && !read(file).starts_with("//!"))
        .collect();
    none("opens without a word on what it is for", &silent);
}

#[test]
fn powershell_sources_open_with_what_they_are_for() {
    let endings = [".cs", ".ps1", ".psm1", ".psd1"];
    let mut files = files_under("powershell/", "");
    files.retain(|file| endings.iter().any(|ending| file.ends_with(ending)));
    files.retain(|file| !["//", "#", "<#"].iter().any(|comment| read(file).starts_with(comment)));
    none("opens without a word on what it is for", &files);
}

/// The lint asks the same of the module's scripts, where the syntax tree tells what a function is.
#[test]
fn csharp_members_stay_short() {
    let mut long = Vec::new();
    for file in files_under("powershell/src/", ".cs") {
        let all = members(&read(&file)).into_iter().filter(|member| member.lines > MOST_IN_A_FUNCTION);
        long.extend(all.map(|Member { line, lines }| format!("{file}:{line}: {lines} lines")));
    }
    none("a member of more than 50 lines", &long);
}

#[test]
fn the_reader_of_csharp_finds_members() {
    let source = "namespace A\n{\n    // class B {\n    class B<T> : C where T : class\n    {\n        \
        int[] list = { 1, 2 };\n        string brace = \"{\\\"\", path = @\"\\\", c = '{';\n        \
        int Size { get; set; }\n        void F<U>(int a = 1) where U : class\n        {\n            \
        if (a > 1) { a = 2; }\n        }\n    }\n}\n";
    assert_eq!(members(source), [Member { line: 8, lines: 1 }, Member { line: 9, lines: 4 }]);
}

#[test]
fn functions_stay_short() {
    let mut long = Vec::new();
    for folder in ["core/src/", "bindings/", "tests/xtask/src/"] {
        for file in files_under(folder, ".rs") {
            let mut open: Option<(usize, usize)> = None;
            for (number, line) in code_without_tests(&file) {
                let indent = line.len() - line.trim_start().len();
                let words: Vec<&str> = line.split_whitespace().take(6).collect();
                let starts = words.contains(&"fn") && !line.trim_end().ends_with([';', '}']);
                match open {
                    None if starts => open = Some((number, indent)),
                    // A signature of several lines in a trait, without a body.
                    Some((_, at)) if indent == at && line.trim_end().ends_with(';') => open = None,
                    // rustfmt puts the closing brace of a function under its first word.
                    Some((start, at)) if indent == at && line.trim() == "}" => {
                        if number - start >= MOST_IN_A_FUNCTION {
                            long.push(format!("{file}:{start}: {} lines", number - start + 1));
                        }
                        open = None;
                    }
                    _ => {}
                }
            }
        }
    }
    none("a function of more than 50 lines", &long);
}
