//! `cargo xtask package`: everything that can be published, into target/package/artefacts, each of it installed into a clean
//! environment of its own kind and tried there as far as this machine can run it. A table says what became of each.
//! Not for publishing.

mod again;
mod archives;
mod check;
mod foreign;
mod module;
mod native;
mod nodes;
mod npm;
mod runners;
mod sums;
mod table;
mod targets;
mod wheels;
mod work;

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::options::Options;
use crate::tree::Tree;

use table::{Row, State};
use targets::Target;
use work::Work;

/// What came of trying an artefact.
pub enum Checked {
    /// With what is to be said of it all the same.
    Ran(String),
    /// Why nothing here can run it.
    Not(String),
}

impl Checked {
    fn ran() -> Checked {
        Checked::Ran(String::new())
    }
}

/// Target of what is the same everywhere.
const ANY: &str = "any";
const MODULE: &str = "PowerShell module";

/// How an artefact is tried.
type Check<'a> = Box<dyn Fn(&Work<'_>) -> Outcome<Checked> + 'a>;

/// An artefact that is built, to be tried when everything is there that it needs.
struct Made<'a> {
    row: Row,
    check: Check<'a>,
}

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    let targets = targets::chosen(&options.targets)?;
    let work = Work::begin(tree, options)?;
    let mut made = Vec::new();
    for target in &targets {
        of_target(&work, target, &mut made);
    }
    common(&work, &targets, &mut made);
    let mut rows: Vec<Row> = made.into_iter().map(|made| tried(&work, made)).collect();
    if options.twice {
        let (state, note) =
            again::compare(&work).map_or_else(|why| (State::Fail, why), |()| (State::Ran, String::new()));
        rows.push(row(again::NAME.to_owned(), ANY, state, None, note));
    }
    table::finish(&work.folder, &rows)
}

/// What there is one of for each platform: its name, how it is built and how it is tried.
type Kind =
    (&'static str, fn(&Work<'_>, &Target) -> Outcome<PathBuf>, fn(&Work<'_>, &Target) -> Outcome<Checked>);

const KINDS: [Kind; 3] = [
    (archives::COMMAND, archives::command, archives::check_command),
    (archives::LIBRARY, archives::library, archives::check_library),
    (npm::CARRIER, npm::carrier, npm::check),
];

fn of_target<'a>(work: &Work<'_>, target: &'a Target, made: &mut Vec<Made<'a>>) {
    if foreign::is_wanted(work, target) {
        let row = row(foreign::NAME.to_owned(), target.triple, State::Linked, None, String::new());
        made.push(Made { row, check: Box::new(move |work: &Work<'_>| foreign::check(work, target)) });
    }
    let kinds: Vec<_> = KINDS.into_iter().filter(|(name, ..)| work.options.wants(name)).collect();
    let pythons: Vec<_> =
        wheels::ALL.into_iter().filter(|python| work.options.wants(&python.name())).collect();
    if kinds.is_empty() && pythons.is_empty() && !work.options.wants(MODULE) {
        return;
    }
    let missing = native::missing(target);
    let built = if missing.is_none() { native::build(work, target).map(|_| ()) } else { Ok(()) };
    let mut add = |artefact: String, build: &dyn Fn() -> Outcome<PathBuf>, check| {
        let (state, file, note) = match (&missing, &built) {
            (Some(why), _) => (State::Skip, None, why.clone()),
            (None, Err(why)) => (State::Fail, None, why.clone()),
            (None, Ok(())) => outcome(build()),
        };
        made.push(Made { row: row(artefact, target.triple, state, file, note), check });
    };
    for (name, build, check) in kinds {
        add(name.to_owned(), &|| build(work, target), Box::new(move |work: &Work<'_>| check(work, target)));
    }
    for python in pythons {
        let check = Box::new(move |work: &Work<'_>| wheels::check(work, target, python));
        add(python.name(), &|| wheels::build(work, target, python), check);
    }
}

/// What is the same on all platforms.
fn common<'a>(work: &Work<'_>, targets: &'a [&'static Target], made: &mut Vec<Made<'a>>) {
    // It is tried with the package of each platform, an adapter by its own tests.
    pure(work, "npm vigie".to_owned(), made, || npm::package(work, npm::PACKAGE, targets));
    for folder in work.tree.adapters("package.json") {
        pure(work, format!("adapter {folder}"), made, || npm::package(work, &folder, targets));
    }
    for folder in work.tree.adapters("pyproject.toml") {
        pure(work, format!("adapter {folder}"), made, || wheels::adapter(work, &folder));
    }
    if work.options.wants(wheels::SOURCES) {
        let (state, file, note) = outcome(wheels::sources(work));
        let row = row(wheels::SOURCES.to_owned(), ANY, state, file, note);
        made.push(Made { row, check: Box::new(wheels::check_sources) });
    }
    if work.options.wants(MODULE) {
        let (state, file, note) = outcome(module::build(work, targets));
        let row = row(MODULE.to_owned(), ANY, state, file, note);
        made.push(Made { row, check: Box::new(module::check) });
    }
    pure(work, "CycloneDX SBOM".to_owned(), made, || sums::parts(work));
    pure(work, "checksums".to_owned(), made, || sums::checksums(work));
}

/// What nothing is tried of.
fn pure<'a>(
    work: &Work<'_>,
    artefact: String,
    made: &mut Vec<Made<'a>>,
    build: impl Fn() -> Outcome<PathBuf>,
) {
    if work.options.wants(&artefact) {
        let (state, file, note) = outcome(build());
        let state = if state == State::Linked { State::Built } else { state };
        let check = Box::new(|_: &Work<'_>| Ok(Checked::ran()));
        made.push(Made { row: row(artefact, ANY, state, file, note), check });
    }
}

fn outcome(result: Outcome<PathBuf>) -> (State, Option<PathBuf>, String) {
    match result {
        Ok(file) => (State::Linked, Some(file), String::new()),
        Err(why) => (State::Fail, None, why),
    }
}

fn row(artefact: String, target: &str, state: State, file: Option<PathBuf>, note: String) -> Row {
    let bytes = file.as_deref().and_then(size);
    eprintln!("[package] {artefact}, {target}: {}", if note.is_empty() { "built" } else { &note });
    Row { artefact, target: target.to_owned(), state, bytes, note }
}

fn size(file: &Path) -> Option<u64> {
    fs::metadata(file).ok().filter(fs::Metadata::is_file).map(|meta| meta.len())
}

fn tried(work: &Work<'_>, made: Made<'_>) -> Row {
    let Made { mut row, check } = made;
    if row.state == State::Linked && work.options.untried {
        row.note = "--untried".to_owned();
    } else if row.state == State::Linked {
        eprintln!("[package] trying {}, {}", row.artefact, row.target);
        (row.state, row.note) = match check(work) {
            Ok(Checked::Ran(note)) => (State::Ran, note),
            Ok(Checked::Not(why)) => (State::Linked, why),
            Err(why) => (State::Fail, why),
        };
    }
    row
}
