//! The floors of the assembly of the PowerShell module, read from the types that its C# files name.
//! Not for the C interface below it: layering.rs keeps that the only door.

// A helper of a test fails the test by panicking, like the test itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::csharp::{type_names, types};
use common::{files_under, none, read};

/// A folder knows those before it.
const FLOORS: [&str; 4] = ["Native", "Values", "Scopes", "Commands"];
const SOURCES: &str = "powershell/src/";

/// Each file, as `Folder/Name.cs`, with the other files of which it names a type.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn uses(sources: &[(String, String)]) -> Uses {
    let mut homes = BTreeMap::new();
    for (file, source) in sources {
        homes.extend(types(source).into_iter().map(|name| (name, file)));
    }
    let used = |file: &String, source: &String| {
        let names = type_names(source);
        let homes = names.iter().filter_map(|name| homes.get(name));
        homes.filter(|home| **home != file).map(|home| (*home).clone()).collect()
    };
    sources.iter().map(|(file, source)| (file.clone(), used(file, source))).collect()
}

fn floor(file: &str) -> Option<usize> {
    let (folder, name) = file.split_once('/')?;
    FLOORS.iter().position(|floor| *floor == folder).filter(|_| !name.contains('/'))
}

/// The files that stand on no floor or know a file of a higher one.
fn upward(uses: &Uses) -> Vec<String> {
    let mut found = Vec::new();
    for (file, known) in uses {
        let Some(own) = floor(file) else {
            found.push(format!("{file} is in none of the folders {}", FLOORS.join(", ")));
            continue;
        };
        let higher = known.iter().filter(|other| floor(other).is_some_and(|other| other > own));
        found.extend(higher.map(|other| format!("{file} knows {other}")));
    }
    found
}

/// The files that are in a circle, or use one that is: what remains when files that use no remaining one are taken away.
fn circles(uses: &Uses) -> Vec<String> {
    let mut left = uses.clone();
    loop {
        let names: BTreeSet<String> = left.keys().cloned().collect();
        let before = left.len();
        left.retain(|_, known| !known.is_disjoint(&names));
        if left.len() == before {
            return left.into_keys().collect();
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let files = files_under(SOURCES, ".cs");
    files.iter().map(|file| (file.trim_start_matches(SOURCES).to_owned(), read(file))).collect()
}

#[test]
fn a_folder_knows_lower_ones_only() {
    none("a folder knows one above it", &upward(&uses(&sources())));
}

#[test]
fn no_two_files_know_each_other() {
    let uses = uses(&sources());
    none("in a circle of files", &circles(&uses));
    let known: usize = uses.values().map(BTreeSet::len).sum();
    assert!(known > 60, "only {known} uses were found");
}

#[test]
fn planted_faults_are_found() {
    let of = |files: &[(&str, &str)]| {
        let all: Vec<_> =
            files.iter().map(|(file, source)| ((*file).to_owned(), (*source).to_owned())).collect();
        let uses = uses(&all);
        (upward(&uses), circles(&uses))
    };
    let door = ("Native/Door.cs", "class Door { void F<T>() where T : class { } }");
    let value = ("Values/Text.cs", "struct Text { Door door; int Scope; /* Scope */ }");
    let scope = ("Scopes/Scope.cs", "class Scope { Text text; void F() { a.Door(); } }");
    assert_eq!(of(&[door, value, ("Scopes/Scope.cs", "class Scope { }")]).1, Vec::<String>::new());
    let (found, circle) = of(&[door, value, scope]);
    assert_eq!(found, ["Values/Text.cs knows Scopes/Scope.cs"]);
    assert_eq!(circle, ["Scopes/Scope.cs", "Values/Text.cs"]);
    let stray =
        ("Stray.cs", "class Stray { Vigie.Text text = new Door(); string Text() { return \"Scope\"; } }");
    let (found, circle) = of(&[door, ("Values/Text.cs", "struct Text { }"), stray]);
    assert_eq!(found, ["Stray.cs is in none of the folders Native, Values, Scopes, Commands"]);
    assert_eq!(circle, Vec::<String>::new());
}
