//! No two files import each other, directly or through others, in a crate or in the Python package.
//! How parents and children are treated: `common/rust_modules.rs` says it.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::circles::circles;
use common::{Sources, complains, is_test_file, none, planted, python_imports, rust_modules};
use std::collections::{BTreeMap, BTreeSet};

const CRATES: [&str; 10] = [
    "core/src/",
    "bindings/host/src/",
    "bindings/python/src/",
    "bindings/node/src/",
    "bindings/c/src/",
    "bindings/c/header/src/",
    "bindings/cli/src/",
    "adapters/opentelemetry/rust/src/",
    "adapters/log/rust/src/",
    "adapters/tracing/rust/src/",
];
const PACKAGE: &str = "bindings/python/python/vigie/";

type Graph = BTreeMap<String, BTreeSet<String>>;

/// One line for each circle: who uses whom in it.
fn described(graph: &Graph) -> Vec<String> {
    let line = |members: Vec<String>| {
        let arrows = members.iter().map(|file| {
            let used = graph[file].iter().filter(|used| members.contains(used));
            format!("{file} -> {}", used.map(String::as_str).collect::<Vec<_>>().join(", "))
        });
        arrows.collect::<Vec<_>>().join("\n    ")
    };
    circles(graph).into_iter().map(line).collect()
}

fn in_crate(sources: &Sources) -> Vec<String> {
    described(&rust_modules::uses("core/src/", sources))
}

#[test]
fn no_two_files_of_a_crate_use_each_other() {
    let sources = common::sources(|file| file.ends_with(".rs") && !is_test_file(file));
    let mut found = Vec::new();
    for folder in CRATES {
        let graph = rust_modules::uses(folder, &sources);
        assert!(!graph.is_empty(), "no file under {folder}");
        found.extend(described(&graph));
    }
    none("files that use each other", &found);
    let edges: usize = rust_modules::uses("core/src/", &sources).values().map(BTreeSet::len).sum();
    assert!(edges > 300, "only {edges} uses were found in core: the reader misses some");
    let is_of_a_crate = |file: &&String| !file.starts_with("tests/") && file.contains("/src/");
    let unlisted = sources.keys().filter(is_of_a_crate);
    let unlisted = unlisted.filter(|file| !CRATES.iter().any(|folder| file.starts_with(folder)));
    none("a crate that the list above leaves out", &unlisted.cloned().collect::<Vec<_>>());
}

#[test]
fn no_two_files_of_the_python_face_import_each_other() {
    let graph = python_imports::uses(PACKAGE, &common::sources(|file| file.starts_with(PACKAGE)));
    assert!(
        graph.values().any(|used| used.len() > 2),
        "no file imports three others: the reader misses some"
    );
    none("files that import each other", &described(&graph));
}

/// A graph from `a > b c` lines.
fn graph(text: &str) -> Graph {
    let lines = text.lines().filter_map(|line| line.split_once('>'));
    lines
        .map(|(from, to)| (from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect()))
        .collect()
}

#[test]
fn circles_of_two_of_three_and_of_one_are_found() {
    assert_eq!(circles(&graph("a > b\nb > c\nc >")), Vec::<Vec<String>>::new());
    assert_eq!(circles(&graph("a > b\nb > a\nc > a")), [["a", "b"]]);
    assert_eq!(circles(&graph("x > a\na > b\nb > c\nc > a")), [["a", "b", "c"]]);
    assert_eq!(circles(&graph("a > a\nb > a")), [["a"]]);
    // Two circles that share no member stay two; one that is reached from another is not joined to it.
    assert_eq!(circles(&graph("a > b\nb > a c\nc > d\nd > c e")), [["a", "b"], ["c", "d"]]);
}

