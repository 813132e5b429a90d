//! Which door a part of the house may go through: the native modules belong to the faces, and an adapter knows
//! a framework and the public face of a language, nothing else.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::python_imports::imports;
use common::{Sources, complains, none, planted};
use std::collections::BTreeSet;

const PYTHON: [&str; 2] = [".py", ".pyi"];
const SCRIPT: [&str; 5] = [".ts", ".js", ".mjs", ".cjs", ".mts"];

fn ends(file: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| file.ends_with(ending))
}

/// What a file of Python or JavaScript imports: the names of modules, with a `.` between their parts in Python
/// (`vigie._native` for `from vigie import _native` too) and as they are written in JavaScript.
fn imported(file: &str, text: &str) -> Vec<String> {
    if ends(file, &PYTHON) {
        let all = imports(text).into_iter();
        return all
            .flat_map(|import| {
                let names = import.names.iter().map(|name| format!("{}.{name}", import.module));
                names.chain([import.module.clone()]).collect::<Vec<_>>()
            })
            .collect();
    }
    let mut found = Vec::new();
    for line in text.lines().filter(|_| ends(file, &SCRIPT)) {
        for opening in ["from ", "import(", "require(", "import "] {
            for rest in line.split(opening).skip(1) {
                let quote = rest.chars().next().filter(|first| ['"', '\''].contains(first));
                found.extend(quote.and_then(|quote| rest.split(quote).nth(1)).map(str::to_owned));
            }
        }
    }
    found
}

/// Where the native part of a face is touched by what is not that face.
fn natives_from_outside(sources: &Sources) -> Vec<String> {
    const FACES: [(&str, &str); 3] = [
        ("bindings/python/", "vigie._native"),
        ("bindings/node/", "vigie.linux-x64-gnu.node"),
        ("powershell/", "Vigie.Native"),
    ];
    let mut violations = Vec::new();
    for (file, text) in sources {
        for (face, native) in FACES.into_iter().filter(|(face, _)| !file.starts_with(face)) {
            let named = match native {
                "vigie._native" => imported(file, text).iter().any(|name| name.starts_with(native)),
                _ => text.contains(native),
            };
            if named {
                violations.push(format!("{file}: {native} belongs to {face}"));
            }
        }
    }
    violations
}

#[test]
fn only_the_faces_touch_the_native_modules() {
    // The runner of the tests puts the native modules into their places, and pages may speak of them.
    let code = |file: &str| ends(file, &PYTHON) || ends(file, &SCRIPT) || file.ends_with(".ps1");
    let sources = common::sources(|file| code(file) && !file.starts_with("tests/xtask/"));
    assert!(sources.len() > 50, "only {} files of code were found", sources.len());
    none("the public face is the only door", &natives_from_outside(&sources));
}

#[test]
fn planted_uses_of_a_native_module_are_named() {
    for (file, text, native) in [
        ("examples/a.py", "from vigie._native import span", "vigie._native"),
        ("examples/a.py", "def f():\n    from vigie import _native", "vigie._native"),
        ("adapters/x/python/a.py", "import vigie._native as n", "vigie._native"),
        // One face in another one's rooms.
        ("bindings/node/lib/a.py", "import vigie._native", "vigie._native"),
        ("tests/bench/a.mjs", "require('../vigie.linux-x64-gnu.node')", "vigie.linux-x64-gnu.node"),
        ("tests/bench/a.ps1", "[Vigie.Native]::vigie_version()", "Vigie.Native"),
    ] {
        complains(&natives_from_outside(&planted(&[(file, text)])), &[file, native]);
    }
    let public = "import vigie\nfrom vigie import span\n# from vigie import _native";
    let own = ("bindings/python/python/vigie/_stats.py", "from vigie import _native");
    none("public", &natives_from_outside(&planted(&[("examples/a.py", public), own])));
}

/// The one adapter that has another one: LangChain runs inside of the AI nodes of n8n.
const GUEST: (&str, &str) = ("n8n", "langchain");

/// What the Node package offers beside its main entry.
const NODE_ENTRIES: [&str; 4] = ["vigie/testing", "vigie/otel", "vigie/channels", "vigie/register"];

/// Where an adapter imports another adapter, or of a face what is not public.
fn adapters_beyond_the_public_face(sources: &Sources) -> Vec<String> {
    let name_of =
        |file: &str| file.strip_prefix("adapters/").and_then(|rest| Some(rest.split_once('/')?.0.to_owned()));
    let adapters: BTreeSet<String> = sources.keys().filter_map(|file| name_of(file)).collect();
    let mut violations = Vec::new();
    for (file, text) in sources {
        let Some(own) = name_of(file) else { continue };
        for import in imported(file, text) {
            let words: Vec<&str> = import.split(|c: char| !c.is_alphanumeric()).collect();
            // `qdrant_client` is the framework; Vigie's own packages say whose they are, and paths lead there.
            let leads_to = |name: &str| {
                let is_package = words.contains(&"vigie") && words.contains(&name);
                is_package || import.starts_with('.') && import.contains(&format!("../{name}/"))
            };
            let other = adapters.iter().find(|name| **name != own && leads_to(name));
            if let Some(other) = other.filter(|other| (own.as_str(), other.as_str()) != GUEST) {
                violations.push(format!("{file}: the adapter `{own}` knows the adapter `{other}`: {import}"));
            }
            let inner = import.starts_with("vigie._")
                || import.starts_with("vigie/") && !NODE_ENTRIES.contains(&import.as_str())
                || words.contains(&"bindings");
            if inner {
                violations.push(format!("{file}: {import} is not public"));
            }
        }
    }
    violations
}

#[test]
fn adapters_know_the_public_face_and_not_each_other() {
    none(
        "an adapter's door",
        &adapters_beyond_the_public_face(&common::sources(|file| file.starts_with("adapters/"))),
    );
}

#[test]
fn planted_uses_of_an_adapter_are_named() {
    let python = "adapters/langchain/python/vigie_langchain/hook.py";
    let node = "adapters/langchain/node/hook.ts";
    let found = |file: &str, text: &str| {
        let qdrant = ("adapters/qdrant/python/vigie_qdrant/__init__.py", "import vigie, qdrant_client");
        adapters_beyond_the_public_face(&planted(&[(file, text), qdrant]))
    };
    for (file, text, words) in [
        (python, "import vigie_qdrant", "knows the adapter `qdrant`: vigie_qdrant"),
        (node, "import { a } from \"@vigie/qdrant\";", "knows the adapter `qdrant`: @vigie/qdrant"),
        (node, "export { a } from '../../qdrant/node/a.ts';", "knows the adapter `qdrant`"),
        (python, "from vigie._hooks import install", "vigie._hooks is not public"),
        (
            node,
            "const a = await import(\"vigie/dist/esm/state.js\");",
            "vigie/dist/esm/state.js is not public",
        ),
        (node, "import type { A } from '../../../bindings/node/lib/a.ts';", "is not public"),
    ] {
        let complaints = found(file, text);
        assert!(
            complaints.iter().any(|complaint| complaint.contains(words) && complaint.contains(file)),
            "{complaints:?}"
        );
    }
    none(
        "a framework",
        &found(python, "import qdrant_client, vigie\nfrom vigie import span\nfrom . import index"),
    );
    none(
        "a framework",
        &found(node, "import { span } from 'vigie';\nimport { Q } from '@qdrant/js-client-rest';"),
    );
}
