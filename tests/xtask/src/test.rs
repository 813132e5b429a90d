//! `cargo xtask test`: every suite after the other, each within its limit, and what became of them.
//! A skip is told and counted; a required language (`VIGIE_REQUIRE`) may not be skipped.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::counts::{self, Counts};
use crate::options::Options;
use crate::process::Run;
use crate::report::{self, Row, Verdict};
use crate::suites::{self, Needs, Plan, Suite};
use crate::tree::Tree;
use crate::{process, setup};

/// How much of a failed suite's output is shown; the log holds all of it.
const TAIL_LINES: usize = 60;

pub fn run(tree: &Tree, options: &Options) -> Outcome {
    let started = Instant::now();
    setup::run(tree, options, setup::Scope::Everything)?;
    setup::n8n::install(tree, options)?;
    let rows = play(tree, options, |suite| options.wants(&suite.name))?;
    report::finish(tree, &rows, started.elapsed())
}

pub fn lint(tree: &Tree, options: &Options) -> Outcome {
    let started = Instant::now();
    let rows = play(tree, options, |suite| suite.lint)?;
    report::finish(tree, &rows, started.elapsed())
}

fn play(tree: &Tree, options: &Options, wanted: impl Fn(&Suite) -> bool) -> Outcome<Vec<Row>> {
    let required = required(&std::env::var("VIGIE_REQUIRE").unwrap_or_default())?;
    let suites: Vec<Suite> = suites::all(tree, options).into_iter().filter(wanted).collect();
    let count = suites.len();
    let mut rows = Vec::with_capacity(count);
    for (index, suite) in suites.into_iter().enumerate() {
        eprintln!("[test {}/{count}] {} ...", index + 1, suite.name);
        let row = play_one(tree, options, suite, &required);
        let (word, seconds) = (row.verdict.word(), row.took.as_secs_f64());
        eprintln!("[test {}/{count}] {}: {word} ({seconds:.1} s)", index + 1, row.suite);
        rows.push(row);
    }
    Ok(rows)
}

fn play_one(tree: &Tree, options: &Options, suite: Suite, required: &[String]) -> Row {
    let Suite { name, needs, runner, limit_s, plan, .. } = suite;
    let run = match plan {
        Plan::Run(run) => run,
        Plan::Skip { why, cure } => {
            return skipped(name, needs, required, &format!("{why}; enable it with: {cure}"));
        }
    };
    // The full counts take their time; a hang still ends.
    let limit = Duration::from_secs(if options.full { limit_s * 10 } else { limit_s });
    let log = tree.target.join("test-logs").join(format!("{}.log", file_name(&name)));
    let line = run.line();
    match environment(run, options).capture(&log, limit) {
        Ok(finished) => judge(name, runner, &line, finished, limit),
        Err(message) => {
            failed(name, Counts { failed: 1, ..Counts::default() }, Duration::ZERO, message, String::new())
        }
    }
}

fn environment(run: Run, options: &Options) -> Run {
    let run = run.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1").env("RUST_BACKTRACE", "0");
    if options.full { run.env("VIGIE_FULL", "1") } else { run }
}

fn judge(
    name: String,
    runner: counts::Runner,
    line: &str,
    finished: process::Finished,
    limit: Duration,
) -> Row {
    let counts = counts::read(runner, &finished.output, finished.ok);
    let tail = format!("$ {line}\n{}", tail(&finished.output));
    let took = finished.took;
    let mut seen = counts.unwrap_or_default();
    let wrong = if finished.timed_out {
        Some(format!("still running after {} s", limit.as_secs()))
    } else if !finished.ok {
        Some("failed".to_owned())
    } else if seen.failed > 0 {
        Some("reports failures but exits with 0".to_owned())
    } else if seen.ran() == 0 {
        Some("ran no test".to_owned())
    } else {
        None
    };
    match wrong {
        None => Row {
            suite: name,
            verdict: Verdict::Pass,
            counts: seen,
            took,
            note: String::new(),
            tail: String::new(),
        },
        Some(note) => {
            // A runner that died before its counts is a failure all the same.
            seen.failed = seen.failed.max(1);
            failed(name, seen, took, note, tail)
        }
    }
}

fn failed(suite: String, counts: Counts, took: Duration, note: String, tail: String) -> Row {
    Row { suite, verdict: Verdict::Fail, counts, took, note, tail }
}

fn skipped(suite: String, needs: Needs, required: &[String], note: &str) -> Row {
    let must = required.iter().any(|name| name == needs.name());
    if must {
        let note = format!("required by VIGIE_REQUIRE, but {note}");
        return failed(suite, Counts { failed: 1, ..Counts::default() }, Duration::ZERO, note.clone(), note);
    }
    let counts = Counts { skipped: 1, ..Counts::default() };
    Row {
        suite,
        verdict: Verdict::Skip,
        counts,
        took: Duration::ZERO,
        note: note.to_owned(),
        tail: String::new(),
    }
}

/// The languages in a comma list. A misspelt one would silently require nothing.
fn required(list: &str) -> Outcome<Vec<String>> {
    let known = [Needs::Python, Needs::Node, Needs::C, Needs::PowerShell, Needs::N8n].map(Needs::name);
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            if known.contains(&name) {
                Ok(name.to_owned())
            } else {
                Err(format!("VIGIE_REQUIRE: `{name}` is none of {}", known.join(", ")))
            }
        })
        .collect()
}

fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}

fn file_name(suite: &str) -> String {
    suite.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Runner;

    fn finished(ok: bool, timed_out: bool, output: &str) -> process::Finished {
        process::Finished { ok, timed_out, output: output.to_owned(), took: Duration::ZERO }
    }

    fn verdict(finished: process::Finished) -> Row {
        judge("x".to_owned(), Runner::Pytest, "pytest", finished, Duration::from_secs(1))
    }

    #[test]
    fn only_tests_that_ran_and_passed_pass() {
        assert!(verdict(finished(true, false, "2 passed in 1s")).verdict == Verdict::Pass);
        for (ok, timed_out, output) in [
            (false, false, "1 failed, 2 passed in 1s"),
            (true, false, "1 failed, 2 passed in 1s"),
            (true, false, "no tests ran in 0.1s"),
            (true, false, "3 skipped in 0.1s"),
            (false, true, "..."),
            (false, false, "Segmentation fault"),
        ] {
            let row = verdict(finished(ok, timed_out, output));
            assert!(row.verdict == Verdict::Fail && row.counts.failed >= 1, "{output}");
        }
    }

    #[test]
    fn a_required_language_may_not_be_skipped() {
        let required = required(" python,node ").unwrap();
        assert!(skipped("x".to_owned(), Needs::Python, &required, "why").verdict == Verdict::Fail);
        assert!(skipped("x".to_owned(), Needs::C, &required, "why").verdict == Verdict::Skip);
        assert!(super::required("pyhton").is_err());
    }
}