#[test]
fn a_planted_circle_of_two_files_is_named() {
    let mut tree = planted(&[
        ("core/src/lib.rs", "mod a;\nmod b;"),
        ("core/src/a.rs", "use crate::b::{self, B};\npub struct A(B);"),
        ("core/src/b.rs", "pub struct B;\nfn f(_: super::a::A) {}"),
    ]);
    complains(&in_crate(&tree), &["core/src/a.rs -> core/src/b.rs", "core/src/b.rs -> core/src/a.rs"]);
    // What only tests compile, comments and texts are no uses.
    let harmless = "pub struct B;\n// crate::a::A\nconst T: &str = \"crate::a::A\";\n\
        #[cfg(test)]\nmod tests { use crate::a::A; }";
    tree.insert("core/src/b.rs".to_owned(), harmless.to_owned());
    none("no circle was planted", &in_crate(&tree));
}

#[test]
fn a_planted_circle_of_three_files_is_named_through_re_exports() {
    let tree = planted(&[
        ("core/src/lib.rs", "mod a;\nmod b;\nmod c;\npub use c::deep::C;"),
        ("core/src/a.rs", "use crate::b::*;\npub struct A(B);"),
        ("core/src/b.rs", "use crate::C;\npub struct B(C);"),
        ("core/src/c/mod.rs", "mod deep;\npub use deep::C;"),
        ("core/src/c/deep.rs", "pub struct C;\nimpl C { fn f(self) { crate::a::A::new::<u8>(); } }"),
    ]);
    complains(
        &in_crate(&tree),
        &["a.rs -> core/src/b.rs", "b.rs -> core/src/c/deep.rs", "deep.rs -> core/src/a.rs"],
    );
}

#[test]
fn a_parent_hands_on_what_its_children_define_and_uses_nothing_of_a_child_that_uses_it() {
    let tree = |parent: &str, child: &str| {
        planted(&[
            ("core/src/lib.rs", "mod a;"),
            ("core/src/a/mod.rs", parent),
            ("core/src/a/child.rs", child),
            ("core/src/a/other.rs", "pub struct Other;"),
        ])
    };
    let uses_parent = "use super::Parent;\npub struct Child(Parent);\npub fn f() {}";
    let circle = ["a/child.rs -> core/src/a/mod.rs", "a/mod.rs -> core/src/a/child.rs"];
    let declares = "mod child;\nmod other;\npub use child::Child;\npub use other::Other;\npub struct Parent;";
    none("declared and handed on", &in_crate(&tree(declares, uses_parent)));
    // A sibling by way of the parent is a sibling.
    none(
        "a sibling",
        &in_crate(&tree(&format!("{declares}\nfn g() {{ child::f() }}"), "use super::Other;\npub fn f() {}")),
    );
    for uses_child in [
        "mod child;\nuse child::Child;\npub struct Parent(Option<Box<Child>>);",
        "mod child;\npub struct Parent;\nfn g() { child::f(); }",
        "mod child;\npub use child::Child;\npub struct Parent;\nfn g(_: Child) {}",
    ] {
        complains(&in_crate(&tree(uses_child, uses_parent)), &circle);
    }
    // A method that a child adds, called by the parent.
    let calls = "mod child;\npub struct Parent;\nimpl Parent { fn g(&self) { self.added(); } }";
    complains(&in_crate(&tree(calls, "use super::Parent;\nimpl Parent { pub fn added(&self) {} }")), &circle);
}

#[test]
fn a_planted_circle_of_python_files_is_named() {
    let mut tree = planted(&[
        ("x/vigie/__init__.py", "from ._a import a\nfrom . import testing"),
        ("x/vigie/_a.py", "def a():\n    from vigie._b import (\n        b,\n    )"),
        ("x/vigie/_b.py", "from . import _a, _native"),
        ("x/vigie/testing.py", "import json, vigie._b\n"),
        ("x/vigie/_native.pyi", ""),
    ]);
    complains(
        &described(&python_imports::uses("x/vigie/", &tree)),
        &["_a.py -> x/vigie/_b.py", "_b.py -> x/vigie/_a.py"],
    );
    tree.insert("x/vigie/_b.py".to_owned(), "from . import _native\n# from ._a import a".to_owned());
    none("no circle was planted", &described(&python_imports::uses("x/vigie/", &tree)));
    // A name of the package itself is defined by its first file.
    tree.insert("x/vigie/_b.py".to_owned(), "from . import a".to_owned());
    complains(&described(&python_imports::uses("x/vigie/", &tree)), &["_b.py -> x/vigie/__init__.py"]);
}
