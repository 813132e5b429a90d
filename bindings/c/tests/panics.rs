//! Panics inside of the library, provoked by the feature `failpoint`, end in the call.
//! A process of its own: the library with the feature has the name of the one without.
#![cfg(unix)]
// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::process::Command;

use support::{C99, FAILPOINT, Scratch, binding, built_with, has, holds, judge, link, valgrind};

#[test]
fn panics_end_in_the_frame_of_their_call() {
    if !has("cc", "gcc") {
        return;
    }
    let scratch = Scratch::new("panics");
    let archive = built_with(&["--features", "failpoint"]).join("libvigie.a");
    let program = link(&binding().join("tests/panics.c"), &C99, &archive, &scratch);
    judge(Command::new(&program));
    if has("valgrind", "valgrind") {
        judge(valgrind(&program));
    }
    assert!(holds(&archive, FAILPOINT), "the test of a library without would look for the wrong words");
}
