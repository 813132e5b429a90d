//! Judges whether every service that should be part of the trace is.
//! An error inside a hop is shown by the waterfall; it does not mean that the hop is missing.

use std::io::Write;

use super::contents::Trace;
use crate::outcome::{Failure, Verdict};
use crate::term::{Screen, Tone, clean};

pub(super) fn judge(
    trace: &Trace,
    expected: &[String],
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<Verdict, Failure> {
    if expected.is_empty() {
        return Ok(Verdict::Satisfied);
    }
    let present = trace.services();
    let missing: Vec<&str> =
        expected.iter().map(String::as_str).filter(|name| !present.contains(name)).collect();
    if missing.is_empty() {
        let text = format!("all {} expected services carry trace {}", expected.len(), clean(&trace.id));
        writeln!(out, "\n{}", screen.paint(Tone::Good, &text))?;
        return Ok(Verdict::Satisfied);
    }
    let text = format!("not part of trace {}: {}", clean(&trace.id), clean(&missing.join(", ")));
    writeln!(out, "\n{}", screen.paint(Tone::Bad, &text))?;
    Ok(Verdict::NotSatisfied)
}
