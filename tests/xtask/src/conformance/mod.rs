//! `cargo xtask conformance`: every vector through every language's driver, compared byte by byte.
//! What a vector means is fixed in tests/conformance/README.md; playing one is the drivers' part.

mod compare;
#[path = "../../../conformance/drivers/rust/datagrams.rs"]
mod datagrams;
mod drivers;
mod extra;
mod vector;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::options::Options;
use crate::setup;
use crate::tree::Tree;
use datagrams::Listener;
use drivers::Driver;
use vector::Vector;

/// Differences shown for each driver; the files under target/conformance hold all.
const SHOWN: usize = 5;

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    if !options.no_setup {
        setup::run(tree, options, setup::Scope::Libraries)?;
    }
    let vectors = vector::load(&tree.path("tests/conformance/vectors"))?;
    let (mut passed, mut failed, mut ran) = (0, 0, 0);
    for driver in drivers::all(tree, options) {
        let Some(tally) = play(tree, driver, &vectors)? else { continue };
        ran += 1;
        passed += tally.passed;
        failed += tally.failed;
    }
    println!("{} vectors x {ran} drivers: {passed} passed, {failed} failed", vectors.len());
    if failed > 0 || passed == 0 || ran == 0 {
        return Err("the languages are not the same".to_owned());
    }
    Ok(())
}

struct Tally {
    passed: usize,
    failed: usize,
}

/// One driver over all vectors; `None` when its language is not on this machine.
fn play(tree: &Tree, driver: Driver, vectors: &[Vector]) -> Outcome<Option<Tally>> {
    let language = driver.language;
    let out = tree.target.join("conformance").join(language);
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let listeners = listeners(vectors, &out)?;
    let played = driver.run(tree, &out)?;
    listeners.into_iter().try_for_each(Listener::close).map_err(|error| error.to_string())?;
    let crash = match played {
        drivers::Played::All => None,
        drivers::Played::Missing(why) => {
            let required = std::env::var("VIGIE_REQUIRE").unwrap_or_default();
            let must = required.split(',').any(|name| name.trim() == language);
            println!(
                "{language:10} {}: {why}",
                if must { "FAIL, VIGIE_REQUIRE asks for it" } else { "SKIP" }
            );
            return Ok(must.then_some(Tally { passed: 0, failed: 1 }));
        }
        drivers::Played::Crashed(tail) => Some(tail),
    };
    Ok(Some(judge(language, &out, vectors, crash)))
}

/// Takes what outputs send as datagrams.
fn listeners(vectors: &[Vector], out: &Path) -> Outcome<Vec<Listener>> {
    let open = |vector: &Vector| {
        let path = out.join(format!("{}.jsonl", vector.name));
        Listener::at(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    vectors.iter().filter(|vector| vector.listens).map(open).collect()
}

fn judge(language: &str, out: &Path, vectors: &[Vector], crash: Option<String>) -> Tally {
    let (mut passed, mut reasons) = (0, Vec::new());
    let mut failures = Vec::new();
    for vector in vectors {
        if let Some(reason) = vector.not_expressible.get(language) {
            reasons.push(reason.as_str());
            continue;
        }
        match compare::vector(vector, out) {
            Ok(()) => passed += 1,
            Err(difference) => {
                failures.push(format!("{}: {difference}\n    why: {}", vector.name, vector.why))
            }
        }
    }
    if let Some(tail) = crash {
        // Vectors that were played before it count; that it did not end well is one failure more.
        failures.insert(0, format!("the driver did not exit with 0\n{tail}"));
    }
    println!("{language:10} {passed} passed, {} failed, {}", failures.len(), spelled(&reasons));
    for failure in failures.iter().take(SHOWN) {
        println!("  FAIL {failure}");
    }
    if failures.len() > SHOWN {
        println!("  ... and {} more", failures.len() - SHOWN);
    }
    Tally { passed, failed: failures.len() }
}

/// `3 not expressible (whole-double 2, no-such-type 1)`
fn spelled(reasons: &[&str]) -> String {
    let mut kinds: Vec<&str> = reasons.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    let count = |kind: &&str| format!("{kind} {}", reasons.iter().filter(|reason| *reason == kind).count());
    let detail = kinds.iter().map(count).collect::<Vec<_>>().join(", ");
    if detail.is_empty() {
        "all expressible".to_owned()
    } else {
        format!("{} not expressible ({detail})", reasons.len())
    }
}
