//! Lists the spans that are open: since when, whose they are, what is known of them.
//! Not for one trace with all that belongs to it: see `waterfall`.

use std::io::Write;

use super::logs::attribute;
use super::notes::Open;
use super::record::{End, Span};
use super::survey::Survey;
use super::waterfall::{label, process};
use crate::outcome::Failure;
use crate::term::{Screen, Tone, clean, fit, width, wrapped};
use crate::time;

const DURATION: usize = 9;
const SINCE: usize = 23;
const TRACE: usize = 32;

pub(super) fn list(
    open: &[Open],
    survey: &Survey,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let interrupted = open.iter().filter(|open| open.span.end == End::Interrupted).count();
    let (running, were) = (open.len() - interrupted, if interrupted == 1 { "was" } else { "were" });
    let title = format!("{running} open, {interrupted} {were} when the process ended");
    writeln!(out, "{}", screen.paint(Tone::Heading, &title))?;
    if open.is_empty() {
        return Ok(());
    }
    let names = open.iter().map(|open| width(&name(&open.span))).max().unwrap_or(0).clamp(4, 40);
    let services = open.iter().map(|open| width(&clean(&open.span.origin.service))).max().unwrap_or(0);
    let processes = open.iter().map(|open| width(&process(&open.span, survey))).max().unwrap_or(0);
    let (services, processes) = (services.clamp(7, 20), processes.clamp(7, 16));
    let heading = format!(
        " {}  {:>DURATION$}  {:SINCE$}  {}  {}  {:TRACE$}",
        fit("span", names),
        "for",
        "since",
        fit("service", services),
        fit("process", processes),
        "trace",
    );
    writeln!(out, "\n{}", screen.paint(Tone::Heading, &heading))?;
    for Open { trace_id, span } in open {
        let tone = if span.end == End::Running { Tone::Good } else { Tone::Bad };
        writeln!(
            out,
            " {}  {:>DURATION$}  {}  {}  {}  {}",
            screen.paint(tone, &fit(&name(span), names)),
            time::duration(span.duration_ns),
            time::date_and_time(span.start_ns / 1000),
            fit(&clean(&span.origin.service), services),
            screen.paint(Tone::Faint, &fit(&process(span, survey), processes)),
            clean(trace_id),
        )?;
        about(span, screen, out)?;
    }
    Ok(())
}

fn name(span: &Span) -> String {
    label("", span)
}

/// What is known of the span, and what is wrong with it.
fn about(span: &Span, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    const INDENT: &str = "    ";
    if span.end == End::Interrupted {
        let text = "interrupted: its process ended before it did";
        writeln!(out, "{INDENT}{}", screen.paint(Tone::Bad, text))?;
    }
    let attributes = span.attributes.iter().map(|(key, value)| attribute(key, value));
    for line in wrapped(attributes, " ", screen.width.saturating_sub(INDENT.len())) {
        writeln!(out, "{INDENT}{}", screen.paint(Tone::Faint, &line))?;
    }
    Ok(())
}
