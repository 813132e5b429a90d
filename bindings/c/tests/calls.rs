//! Single calls from C: arguments that cannot be, out buffers, documents.
//! Not for threads, fork and the life of handles: see `abi.rs`; nor for panics inside: see `panics.rs`.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::process::Command;

use support::{
    C99, FAILPOINT, Linking, Scratch, binding, compile, has, holds, judge, library, sanitizers, valgrind,
};

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
fn a_library_without_the_feature_has_no_failpoint() {
    for name in ["libvigie.so", "libvigie.a"] {
        let path = library(name);
        assert!(!holds(&path, FAILPOINT), "{} panics on demand", path.display());
        assert!(!holds(&path, b"failpoint"), "{} names a failpoint", path.display());
    }
}
