//! The C ABI from C: every edge, both kinds of linking, valgrind, header, exports, a second consumer.
//! Not for kills and generated input: see `kill.rs` and `hostile.rs`.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::process::Command;

use support::{C99, CXX11, Linking, Scratch, binding, compile, has, lines, sanitizers, succeed, valgrind};

fn run_edges(linking: Linking, under_valgrind: bool, more_flags: &[&str]) {
    let name = format!("edges-{linking:?}-{under_valgrind}-{}", more_flags.len());
    let scratch = Scratch::new(&name);
    let flags = [&C99[..], more_flags].concat();
    let program = compile(&binding().join("tests/edges.c"), &flags, linking, &scratch);
    let (mut command, calls) =
        if under_valgrind { (valgrind(&program), 50) } else { (Command::new(&program), 10_000) };
    let output = succeed(command.arg(&scratch.0).arg(calls.to_string()));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.ends_with(" checks, 0 failed\n"), "{said}");

    let lines = lines(&scratch.file("edges.jsonl"));
    let mut counted = std::collections::HashMap::new();
    for line in &lines {
        for key in ["message", "name", "user_id"] {
            if let Some(value) = line.get(key).and_then(|value| value.as_str()) {
                *counted.entry((key, value)).or_insert(0) += 1;
            }
        }
    }
    let with = |key: &str, value: &str| counted.get(&(key, value)).copied().unwrap_or(0);
    assert_eq!(with("message", "threads"), (8 + 2) * calls);
    assert_eq!(with("name", "t"), (8 + 2) * calls);
    assert_eq!(with("message", "child of fork"), 20);
    assert_eq!(with("name", "child process"), 20);
    assert_eq!(with("message", "child logger"), 20);
    assert_eq!(with("message", "bound 2"), 1);
    assert_eq!(with("user_id", "added"), 1);
    assert_eq!(with("message", "stale span"), 1);
    assert_eq!(with("message", "stale logger"), 0);
    assert_eq!(with("message", "{raw}"), 1);
    assert_eq!(with("message", "too late"), 0);
    assert_eq!(with("name", "never ended"), 1);
    assert_eq!(with("user_id", "u-7"), 2);
    let leaked = |line: &&serde_json::Map<String, serde_json::Value>| {
        line.get("attributes").is_some_and(|attributes| attributes["vigie.leaked"] == true)
    };
    if !under_valgrind {
        assert_eq!(with("name", "leaky"), 10_050);
        assert_eq!(lines.iter().filter(leaked).count(), 50 + 1, "and the one that shutdown ended");
    }

    let around =
        lines.iter().find(|line| line.get("name").is_some_and(|name| name == "around fork")).unwrap();
    let pids: std::collections::HashSet<_> = lines
        .iter()
        .filter(|line| line.get("name").is_some_and(|name| name == "child process"))
        .inspect(|line| {
            assert_eq!(line.get("parent_span_id"), around.get("span_id"));
            assert_eq!(line.get("trace_id"), around.get("trace_id"));
            assert_ne!(line.get("pid"), around.get("pid"));
        })
        .map(|line| line.get("pid").unwrap().as_i64())
        .collect();
    assert_eq!(pids.len(), 20, "each child has its own pid");

    let again = support::lines(&scratch.file("again.jsonl"));
    assert!(again.iter().any(|line| line.get("message").is_some_and(|message| message == "open again")));
}

#[test]
fn edges_with_the_shared_library() {
    if has("cc", "gcc") {
        run_edges(Linking::Shared, false, &[]);
    }
}

#[test]
fn edges_with_the_static_library() {
    if has("cc", "gcc") {
        run_edges(Linking::Static, false, &[]);
    }
}

#[test]
fn edges_under_valgrind() {
    if has("cc", "gcc") && has("valgrind", "valgrind") {
        run_edges(Linking::Static, true, &[]);
    }
}

#[test]
fn edges_under_the_sanitizers() {
    if has("cc", "gcc")
        && let Some(flags) = sanitizers()
    {
        // Rust's allocator is malloc, so what the library does to the heap is seen too.
        run_edges(Linking::Static, false, &flags);
    }
}

#[test]
fn quickstart_runs_clean_under_valgrind() {
    if !has("cc", "gcc") || !has("valgrind", "valgrind") {
        return;
    }
    let scratch = Scratch::new("quickstart");
    let source = binding().join("../../examples/quickstart/quickstart.c");
    for linking in [Linking::Shared, Linking::Static] {
        let program = compile(&source, &C99, linking, &scratch);
        for mut command in [Command::new(&program), valgrind(&program)] {
            let output = succeed(&mut command);
            let said = String::from_utf8(output.stderr).unwrap();
            // valgrind writes its findings there too.
            let shown = said.lines().find(|line| line.starts_with('{')).unwrap();
            let line: serde_json::Value = serde_json::from_str(shown).unwrap();
            assert_eq!(line["message"], "order 42 placed");
            assert_eq!(line["event"], "order.placed");
            assert_eq!(line["service"], "shop");
            assert_eq!(line["amount"], 9.5);
        }
    }
}

#[test]
fn a_return_from_main_loses_nothing() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("exit");
    // Linked statically, so that the library of the dlclose case is loaded and unloaded by itself.
    let program = compile(&binding().join("tests/leaving.c"), &C99, Linking::Static, &scratch);
    for way in ["return", "exit", "thread", "dlclose"] {
        let path = scratch.file(&format!("{way}.jsonl"));
        succeed(Command::new(&program).arg(way).arg(&path).arg(support::library("libvigie.so")));
        assert_eq!(lines(&path).len(), 10_000, "{way}");
    }
}

