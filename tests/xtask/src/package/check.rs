//! What an installed package has to do: write the documented line byte for byte, and run the command.
//! Not for installing it, which each kind of package does as its users do.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::Outcome;
use crate::process::{Finished, Run};

use super::work::{VERSION, Work};

/// The programs of the README, and the line that each of them writes.
const QUICKSTART: &str = "examples/quickstart";
const EXPECTED: &str = "examples/quickstart/expected.jsonl";
/// Fixes the time and the ids.
const TESTING: &str = "examples/quickstart/testing.json";
/// A program of tests/package, and the number of its records.
const BURST: &str = "burst.mjs";
const IN_A_BURST: usize = 10_000;
/// An emulated processor takes its time.
pub const LIMIT: Duration = Duration::from_secs(180);

/// Copies one of the programs into the folder, where nothing of the checkout is beside it, and returns its path.
pub fn quickstart(work: &Work<'_>, file: &str, folder: &Path) -> Outcome<String> {
    let to = folder.join(file);
    let from = work.tree.path(QUICKSTART).join(file);
    fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(to.to_string_lossy().into_owned())
}

pub fn ten_lines(work: &Work<'_>, name: &str, run: Run) -> Outcome {
    let expected = work.tree.path(EXPECTED);
    let expected =
        fs::read_to_string(&expected).map_err(|error| format!("{}: {error}", expected.display()))?;
    let finished = output(work, name, run)?;
    if finished.ok && finished.output == expected {
        return Ok(());
    }
    Err(format!("the ten lines did not print the documented line but:\n{}", finished.output))
}

/// A program that ends right behind its last record: each platform has a way of its own to end, and none may cost a record.
pub fn burst(work: &Work<'_>, name: &str, folder: &Path, start: impl Fn(&str) -> Run) -> Outcome {
    let program = folder.join(BURST);
    let from = work.tree.path("tests/package").join(BURST);
    fs::copy(&from, &program).map_err(|error| format!("{}: {error}", from.display()))?;
    let log = work.folder.join("logs").join(format!("try-burst-{name}.log"));
    let run = start(&program.to_string_lossy()).within(folder).alone();
    let finished = run.capture(&log, LIMIT)?;
    let lines = fs::read_to_string(folder.join("burst.jsonl")).unwrap_or_default();
    let written = lines.lines().filter(|line| line.contains("\"logger\":\"burst\"")).count();
    if finished.ok && written == IN_A_BURST {
        return Ok(());
    }
    Err(format!(
        "of {IN_A_BURST} records {written} were written at the end of the program:\n{}",
        finished.output
    ))
}

/// The version, and the documented line against the schema.
pub fn command(work: &Work<'_>, name: &str, start: impl Fn(&[&str]) -> Run) -> Outcome {
    let version = output(work, name, start(&["--version"]))?;
    if version.output.trim() != format!("vigie {VERSION}") {
        return Err(format!("`vigie --version` says:\n{}", version.output));
    }
    let expected = work.tree.path(EXPECTED);
    let checked = output(work, name, start(&["check", &expected.to_string_lossy()]))?;
    if checked.ok { Ok(()) } else { Err(format!("`vigie check` says:\n{}", checked.output)) }
}

/// What a program says to both streams, with nothing of this process's environment but time and ids that are fixed.
pub fn output(work: &Work<'_>, name: &str, run: Run) -> Outcome<Finished> {
    let log = work.folder.join("logs").join(format!("try-{name}.log"));
    let finished = run.alone().env("VIGIE_CONFIG", work.tree.path(TESTING)).capture(&log, LIMIT)?;
    if finished.timed_out { Err(format!("it hangs, see {}", log.display())) } else { Ok(finished) }
}
