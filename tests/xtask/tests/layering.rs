//! The floors of the house: architecture.md says which part may know which. Each rule is a function of files
//! in memory, which is given the repository and after that a tree with a fault planted in it.
//! Not for files that use each other: see `circles.rs`. Not for the faces and adapters: see `doors.rs`.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Sources, before_tests, code, complains, none, planted, read, rust_modules};

/// Inside core a folder imports only lower floors. Configuration stands beside `telemetry`, which
/// reads it, and above the parts that it configures.
const FLOORS: [&[&str]; 10] = [
    &["model"],
    &["document"],
    &["encode"],
    &["buffer"],
    &["output"],
    &["api"],
    &["config"],
    &["telemetry"],
    &["runs"],
    // Names for outsiders, nothing of its own.
    &["extend"],
];
/// Used by all floors, imports none of them.
const CELLAR: [&str; 9] =
    ["error", "clock", "stats", "guard", "generation", "platform", "aside", "mapped", "lent"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|names| names.contains(&module))
}

/// `core/src/encode/json.rs` is in `encode`, `core/src/stats.rs` in `stats`.
fn module_of(file: &str) -> &str {
    let inside = file.strip_prefix("core/src/").unwrap();
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

/// Every use of a file on a floor above, by whatever name or re-export it goes.
fn upward_uses(sources: &Sources) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, used) in rust_modules::uses("core/src/", sources) {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        let own = floor(module);
        if own.is_none() && !CELLAR.contains(&module) {
            violations.push(format!("{file}: `{module}` is on no floor"));
            continue;
        }
        for other in used {
            let target = module_of(&other);
            let allowed = match (own, floor(target)) {
                _ if target == module => true,
                (_, None) => CELLAR.contains(&target),
                (None, Some(_)) => false,
                (Some(own), Some(other)) => other < own,
            };
            if !allowed {
                violations.push(format!("{file}: `{module}` knows `{target}`, through {other}"));
            }
        }
    }
    violations
}

#[test]
fn core_imports_only_lower_floors() {
    let sources = common::sources(|file| file.starts_with("core/src/") && !common::is_test_file(file));
    none("a floor knows one above it", &upward_uses(&sources));
    let modules: Vec<&str> = sources.keys().map(|file| module_of(file)).collect();
    for name in FLOORS.into_iter().flatten().chain(&CELLAR) {
        assert!(modules.contains(name), "`{name}` is on the list and not in core/src");
    }
}

#[test]
fn planted_upward_uses_are_named() {
    let tree = |encode: &str| {
        planted(&[
            (
                "core/src/lib.rs",
                "mod encode;\nmod error;\nmod model;\nmod telemetry;\npub use telemetry::Telemetry;",
            ),
            ("core/src/encode/mod.rs", "pub mod json;"),
            ("core/src/encode/json.rs", encode),
            ("core/src/error.rs", "pub struct Error;"),
            ("core/src/model/mod.rs", "pub struct Context;"),
            ("core/src/telemetry/mod.rs", "pub struct Telemetry;"),
        ])
    };
    none("lower floors", &upward_uses(&tree("use crate::model::Context;\nfn f() -> crate::error::Error {}")));
    for upward in [
        "use crate::{model::Context, telemetry::Telemetry};",
        "fn f(_: &crate::Telemetry) {}",
        "use super::super::telemetry;\nfn f(_: &telemetry::Telemetry) {}",
        "use crate::telemetry::made_by_a_macro;",
    ] {
        let place = "core/src/encode/json.rs: `encode` knows `telemetry`, through core/src/telemetry/mod.rs";
        complains(&upward_uses(&tree(upward)), &[place]);
    }
    let mut tree = tree("");
    tree.insert("core/src/error.rs".to_owned(), "use crate::model::Context;".to_owned());
    complains(&upward_uses(&tree), &["core/src/error.rs: `error` knows `model`"]);
    tree.insert("core/src/error.rs".to_owned(), String::new());
    tree.insert("core/src/attic.rs".to_owned(), String::new());
    complains(&upward_uses(&tree), &["core/src/attic.rs: `attic` is on no floor"]);
}

/// Where code tells operating systems apart outside the places for it: one each of the library, the faces and the command.
fn told_apart(sources: &Sources) -> Vec<String> {
    const ALLOWED: [&str; 3] = ["core/src/platform/", "bindings/host/src/", "bindings/cli/src/platform.rs"];
    const NAMES: [&str; 6] =
        ["cfg(unix)", "cfg(windows)", "cfg(not(unix", "cfg(not(windows", "target_os", "cfg!("];
    let mut violations = Vec::new();
    for (file, text) in
        sources.iter().filter(|(file, _)| !ALLOWED.iter().any(|place| file.starts_with(place)))
    {
        for (number, line) in before_tests(text) {
            if NAMES.iter().any(|name| line.contains(name)) {
                violations.push(format!("{file}:{number}: {}", line.trim()));
            }
        }
    }
    violations
}

#[test]
fn operating_systems_are_told_apart_in_few_places() {
    let code = |file: &str| file.starts_with("core/src/") || file.starts_with("bindings/");
    let sources = common::sources(|file| code(file) && file.ends_with(".rs") && !common::is_test_file(file));
    none(
        "what differs between systems belongs into core/src/platform, bindings/host or the command's platform.rs",
        &told_apart(&sources),
    );
    let fault = "\n#[cfg(windows)]\nfn f() {}";
    let tree = planted(&[("core/src/clock.rs", fault), ("core/src/platform/mod.rs", fault)]);
    complains(&told_apart(&tree), &["core/src/clock.rs:2: #[cfg(windows)]"]);
}

