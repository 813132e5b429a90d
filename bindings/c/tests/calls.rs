//! Single calls from C: arguments that cannot be, out buffers, documents; and panics inside, contained.
//! Not for threads, fork and the life of handles: see `abi.rs`.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::path::Path;
use std::process::Command;

use support::{
    C99, Linking, Scratch, binding, compile, has, library, library_with_failpoints, link, sanitizers,
    succeed, valgrind,
};

/// Runs a program that counts its checks; nothing may appear on standard error.
fn judge(mut command: Command) {
    let output = succeed(&mut command);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.ends_with(" checks, 0 failed\n"), "{said}");
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint, "", "nothing is to be said on standard error");
}

#[test]
fn arguments_are_judged() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("arguments");
    let source = binding().join("tests/arguments.c");
    judge(Command::new(compile(&source, &C99, Linking::Shared, &scratch)));
    let program = compile(&source, &C99, Linking::Static, &scratch);
    judge(Command::new(&program));
    if has("valgrind", "valgrind") {
        judge(valgrind(&program));
    }
}

#[test]
fn arguments_under_the_sanitizers() {
    if has("cc", "gcc")
        && let Some(flags) = sanitizers()
    {
        let scratch = Scratch::new("arguments-sanitizers");
        let source = binding().join("tests/arguments.c");
        judge(Command::new(compile(&source, &[&C99[..], &flags].concat(), Linking::Static, &scratch)));
    }
}

#[test]
fn panics_end_in_the_frame_of_their_call() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("panics");
    let archive = library_with_failpoints();
    let program = link(&binding().join("tests/panics.c"), &C99, &archive, &scratch);
    judge(Command::new(&program));
    if has("valgrind", "valgrind") {
        judge(valgrind(&program));
    }
    assert!(holds(&archive, FAILPOINT), "the test below would look for the wrong words");
}

const FAILPOINT: &[u8] = b"vigie failpoint";

fn holds(path: &Path, needle: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_library_without_the_feature_has_no_failpoint() {
    for name in ["libvigie.so", "libvigie.a"] {
        let path = library(name);
        assert!(!holds(&path, FAILPOINT), "{} panics on demand", path.display());
        assert!(!holds(&path, b"failpoint"), "{} names a failpoint", path.display());
    }
}
