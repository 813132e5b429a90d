//! The floors of the house, read from the `use` lines: architecture.md says which part may know which.
//! Not for what the compiler enforces already (crate dependencies, `forbid(unsafe_code)`).

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{code, code_without_tests, files, files_under, none, read, root};

/// Inside core a folder imports only lower floors. Configuration stands beside `telemetry`, which
/// reads it, and above the parts that it configures.
const FLOORS: [&[&str]; 7] =
    [&["model"], &["encode"], &["buffer"], &["export"], &["api"], &["config"], &["telemetry"]];
/// Used by all floors, imports none of them.
const CELLAR: [&str; 7] = ["error", "clock", "stats", "guard", "generation", "platform", "aside"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|names| names.contains(&module))
}

/// `core/src/encode/json.rs` is in `encode`, `core/src/stats.rs` in `stats`.
fn module_of(file: &str) -> &str {
    let inside = file.strip_prefix("core/src/").unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs").trim_end_matches("_tests")
}

/// The first segments of all `crate::` paths in a line, those of `crate::{a::B, c}` too.
fn crate_paths(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => found.push(segment(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut start = true;
                for (at, character) in group.char_indices() {
                    if start && character.is_alphabetic() && depth == 0 {
                        found.push(segment(&group[at..]));
                        start = false;
                    }
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        _ => {}
                    }
                }
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

fn segment(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Statements that run over several lines are put into one, numbered by their first line.
fn statements(lines: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in lines {
        match out.last_mut() {
            Some((_, last)) if open => last.push_str(line.trim()),
            _ => out.push((number, line.clone())),
        }
        let statement = &out.last().unwrap().1;
        let trimmed = statement.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        open = trimmed.starts_with("use ") && !statement.trim_end().ends_with(';');
    }
    out
}

#[test]
fn the_reader_of_paths_reads_groups() {
    assert_eq!(crate_paths("use crate::model::Context;"), ["model"]);
    assert_eq!(
        crate_paths("use crate::{api::{Logger, Span}, clock, error::Error};"),
        ["api", "clock", "error"]
    );
    assert_eq!(crate_paths("fn f(a: crate::stats::Stats) -> crate::error::Error {"), ["stats", "error"]);
    let lines = vec![(1, "use crate::{".to_owned()), (2, "    model::A,".to_owned()), (3, "};".to_owned())];
    assert_eq!(crate_paths(&statements(lines)[0].1), ["model"]);
}

#[test]
fn core_imports_only_lower_floors() {
    let mut violations = Vec::new();
    for file in files_under("core/src/", ".rs") {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        let own = floor(module);
        if own.is_none() && !CELLAR.contains(&module) {
            violations.push(format!("{file}: `{module}` is on no floor"));
            continue;
        }
        for (number, line) in statements(code_without_tests(&file)) {
            for target in crate_paths(&line) {
                let allowed = match (own, floor(&target)) {
                    _ if target == module => true,
                    // The cellar; or an item that lib.rs re-exports, which would hide a floor.
                    (_, None) => CELLAR.contains(&target.as_str()),
                    (None, Some(_)) => false,
                    (Some(own), Some(other)) => other < own,
                };
                if !allowed {
                    violations.push(format!("{file}:{number}: `{module}` knows `{target}`"));
                }
            }
        }
    }
    none("a floor knows one above it", &violations);
}

#[test]
fn operating_systems_are_told_apart_in_two_places_only() {
    let allowed = ["core/src/platform/", "bindings/host/src/"];
    let mut violations = Vec::new();
    for folder in ["core/src/", "bindings/"] {
        for file in files_under(folder, ".rs") {
            if allowed.iter().any(|place| file.starts_with(place)) || common::is_test_file(&file) {
                continue;
            }
            for (number, line) in code_without_tests(&file) {
                let names =
                    ["cfg(unix)", "cfg(windows)", "cfg(not(unix", "cfg(not(windows", "target_os", "cfg!("];
                if names.iter().any(|name| line.contains(name)) {
                    violations.push(format!("{file}:{number}: {}", line.trim()));
                }
            }
        }
    }
    none("what differs between systems belongs into core/src/platform or bindings/host", &violations);
}

#[test]
fn unsafe_stands_only_under_bindings() {
    assert!(read("core/src/lib.rs").contains("#![forbid(unsafe_code)]"));
    let mut violations = Vec::new();
    for file in files().into_iter().filter(|file| file.ends_with(".rs") && !file.starts_with("bindings/")) {
        for (number, line) in code(&file) {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            if words.contains(&"unsafe") && !line.contains('"') {
                violations.push(format!("{file}:{number}: {}", line.trim()));
            }
        }
    }
    none("`unsafe` outside bindings/", &violations);
}

#[test]
fn each_crate_depends_on_what_stands_below_it_only() {
    // Every member of the house that a manifest names as a dependency.
    let allowed: [(&str, &[&str]); 6] = [
        ("core/Cargo.toml", &[]),
        ("bindings/host/Cargo.toml", &["vigie-core"]),
        ("bindings/python/Cargo.toml", &["vigie-core", "vigie-host"]),
        ("bindings/node/Cargo.toml", &["vigie-core", "vigie-host"]),
        ("bindings/c/Cargo.toml", &["vigie-core", "vigie-host"]),
        ("bindings/cli/Cargo.toml", &["vigie-core"]),
    ];
    let foreign = ["pyo3", "napi", "napi-sys", "cbindgen"];
    let mut violations = Vec::new();
    for (manifest, below) in allowed {
        for name in dependencies(manifest) {
            if name.starts_with("vigie") && !below.contains(&name.as_str()) {
                violations.push(format!("{manifest}: {name}"));
            }
            if manifest == "core/Cargo.toml" && foreign.iter().any(|host| name.starts_with(host)) {
                violations.push(format!("{manifest}: {name} is a host language's"));
            }
        }
    }
    none("a dependency that points up or sideways", &violations);
}

/// The names in all dependency tables of a manifest, those for one platform included. Tables of
/// development dependencies are left out: tests may look from above.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in read(manifest).lines() {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table == "dependencies" || table.ends_with(".dependencies");
            continue;
        }
        if let (true, Some((name, _))) = (inside, line.split_once('=')) {
            names.push(name.trim().split('.').next().unwrap().to_owned());
        }
    }
    names
}

