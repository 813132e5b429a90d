//! The floors of the Node face, read from the imports of `bindings/node/lib`: imports of types and re-exports count too.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::circles::circles;
use common::{files_under, none, read};
use std::collections::{BTreeMap, BTreeSet};

/// From the lowest to the highest: folders, and files that stand in none. Neighbours on one floor do not know each other.
const FLOORS: [&[&str]; 12] = [
    &["configuration"],
    &["types"],
    &["runtime"],
    &["batch"],
    &["values"],
    &["context"],
    &["logs"],
    &["spans", "metrics", "runs"],
    &["life"],
    &["serverless", "opentelemetry", "diagnostics", "requests", "bridges"],
    &["entry"],
    &["index", "testing", "otel", "register", "channels", "pino", "winston", "http", "nest"],
];

/// Files by their path below `lib/`.
type Sources = BTreeMap<String, String>;

/// The room of a file: its folder, or its own name when it stands in none.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".ts")
}

fn floor(file: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room(file)))
}

/// TypeScript without its comments.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['/', '\'', '"', '`']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let length = match &tail[..1] {
            "/" if tail.starts_with("//") => tail.find('\n').unwrap_or(tail.len()),
            "/" if tail.starts_with("/*") => tail.find("*/").map_or(tail.len(), |end| end + 2),
            "/" => 1,
            quote => closing(tail, quote),
        };
        if !tail.starts_with("//") && !tail.starts_with("/*") {
            out.push_str(&tail[..length]);
        }
        rest = &tail[length..];
    }
    out + rest
}

/// The length of the string literal that `text` begins with.
fn closing(text: &str, quote: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if !escaped && text[at..].starts_with(quote) {
            return at + 1;
        }
        escaped = !escaped && character == '\\';
    }
    text.len()
}

/// What a file imports of the face itself. Every literal that begins as a relative path counts, so that no way to
/// write an import goes unseen.
fn imports(file: &str, text: &str) -> Vec<String> {
    let code = without_comments(text);
    let literals =
        code.split(['\'', '"', '`']).filter(|part| part.starts_with("./") || part.starts_with("../"));
    literals.map(|target| resolved(file, target)).collect()
}

/// The file that a relative path names as seen from another file.
fn resolved(file: &str, target: &str) -> String {
    let mut path: Vec<&str> = file.split('/').collect();
    path.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => _ = path.pop(),
            name => path.push(name),
        }
    }
    format!("{}.ts", path.join("/").trim_end_matches(".js"))
}

/// Everything that breaks a rule.
fn violations(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources {
        let Some(own) = floor(file) else {
            found.push(format!("{file}: `{}` is on no floor", room(file)));
            continue;
        };
        for target in imports(file, text) {
            if !sources.contains_key(&target) {
                found.push(format!("{file}: there is no {target}"));
            } else if room(&target) != room(file) && floor(&target).is_none_or(|other| other >= own) {
                found.push(format!("{file} knows {target}, which is not below it"));
            }
            graph.entry(file.clone()).or_default().insert(target);
        }
    }
    let rounds = circles(&graph).into_iter();
    found.extend(rounds.map(|members| format!("a circle of imports: {}", members.join(", "))));
    found
}

fn planted(files: &[(&str, &str)]) -> Vec<String> {
    violations(&files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect())
}

#[test]
fn the_node_face_stands_in_floors_without_circles() {
    let lib = "bindings/node/lib/";
    let sources: Sources = files_under(lib, ".ts")
        .into_iter()
        .map(|file| (file.strip_prefix(lib).unwrap().to_owned(), read(&file)))
        .collect();
    none("the Node face's floors are not kept", &violations(&sources));
    let edges: usize = sources.iter().map(|(file, text)| imports(file, text).len()).sum();
    assert!(edges > 100, "only {edges} imports were found: the test does not see them");
}

#[test]
fn the_reader_sees_every_way_to_import() {
    let text = "import { a } from '../runtime/a.js' // './no.js'\nimport type {\n  B,\n} from \"./b.js\"\n\
        /* import './no.js' */\nexport * from './sub/c.js'\nimport './d.js'\nlet e: import('./e.js').E\n\
        const f = '// no comment'; export type { G } from './g.js'\nconst h = 'it\\'s'; import './h.js'\n";
    let expected = [
        "runtime/a.ts",
        "batch/b.ts",
        "batch/sub/c.ts",
        "batch/d.ts",
        "batch/e.ts",
        "batch/g.ts",
        "batch/h.ts",
    ];
    assert_eq!(imports("batch/x.ts", text), expected);
}

#[test]
fn a_planted_fault_is_found() {
    let state = ("runtime/state.ts", "import '../types.js'");
    let types = ("types.ts", "");
    let kept = [
        state,
        types,
        ("batch/b.ts", "import { s } from '../runtime/state.js'"),
        ("batch/c.ts", "import './b.js'"),
    ];
    assert_eq!(planted(&kept), Vec::<String>::new());

    let upward =
        planted(&[types, ("runtime/state.ts", "import type { C } from '../batch/c.js'"), ("batch/c.ts", "")]);
    assert_eq!(upward, ["runtime/state.ts knows batch/c.ts, which is not below it"]);

    let sideways = planted(&[("logs/a.ts", "export { b } from '../spans/b.js'"), ("spans/b.ts", "")]);
    assert_eq!(sideways, ["logs/a.ts knows spans/b.ts, which is not below it"]);

    let circle =
        planted(&[("values/a.ts", "import type { B } from './b.js'"), ("values/b.ts", "import './a.js'")]);
    assert_eq!(circle, ["a circle of imports: values/a.ts, values/b.ts"]);

    assert_eq!(planted(&[("values/a.ts", "import './a.js'")]), ["a circle of imports: values/a.ts"]);
    assert_eq!(planted(&[("values/a.ts", "import './b.js'")]), ["values/a.ts: there is no values/b.ts"]);
    assert_eq!(planted(&[("attic/a.ts", "")]), ["attic/a.ts: `attic` is on no floor"]);
}
