mod common;
use common::circles::circles;
use std::collections::{BTreeMap, BTreeSet};

/// A graph from `a > b c` lines.
fn graph(text: &str) -> BTreeMap<String, BTreeSet<String>> {
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
fn no_two_files_of_a_crate_import_each_other() {
    let sources: BTreeMap<String, String> = common::files()
        .into_iter()
        .filter(|f| f.ends_with(".rs") && !common::is_test_file(f))
        .map(|f| {
            let t = common::read(&f);
            (f, t)
        })
        .collect();
    let mut all = Vec::new();
    for folder in [
        "core/src/",
        "bindings/host/src/",
        "bindings/python/src/",
        "bindings/node/src/",
        "bindings/c/src/",
        "bindings/c/header/src/",
        "bindings/cli/src/",
        "tests/xtask/src/",
    ] {
        let g = common::rust_modules::uses(folder, &sources);
        println!("{folder} {} files {} edges", g.len(), g.values().map(|s| s.len()).sum::<usize>());
        for c in circles(&g) {
            let mut text = String::new();
            for f in &c {
                let inner: Vec<_> =
                    g[f].iter().filter(|x| c.contains(x)).map(|x| x.strip_prefix(folder).unwrap()).collect();
                text += &format!("\n    {f} -> {}", inner.join(" "));
            }
            all.push(text);
        }
    }
    common::none("circles", &all);
}