fn unsafe_outside_bindings(sources: &Sources) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, text) in sources.iter().filter(|(file, _)| !file.starts_with("bindings/")) {
        for (number, line) in code(text) {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            if words.contains(&"unsafe") && !line.contains('"') {
                violations.push(format!("{file}:{number}: {}", line.trim()));
            }
        }
    }
    violations
}

#[test]
fn unsafe_stands_only_under_bindings() {
    assert!(read("core/src/lib.rs").contains("#![forbid(unsafe_code)]"));
    none(
        "`unsafe` outside bindings/",
        &unsafe_outside_bindings(&common::sources(|file| file.ends_with(".rs"))),
    );
    let fault = "// unsafe in words\nunsafe { f() }";
    let tree = planted(&[("core/src/clock.rs", fault), ("bindings/c/src/ffi.rs", fault)]);
    complains(&unsafe_outside_bindings(&tree), &["core/src/clock.rs:2: unsafe { f() }"]);
}

/// Each manifest, with the members of the house that it may name as a dependency.
const BELOW: [(&str, &[&str]); 9] = [
    ("core/Cargo.toml", &[]),
    ("bindings/host/Cargo.toml", &["vigie-core"]),
    ("bindings/python/Cargo.toml", &["vigie-core", "vigie-host"]),
    ("bindings/node/Cargo.toml", &["vigie-core", "vigie-host"]),
    ("bindings/c/Cargo.toml", &["vigie-core", "vigie-host"]),
    ("bindings/cli/Cargo.toml", &["vigie-core"]),
    ("adapters/opentelemetry/rust/Cargo.toml", &["vigie-core"]),
    ("adapters/log/rust/Cargo.toml", &["vigie-core"]),
    ("adapters/tracing/rust/Cargo.toml", &["vigie-core"]),
];

/// What a manifest depends on and should not.
fn foreign_dependencies(manifest: &str, below: &[&str], text: &str) -> Vec<String> {
    const HOSTS: [&str; 4] = ["pyo3", "napi", "cbindgen", "libc"];
    let mut violations = Vec::new();
    for name in dependencies(text) {
        if name.starts_with("vigie") && !below.contains(&name.as_str()) {
            violations.push(format!("{manifest}: {name}"));
        }
        if manifest == "core/Cargo.toml" && HOSTS.iter().any(|host| name.starts_with(host)) {
            violations.push(format!("{manifest}: {name} is a host language's"));
        }
    }
    violations
}

/// The names in all dependency tables of a manifest, those for one platform included. Tables of
/// development dependencies are left out: tests may look from above.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
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
fn each_crate_depends_on_what_stands_below_it_only() {
    let check = |(manifest, below): (&str, &[&str])| foreign_dependencies(manifest, below, &read(manifest));
    none("a dependency that points up or sideways", &BELOW.into_iter().flat_map(check).collect::<Vec<_>>());
    let sideways = "[dependencies]\nvigie-core.workspace = true\n\
        [target.'cfg(unix)'.dependencies]\nvigie-c = { path = \"../c\" }\n[dev-dependencies]\nvigie-cli = \"1\"";
    let found = foreign_dependencies("bindings/node/Cargo.toml", &["vigie-core"], sideways);
    complains(&found, &["bindings/node/Cargo.toml: vigie-c"]);
    let found = foreign_dependencies("core/Cargo.toml", &[], "[dependencies]\nnapi-sys = \"3\"");
    complains(&found, &["core/Cargo.toml: napi-sys is a host language's"]);
}

/// Where the PowerShell module reaches for native code by another way than the C interface, and how many
/// functions of that interface it imports.
fn beyond_the_c_interface(sources: &Sources, header: &str) -> (Vec<String>, usize) {
    let mut violations = Vec::new();
    let mut imported = 0;
    for (file, text) in sources.iter().filter(|(file, _)| file.ends_with(".cs")) {
        let door = file == "powershell/src/Native/Native.cs";
        // Windows PowerShell has no other way to load a library than the system's own function.
        let loader = file == "powershell/src/Native/Library.cs";
        for (number, line) in common::csharp::code(text).lines().enumerate() {
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
    for (file, text) in sources.iter().filter(|(file, _)| file.starts_with("powershell/Vigie/")) {
        let compiles = ["DllImport", "Add-Type"].into_iter().filter(|word| text.contains(word));
        violations.extend(compiles.map(|word| format!("{file}: {word}")));
    }
    (violations, imported)
}

#[test]
fn the_powershell_face_knows_the_c_interface_only() {
    let header = read("bindings/c/include/vigie.h");
    let face = |file: &str| file.starts_with("powershell/src/") || file.starts_with("powershell/Vigie/");
    let (violations, imported) = beyond_the_c_interface(&common::sources(face), &header);
    none("the C interface is the only door", &violations);
    assert!(imported > 20, "only {imported} imported functions were found");
    let import = "class A {\n[DllImport(\"vigie\")]\n}";
    let declared = "static extern int vigie_flush(int ms);\nstatic extern int vigie_magic();";
    for (file, text, complaint) in [
        ("powershell/src/Spans.cs", import, "Spans.cs:2: DllImport belongs into Native/Native.cs"),
        ("powershell/src/Spans.cs", "static extern int vigie_flush(int ms);", "vigie_flush belongs into"),
        ("powershell/src/Native/Native.cs", declared, "Native.cs:2: vigie_magic is not in vigie.h"),
        ("powershell/Vigie/Vigie.psm1", "Add-Type -Path x", "Vigie.psm1: Add-Type"),
    ] {
        complains(&beyond_the_c_interface(&planted(&[(file, text)]), &header).0, &[complaint]);
    }
}
