//! The doors between hosts and core: each goes through one guard, conversion and error mapping live in one
//! place per binding, and nothing acts by itself before it is asked to.
//! Not for what a door does; each binding's own tests say that.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{code_without_tests, files_under, none};

/// Entries without a guard, and why none is needed.
const UNGUARDED: [(&str, &str); 4] = [
    ("vigie_abi_version", "returns a constant"),
    ("vigie_version", "returns a constant"),
    ("run_in_child", "calls the hook that core documents as async-signal-safe: one atomic increment"),
    ("run_at_exit", "calls the binding's own `extern \"C\"` hook, which is held to this rule itself"),
];

/// The frames that stand around an entry's body, and where each is: in core itself, or in a file of the
/// binding that calls core's.
const FRAMES: [(&str, &str); 4] = [
    ("guard(", "core/src/guard.rs"),
    ("ffi(", "bindings/c/src/ffi.rs"),
    ("js::enter(", "bindings/node/src/js.rs"),
    ("work::promise(", "bindings/node/src/work.rs"),
];

/// Functions that a host calls, by the C ABI or through what `#[napi]` writes around them: name, where, body.
fn entries(folder: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for file in files_under(folder, ".rs") {
        let lines = code_without_tests(&file);
        let mut after_napi = false;
        for (index, (number, line)) in lines.iter().enumerate() {
            after_napi |= line.trim_start().starts_with("#[napi");
            let start = if after_napi { "pub fn " } else { "extern \"C\" fn " };
            // The attribute may also stand before a structure, which is no entry.
            after_napi &= !["pub fn ", "pub struct "].iter().any(|item| line.contains(item));
            let Some((_, rest)) = line.split_once(start) else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name.is_empty() {
                continue; // the type of a function, not a function
            }
            let indent = line.len() - line.trim_start().len();
            let end = lines[index..]
                .iter()
                .position(|(_, line)| line.trim() == "}" && line.len() - line.trim_start().len() == indent);
            let end = index + end.unwrap_or_else(|| panic!("{file}:{number}: no end of {name}"));
            let body: Vec<&str> = lines[index..=end].iter().map(|(_, line)| line.as_str()).collect();
            found.push((name, format!("{file}:{number}"), body.join("\n")));
        }
    }
    found
}

#[test]
fn every_entry_goes_through_the_guard() {
    let entries = entries("bindings/");
    for (binding, least) in [("bindings/c/", 40), ("bindings/node/", 20)] {
        let count = entries.iter().filter(|(_, place, _)| place.starts_with(binding)).count();
        assert!(count >= least, "only {count} entries were found in {binding}");
    }
    let open: Vec<String> = entries
        .iter()
        .filter(|(name, _, _)| !UNGUARDED.iter().any(|(known, _)| known == name))
        .filter(|(_, _, body)| !FRAMES.iter().any(|(call, _)| body.contains(call)))
        .map(|(name, place, _)| format!("{place}: {name}"))
        .collect();
    none("an entry without the guard", &open);
    for (frame, file) in FRAMES {
        assert!(
            common::read(file).contains(if frame == "guard(" { "catch_unwind" } else { "guard(" }),
            "{file}"
        );
    }
    for (name, _) in UNGUARDED {
        assert!(entries.iter().any(|entry| entry.0 == name), "{name} is gone: take it off the list");
    }
}

#[test]
fn every_exported_c_function_is_in_the_header() {
    let header = common::read("bindings/c/include/vigie.h");
    let hidden: Vec<String> = entries("bindings/c/src/")
        .into_iter()
        .filter(|(name, _, _)| name.starts_with("vigie_") && !header.contains(&format!("{name}(")))
        .map(|(name, place, _)| format!("{place}: {name}"))
        .collect();
    none("exported and not declared", &hidden);
}

