//! What became of each suite, as one table, one closing line and one JSON document.
//! Not for running anything.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::Outcome;
use crate::counts::Counts;
use crate::tree::Tree;

#[derive(Clone, Copy, PartialEq)]
pub enum Verdict {
    Pass,
    Fail,
    Skip,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "PASS",
            Verdict::Fail => "FAIL",
            Verdict::Skip => "SKIP",
        }
    }
}

pub struct Row {
    pub suite: String,
    pub verdict: Verdict,
    pub counts: Counts,
    pub took: Duration,
    /// Why it was skipped and what would enable it, or why it failed.
    pub note: String,
    /// The end of what a failed suite printed.
    pub tail: String,
}

/// Prints the table and the closing line, writes the JSON; an error when anything failed or nothing ran.
pub fn finish(tree: &Tree, rows: &[Row], took: Duration) -> Outcome {
    for row in rows.iter().filter(|row| row.verdict == Verdict::Fail) {
        println!("\n---- {} ----\n{}", row.suite, row.tail.trim_end());
    }
    println!("\n{}", table(rows));
    let total = total(rows);
    write(tree, rows, total, took)?;
    println!(
        "{:.0} s in all; logs in target/test-logs, summary in target/test-summary.json\n",
        took.as_secs_f64()
    );
    println!("{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if rows.iter().any(|row| row.verdict == Verdict::Fail) {
        return Err("a suite failed".to_owned());
    }
    if total.passed == 0 {
        return Err("no test ran".to_owned());
    }
    Ok(())
}

/// A suite that was skipped as a whole is one skipped test: how many it holds is not known.
fn total(rows: &[Row]) -> Counts {
    let mut total = Counts::default();
    for row in rows {
        total += row.counts;
    }
    total
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.suite.chars().count()).max().unwrap_or(0).max(5);
    let mut text =
        format!("{:width$}  result  passed  failed  skipped  seconds\n{}\n", "suite", "-".repeat(width + 42));
    for row in rows {
        let Counts { passed, failed, skipped } = row.counts;
        text.push_str(&format!(
            "{:width$}  {:6}  {passed:6}  {failed:6}  {skipped:7}  {:7.1}",
            row.suite,
            row.verdict.word(),
            row.took.as_secs_f64()
        ));
        if !row.note.is_empty() {
            text.push_str("  ");
            text.push_str(&row.note);
        }
        text.push('\n');
    }
    text
}

fn write(tree: &Tree, rows: &[Row], total: Counts, took: Duration) -> Outcome {
    let suites: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "suite": row.suite, "result": row.verdict.word(), "passed": row.counts.passed,
                "failed": row.counts.failed, "skipped": row.counts.skipped,
                "seconds": row.took.as_secs_f64(), "note": row.note,
            })
        })
        .collect();
    let document = json!({
        "passed": total.passed, "failed": total.failed, "skipped": total.skipped,
        "seconds": took.as_secs_f64(), "suites": suites,
    });
    let file = tree.target.join("test-summary.json");
    fs::write(&file, format!("{document:#}\n")).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verdict: Verdict, passed: u64) -> Row {
        let counts = Counts { passed, failed: u64::from(verdict == Verdict::Fail), skipped: 0 };
        Row {
            suite: "a".to_owned(),
            verdict,
            counts,
            took: Duration::ZERO,
            note: "why".to_owned(),
            tail: String::new(),
        }
    }

    #[test]
    fn a_failure_or_an_empty_run_is_an_error() {
        let mut tree = Tree::find("release").unwrap();
        tree.target = tree.target.join("test-logs/self");
        fs::create_dir_all(&tree.target).unwrap();
        assert!(finish(&tree, &[row(Verdict::Pass, 2)], Duration::ZERO).is_ok());
        assert!(finish(&tree, &[row(Verdict::Pass, 2), row(Verdict::Fail, 5)], Duration::ZERO).is_err());
        assert!(finish(&tree, &[row(Verdict::Skip, 0)], Duration::ZERO).is_err());
        assert!(finish(&tree, &[], Duration::ZERO).is_err());
        let summary = fs::read_to_string(tree.target.join("test-summary.json")).unwrap();
        assert!(summary.contains("\"suites\": []"));
    }

    #[test]
    fn a_skip_says_why() {
        assert!(table(&[row(Verdict::Skip, 0)]).contains("SKIP         0       0        0      0.0  why"));
    }
}
