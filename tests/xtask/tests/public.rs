//! What core shows to others: exactly the items of `public.txt`, each of which a binding, an application or a
//! test of theirs uses. Whoever makes one more item public, or one less, changes that list on purpose.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::rust_tokens::{Token, tokens};
use common::rust_uses::imports;
use common::{Sources, none, planted};
use std::collections::BTreeSet;

/// The files whose public items are core's, each with what stands in front of their names.
const SHOWN: [(&str, &str); 3] = [
    ("core/src/lib.rs", ""),
    ("core/src/telemetry/host.rs", "host::"),
    ("core/src/telemetry/trial.rs", "trial::"),
];
const LIST: &str = "tests/xtask/tests/public.txt";

/// Names behind `pub`: modules with `mod` in front, re-exported items, and what the file defines itself.
fn public_items(source: &str) -> BTreeSet<String> {
    let (used, rest) = imports(&tokens(source));
    let mut found: BTreeSet<String> =
        used.into_iter().filter(|import| import.public).map(|import| import.name).collect();
    let mut depth = 0;
    for (at, token) in rest.iter().enumerate() {
        depth += i32::from(token.is("{")) - i32::from(token.is("}"));
        let behind = |ahead: usize| rest.get(at + ahead).map_or("", |token| token.text.as_str());
        if depth != 0 || !token.is("pub") || behind(1) == "(" {
            continue;
        }
        match (behind(1), behind(2)) {
            ("mod", name) => _ = found.insert(format!("mod {name}")),
            ("fn" | "struct" | "enum" | "trait" | "type" | "const" | "static", name) => {
                found.insert(name.to_owned());
            }
            _ => {}
        }
    }
    found
}

/// All public items of core as the list has them.
fn shown(sources: &Sources) -> BTreeSet<String> {
    let of = |(file, prefix): (&str, &str)| {
        let items = sources.get(file).map(|source| public_items(source)).unwrap_or_default();
        items.into_iter().map(move |name| format!("{prefix}{name}")).collect::<Vec<_>>()
    };
    SHOWN.into_iter().flat_map(of).collect()
}

/// `+` for what is public and not on the list, `-` for what is on the list and not public.
fn differences(shown: &BTreeSet<String>, list: &str) -> Vec<String> {
    let listed: BTreeSet<String> = list.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect();
    let more = shown.difference(&listed).map(|name| format!("+ {name}"));
    more.chain(listed.difference(shown).map(|name| format!("- {name}"))).collect()
}

/// `host::guard` is `guard`.
fn last_name(item: &str) -> &str {
    item.rsplit([' ', ':']).next().unwrap()
}

/// The items that are shown by two paths.
fn twice(shown: &BTreeSet<String>) -> Vec<String> {
    let again = shown.iter().filter(|item| item.contains("::") && shown.contains(last_name(item)));
    again.cloned().collect()
}

/// What an application is given and may write down, although no code here does: the meter of `Telemetry::meter`,
/// the builder of a record and its values, and what a hook on waiting is handed.
const GIVEN: [&str; 4] = ["Aside", "AttributeValue", "Meter", "RecordBuilder"];

/// The items that no code outside core speaks of; a module is spoken of by a path through it.
fn unused(shown: &BTreeSet<String>, outside: &[Vec<Token>]) -> Vec<String> {
    let mut words = BTreeSet::new();
    let mut modules = BTreeSet::new();
    for file in outside {
        words.extend(file.iter().map(|token| token.text.as_str()));
        let paths = file.windows(5).filter(|five| five[0].is("vigie_core") && five[3].is("::"));
        modules.extend(paths.map(|five| five[2].text.clone()));
        let imports = imports(file).0.into_iter().filter(|import| import.path[0] == "vigie_core");
        modules.extend(imports.filter_map(|import| import.path.get(1).cloned()));
    }
    let is_used = |item: &&String| match item.strip_prefix("mod ") {
        Some(module) => modules.contains(module),
        None => words.contains(last_name(item)),
    };
    let of_interest = shown.iter().filter(|item| !GIVEN.contains(&last_name(item)));
    of_interest.filter(|item| !is_used(item)).cloned().collect()
}

#[test]
fn core_shows_what_the_list_names() {
    let sources = common::sources(|file| file.starts_with("core/src/"));
    let shown = shown(&sources);
    assert!(shown.len() > 20, "only {} public items were found", shown.len());
    none("public by two paths", &twice(&shown));
    none(&format!("public in core (+) or on the list {LIST} (-)"), &differences(&shown, &common::read(LIST)));
}

#[test]
fn somebody_outside_core_uses_every_public_item() {
    let outside = common::sources(|file| file.ends_with(".rs") && !file.starts_with("core/src/"));
    let outside: Vec<Vec<Token>> = outside.values().map(|source| tokens(source)).collect();
    let shown = shown(&common::sources(|file| file.starts_with("core/src/")));
    none("public, and nobody outside core uses it", &unused(&shown, &outside));
    let gone = GIVEN.iter().filter(|name| !shown.iter().any(|item| last_name(item) == **name));
    let gone = gone.map(|name| (*name).to_owned());
    none("no longer public: take it off the list of what is given", &gone.collect::<Vec<_>>());
}

#[test]
fn planted_public_items_are_named() {
    let lib = "mod api;\npub mod model;\npub(crate) mod text;\nuse api::Hub;\n\
        pub use api::{Logger as Log, Span};\npub fn guard() { pub struct Inner; }";
    let host = "pub use crate::api::Deferred;\npub trait Batch { fn f(); }";
    let shown = shown(&planted(&[("core/src/lib.rs", lib), ("core/src/telemetry/host.rs", host)]));
    let names: Vec<&str> = shown.iter().map(String::as_str).collect();
    assert_eq!(names, ["Log", "Span", "guard", "host::Batch", "host::Deferred", "mod model"]);
    assert!(twice(&shown).is_empty());
    let again = ["Span", "host::Span", "host::Batch"].map(str::to_owned);
    assert_eq!(twice(&BTreeSet::from(again)), ["host::Span"]);
    let list = "Log\nSpan\nguard\nhost::Batch\nmod gone\nmod model\n";
    assert_eq!(differences(&shown, list), ["+ host::Deferred", "- mod gone"]);
    let outside =
        tokens("use vigie_core::{Log, guard, host};\nfn f(model: Span) { model::g(host::Deferred) }");
    assert_eq!(unused(&shown, &[outside]), ["host::Batch", "mod model"]);
}