#[test]
fn the_powershell_face_knows_the_c_interface_only() {
    let header = read("bindings/c/include/vigie.h");
    let mut violations = Vec::new();
    let mut imported = 0;
    for file in files_under("powershell/src/", ".cs") {
        let door = file == "powershell/src/Native/Native.cs";
        // Windows PowerShell has no other way to load a library than the system's own function.
        let loader = file == "powershell/src/Native/Library.cs";
        for (number, line) in common::csharp::code(&read(&file)).lines().enumerate() {
            let place = format!("{file}:{}", number + 1);
            if line.contains("DllImport") && !door && !loader {
                violations.push(format!("{place}: DllImport belongs into Native/Native.cs"));
            }
            let Some((_, declared)) = line.split_once(" extern ") else { continue };
            let names = declared.split(|c: char| !c.is_alphanumeric() && c != '_');
            for name in names.filter(|name| name.starts_with("vigie_")) {
                imported += 1;
                if !door {
                    violations.push(format!("{place}: {name} belongs into Native/Native.cs"));
                }
                if !header.contains(&format!("{name}(")) {
                    violations.push(format!("{place}: {name} is not in vigie.h"));
                }
            }
        }
    }
    for file in files().into_iter().filter(|file| file.starts_with("powershell/Vigie/")) {
        let text = common::read_text(&file).unwrap_or_default();
        let compiles = ["DllImport", "Add-Type"].into_iter().filter(|word| text.contains(word));
        violations.extend(compiles.map(|word| format!("{file}: {word}")));
    }
    none("the C interface is the only door", &violations);
    assert!(imported > 20, "only {imported} imported functions were found");
}

#[test]
fn only_the_faces_touch_the_native_module() {
    let faces =
        ["bindings/python/", "bindings/node/", "powershell/", "tests/xtask/", "core/docs/", ".gitignore"];
    let natives = [
        "import vigie._native",
        "from vigie._native",
        "from vigie import _native",
        "vigie.linux-x64-gnu.node",
        "Vigie.Native",
    ];
    let mut violations = Vec::new();
    for file in files() {
        let code = [".py", ".mjs", ".cjs", ".js", ".ts", ".ps1"].iter().any(|end| file.ends_with(end));
        if !code || faces.iter().any(|face| file.starts_with(face)) {
            continue;
        }
        let text = common::read_text(&file).unwrap_or_default();
        violations
            .extend(natives.iter().filter(|name| text.contains(*name)).map(|name| format!("{file}: {name}")));
    }
    none("the public face is the only door", &violations);
    assert!(root().join("bindings/python/python/vigie").is_dir());
}