/// An export that does not exist is silent in PowerShell, and so is a cmdlet that is not exported.
#[test]
fn the_manifest_exports_what_is_defined() {
    let mut cmdlets = Vec::new();
    for file in files_under("powershell/src/", ".cs") {
        for line in common::read(&file).lines() {
            // [Cmdlet(VerbsLifecycle.Start, "VigieSpan", ...)]
            let Some((_, arguments)) = line.split_once("[Cmdlet(") else { continue };
            let verb =
                arguments.split(',').next().and_then(|verb| verb.rsplit('.').next()).unwrap_or_default();
            let noun = arguments.split('"').nth(1).unwrap_or_else(|| panic!("{file}: no noun in `{line}`"));
            cmdlets.push(format!("{}-{noun}", verb.trim().trim_matches('"')));
        }
    }
    cmdlets.sort();
    let mut exported = common::manifest("CmdletsToExport");
    exported.sort();
    assert_eq!(exported, cmdlets, "CmdletsToExport");
    let scripts: Vec<String> = [".ps1", ".psm1"]
        .iter()
        .flat_map(|ending| files_under("powershell/Vigie/", ending))
        .map(|file| common::read(&file))
        .collect();
    let undefined: Vec<String> = common::manifest("FunctionsToExport")
        .into_iter()
        .filter(|name| !scripts.iter().any(|text| text.contains(&format!("function {name} {{"))))
        .collect();
    none("exported and not defined", &undefined);
}

/// Where a binding turns a host's values into attributes, and a failure into a host's error.
#[test]
fn conversion_and_errors_have_one_home_per_binding() {
    // (folder, what only its home may say, the home)
    let homes = [
        ("bindings/python/src/", "create_exception!", "bindings/python/src/error.rs"),
        ("bindings/python/src/", "impl From<vigie_core::Error>", "bindings/python/src/error.rs"),
        ("bindings/python/src/", ".big_int(", "bindings/python/src/convert"),
        ("bindings/python/src/", ".begin_map(", "bindings/python/src/convert"),
        ("bindings/c/src/", "read_json(", "bindings/c/src/convert.rs"),
        ("bindings/c/src/", ".begin_map(", "bindings/c/src/convert.rs"),
        ("bindings/c/src/", "ErrorCode::", "bindings/c/src/error.rs"),
        ("bindings/node/src/", ".begin_map(", "bindings/node/src/convert"),
        ("bindings/node/src/", ".create_error(", "bindings/node/src/error.rs"),
        ("bindings/node/src/", ".throw(", "bindings/node/src/error.rs"),
    ];
    let mut violations = Vec::new();
    for (folder, text, home) in homes {
        for file in files_under(folder, ".rs").into_iter().filter(|file| !file.starts_with(home)) {
            for (number, line) in code_without_tests(&file) {
                if line.contains(text) {
                    violations.push(format!("{file}:{number}: `{text}` belongs to {home}"));
                }
            }
        }
    }
    none("a second home", &violations);
}

/// Nothing starts a thread, reads the environment or installs a hook by itself: there is one place for each.
#[test]
fn threads_environment_and_hooks_have_one_place_each() {
    let places: [(&str, &[&str]); 6] = [
        ("thread::spawn", &[]),
        (
            "thread::Builder",
            &[
                "core/src/output/file/afterwards.rs",
                "core/src/output/http/resolver.rs",
                "core/src/output/prometheus/server.rs",
                "core/src/output/schedule.rs",
                "core/src/output/spool/sender.rs",
                "core/src/output/worker.rs",
            ],
        ),
        ("env::var", &["core/src/config/", "core/src/platform/", "bindings/cli/"]),
        ("panic::set_hook", &["bindings/host/", "bindings/c/src/ffi.rs"]),
        ("pthread_atfork", &["bindings/host/"]),
        ("catch_unwind", &["core/src/guard.rs"]),
    ];
    let mut violations = Vec::new();
    for folder in ["core/src/", "bindings/"] {
        // A build script runs at the builder's, where cargo speaks through the environment.
        for file in files_under(folder, ".rs").into_iter().filter(|file| !file.ends_with("/build.rs")) {
            for (number, line) in code_without_tests(&file) {
                let wrong = places.iter().filter(|(text, homes)| {
                    line.contains(text) && !homes.iter().any(|home| file.starts_with(home))
                });
                violations.extend(wrong.map(|(text, _)| format!("{file}:{number}: {text}")));
            }
        }
    }
    none("in a place of its own", &violations);
}
