//! One version for all packages, from `[workspace.package]`.
//! Not for the versions of dependencies: the lock files fix those.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{files, none, read};

fn workspace_version() -> String {
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("version")).expect("no version in Cargo.toml");
    quoted(line)
}

fn quoted(line: &str) -> String {
    line.split('"').nth(1).unwrap_or_else(|| panic!("no quoted value in `{line}`")).to_owned()
}

#[test]
fn every_crate_takes_the_version_of_the_workspace() {
    let manifests = files().into_iter().filter(|file| file.ends_with("Cargo.toml") && file != "Cargo.toml");
    let own: Vec<String> =
        manifests.filter(|file| !read(file).contains("\nversion.workspace = true")).collect();
    none("a version of its own", &own);
}

#[test]
fn pip_and_npm_packages_carry_it() {
    let version = workspace_version();
    let project = read("bindings/python/pyproject.toml");
    // maturin fills a dynamic version in from the crate.
    let dynamic = project.lines().any(|line| line.starts_with("dynamic") && line.contains("\"version\""));
    let stated = project.lines().find(|line| line.starts_with("version"));
    assert!(dynamic != stated.is_some(), "pyproject.toml: either dynamic or stated");
    if let Some(line) = stated {
        assert_eq!(quoted(line), version, "pyproject.toml");
    }
    for file in ["bindings/node/package.json", "bindings/node/package-lock.json"] {
        let document: serde_json::Value = serde_json::from_str(&read(file)).unwrap();
        assert_eq!(document["version"], version.as_str(), "{file}");
    }
}

#[test]
fn the_adapters_carry_it() {
    let version = workspace_version();
    // `adapters/mcp/python/pyproject.toml`: what lies deeper is a test's.
    let own = |file: &String| file.starts_with("adapters/") && file.split('/').count() == 4;
    for file in files().into_iter().filter(own) {
        if file.ends_with("/pyproject.toml") {
            let project = read(&file);
            let stated = project.lines().find(|line| line.starts_with("version"));
            assert_eq!(stated.map(quoted), Some(version.clone()), "{file}");
        } else if file.ends_with("/package.json") || file.ends_with("/package-lock.json") {
            let document: serde_json::Value = serde_json::from_str(&read(&file)).unwrap();
            assert_eq!(document["version"], version.as_str(), "{file}");
        }
    }
}

#[test]
fn the_powershell_module_carries_it_and_the_headers_interface() {
    assert_eq!(common::manifest("ModuleVersion"), [workspace_version()]);
    // The project's version comes from the command line.
    assert!(!read("powershell/src/Vigie.PowerShell.csproj").contains("<Version"));
    let number = |text: &str, before: &str| -> u32 {
        let rest = text.split_once(before).unwrap_or_else(|| panic!("no `{before}`")).1;
        rest.trim_start_matches([' ', '='])
            .chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap()
    };
    let header = number(&read("bindings/c/include/vigie.h"), "#define VIGIE_ABI_VERSION ");
    assert_eq!(
        number(&read("powershell/src/Native/Native.cs"), "const uint AbiVersion"),
        header,
        "Native.cs"
    );
}

#[test]
fn the_published_module_has_the_licence() {
    assert_eq!(read("powershell/Vigie/LICENSE"), read("LICENSE"));
}

#[test]
fn what_is_said_at_run_time_is_compiled_in() {
    let version = workspace_version();
    // The header states the version of the interface only; the library says its own.
    assert!(read("bindings/c/include/vigie.h").contains("vigie_version(void)"));
    assert!(read("bindings/c/src/telemetry.rs").contains("env!(\"CARGO_PKG_VERSION\")"));
    // A face that repeats the number instead of asking the library would be forgotten at a release.
    let faces = ["bindings/python/python/", "bindings/node/lib/", "bindings/c/include/", "powershell/src/"];
    let sources = files().into_iter().filter(|file| faces.iter().any(|face| file.starts_with(face)));
    let quoted = format!("\"{version}\"");
    none(
        "a version written by hand",
        &sources.filter(|file| read(file).contains(&quoted)).collect::<Vec<_>>(),
    );
    assert!(read("CHANGELOG.md").contains(&version), "CHANGELOG.md says nothing about {version}");
}
