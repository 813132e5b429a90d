//! `vigie check`: every line against the schema, a count per kind, a verdict.

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

use crate::lines::{self, Ending, Line, MOST_LINE};
use crate::outcome::{Failure, Verdict};
use crate::schema::LineValidator;
use crate::term::clean;
use crate::{files, strict_json};

#[derive(Default)]
struct Counts {
    logs: u64,
    spans: u64,
    metrics: u64,
    invalid: u64,
}

/// Writes `file:line: reason` for each fault and one summary line.
/// Nothing to check is not a success: a program that wrote no line must not pass.
pub(crate) fn run(paths: &[PathBuf], out: &mut dyn Write) -> Result<Verdict, Failure> {
    let validator = LineValidator::new()?;
    let files = files::collect_or_stdin(paths)?;
    let mut counts = Counts::default();
    for path in &files {
        lines::each_line(path, |line| {
            match judge(&validator, line) {
                Ok(value) => counts.add(&value),
                Err(reasons) => {
                    counts.invalid += 1;
                    for reason in reasons {
                        writeln!(out, "{}:{}: {}", path.display(), line.number, clean(&reason))?;
                    }
                }
            }
            Ok(())
        })?;
    }
    writeln!(out, "{}", counts.summary(files.len()))?;
    let valid = counts.logs + counts.spans + counts.metrics;
    Ok(if counts.invalid == 0 && valid > 0 { Verdict::Satisfied } else { Verdict::NotSatisfied })
}

fn judge(validator: &LineValidator, line: &Line<'_>) -> Result<Value, Vec<String>> {
    match line.ending {
        Ending::LineFeed => {}
        Ending::File => return Err(vec!["the line is not ended by a line feed".to_owned()]),
        Ending::Cut => return Err(vec![format!("the line is longer than {MOST_LINE} bytes")]),
    }
    let value = strict_json::parse(line.bytes).map_err(|reason| vec![reason])?;
    let problems = validator.problems(&value);
    if problems.is_empty() { Ok(value) } else { Err(problems) }
}

impl Counts {
    fn add(&mut self, line: &Value) {
        match line.get("kind").and_then(Value::as_str) {
            Some("span") => self.spans += 1,
            Some(_) => self.metrics += 1,
            None => self.logs += 1,
        }
    }

    fn summary(&self, files: usize) -> String {
        let lines = self.logs + self.spans + self.metrics + self.invalid;
        if lines == 0 {
            return format!("nothing to check: {files} files, 0 lines");
        }
        format!(
            "{lines} lines in {files} files: {} logs, {} spans, {} metrics; {} invalid",
            self.logs, self.spans, self.metrics, self.invalid
        )
    }
}