#[test]
fn the_header_is_clean_c99_and_cxx11() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("header");
    let source = scratch.file("header.c");
    let text = "#include <vigie.h>\nint main(void) { return vigie_abi_version() != VIGIE_ABI_VERSION; }\n";
    std::fs::write(&source, text).unwrap();
    succeed(&mut Command::new(compile(&source, &C99, Linking::Shared, &scratch)));
    if has("g++", "g++") {
        succeed(&mut Command::new(compile(&source, &CXX11, Linking::Static, &scratch)));
    }
}

#[test]
fn only_our_names_are_exported_and_all_are_declared() {
    if !has("nm", "binutils") {
        return;
    }
    let output =
        succeed(Command::new("nm").args(["-D", "--defined-only"]).arg(support::library("libvigie.so")));
    let said = String::from_utf8(output.stdout).unwrap();
    let exported: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert!(exported.len() >= 28, "{exported:?}");
    let header = std::fs::read_to_string(binding().join("include/vigie.h")).unwrap();
    for name in exported {
        assert!(name.starts_with("vigie_"), "{name} is exported");
        assert!(header.contains(&format!("{name}(")), "{name} is not in the header");
    }
}

#[test]
fn the_shared_library_bears_its_soname() {
    if !has("readelf", "binutils") {
        return;
    }
    let output = succeed(Command::new("readelf").arg("-d").arg(support::library("libvigie.so")));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Library soname: [libvigie.so.1]"));
}

#[test]
fn every_exported_function_begins_with_the_guard() {
    // Two functions answer constants and cannot fail.
    let unguarded = ["vigie_abi_version", "vigie_version"];
    let mut seen = 0;
    for entry in std::fs::read_dir(binding().join("src")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for function in text.split("#[unsafe(no_mangle)]").skip(1) {
            let name = function.split("fn ").nth(1).unwrap().split('(').next().unwrap();
            let body = function.split("{\n").nth(1).unwrap();
            let first = body.lines().map(str::trim).find(|line| !line.starts_with("//")).unwrap();
            assert!(first.starts_with("ffi(") || unguarded.contains(&name), "{name} begins with {first}");
            seen += 1;
        }
    }
    assert!(seen >= 28, "{seen} functions found");
}

#[test]
fn a_second_consumer_needs_nothing_but_dlopen() {
    if !has("python3", "python3") {
        return;
    }
    let scratch = Scratch::new("ctypes");
    let path = scratch.file("ctypes.jsonl");
    let script = binding().join("tests/consumer.py");
    succeed(Command::new("python3").arg(script).arg(support::library("libvigie.so")).arg(&path));
    let lines = lines(&path);
    assert_eq!(
        lines.iter().filter(|line| line.get("message").is_some_and(|m| m == "from ctypes 7")).count(),
        1
    );
    assert_eq!(lines.iter().filter(|line| line.get("kind").is_some_and(|kind| kind == "span")).count(), 1);
}

/// An installation as a package would make it; gives what pkg-config says of it.
fn installed(scratch: &Scratch, libraries: &[(&str, &str)], query: &[&str]) -> String {
    for directory in ["lib/pkgconfig", "include"] {
        std::fs::create_dir_all(scratch.file(directory)).unwrap();
    }
    std::fs::copy(binding().join("include/vigie.h"), scratch.file("include/vigie.h")).unwrap();
    for (from, to) in libraries {
        std::fs::copy(support::library(from), scratch.file("lib").join(to)).unwrap();
    }
    let template = std::fs::read_to_string(binding().join("vigie.pc.in")).unwrap();
    let text = template.replace("@VERSION@", env!("CARGO_PKG_VERSION"));
    std::fs::write(scratch.file("lib/pkgconfig/vigie.pc"), text).unwrap();

    let mut pkg_config = Command::new("pkg-config");
    pkg_config.env("PKG_CONFIG_PATH", scratch.file("lib/pkgconfig"));
    let output = succeed(pkg_config.args(query).arg("vigie"));
    String::from_utf8(output.stdout).unwrap()
}

fn run_with(flags: &str, scratch: &Scratch) {
    let program = scratch.file("quickstart");
    let source = binding().join("../../examples/quickstart/quickstart.c");
    let mut cc = Command::new("cc");
    cc.args(C99).arg(source).args(flags.split_whitespace()).arg("-o").arg(&program);
    succeed(&mut cc);
    let output = succeed(Command::new(program).env("LD_LIBRARY_PATH", scratch.file("lib")));
    assert!(String::from_utf8(output.stderr).unwrap().contains("order 42 placed"));
}

#[test]
fn pkg_config_finds_an_installation() {
    if !has("cc", "gcc") || !has("pkg-config", "pkg-config") {
        return;
    }
    let scratch = Scratch::new("pkg-config");
    let flags = installed(&scratch, &[("libvigie.so", "libvigie.so.1")], &["--cflags", "--libs"]);
    std::os::unix::fs::symlink("libvigie.so.1", scratch.file("lib/libvigie.so")).unwrap();
    run_with(&flags, &scratch);
    assert!(!flags.contains("-lm"), "what the library itself needs is its own business: {flags}");

    let version = installed(&scratch, &[], &["--modversion"]);
    assert_eq!(version.trim(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn pkg_config_serves_a_static_installation() {
    if !has("cc", "gcc") || !has("pkg-config", "pkg-config") {
        return;
    }
    let scratch = Scratch::new("pkg-config-static");
    // Only the archive is there: -lvigie can mean nothing else.
    let query = ["--static", "--cflags", "--libs"];
    let flags = installed(&scratch, &[("libvigie.a", "libvigie.a")], &query);
    for library in ["-lpthread", "-ldl", "-lm"] {
        assert!(flags.contains(library), "{flags}");
    }
    run_with(&flags, &scratch);
}
