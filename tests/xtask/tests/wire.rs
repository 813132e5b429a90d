//! The numbers of the wire between TypeScript and Rust: written once, generated for the other side, used on both.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;
#[path = "../src/wire.rs"]
mod wire;

use common::{files_under, none, read};
use wire::{MADE, SOURCE, typescript};

#[test]
fn the_typescript_side_is_the_generated_one() {
    let made = typescript(&read(SOURCE)).unwrap();
    assert!(made == read(MADE), "{MADE} is not what {SOURCE} says; write it with: cargo xtask wire");
}

#[test]
fn a_number_that_changes_on_one_side_is_seen() {
    let changed = read(SOURCE).replacen("pub const BOUND: i32 = -3;", "pub const BOUND: i32 = -5;", 1);
    assert_ne!(changed, read(SOURCE));
    assert_ne!(typescript(&changed).unwrap(), read(MADE));
}

#[test]
fn the_generator_takes_modules_of_constants_only() {
    let source = "//! Head.\n\n/// A `some_kind`\n/// in two lines, `some_kind::A`.\npub mod some_kind {\n    /// One.\n    pub const A: i32 = -1;\n    \
        pub const B: usize = 2;\n}\n";
    let made = typescript(source).unwrap();
    let expected = "\n/**\n * A `SomeKind`\n * in two lines, `SomeKind.A`.\n */\nexport const enum SomeKind {\n  /** One. */\n  A = -1,\n  B = 2,\n}\n";
    assert!(made.ends_with(expected), "{made}");
    for strange in
        ["fn f() {}", "pub const A: i32 = 1;", "pub mod a {\n    pub const A: i32 = 1 << 3;\n}", "use a::b;"]
    {
        assert!(typescript(strange).is_err(), "{strange}");
    }
}

/// A number that TypeScript does not name is either unused or spelled by hand there. On the other side the compiler tells.
#[test]
fn each_number_is_used_in_typescript() {
    let files = files_under("bindings/node/lib/", ".ts").into_iter().filter(|file| file != MADE);
    let all: String = files.map(|file| read(&file)).collect();
    let words: Vec<&str> = all.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').collect();
    let mut owner = String::new();
    let mut unused = Vec::new();
    for line in read(MADE).lines() {
        if let Some(name) = line.strip_prefix("export const enum ") {
            owner = name.trim_end_matches(" {").to_owned();
        } else if let Some((name, _)) = line.trim().split_once(" = ") {
            let number = format!("{owner}.{name}");
            if !words.contains(&number.as_str()) {
                unused.push(number);
            }
        }
    }
    none("a number of the wire that lib/ does not use", &unused);
}
