//! `vigie trace`: shows one trace out of many files to a person.
//! Lines are read leniently here, because a broken line must not hide the others; `check` is strict.

mod contents;
mod expect;
mod logs;
mod metrics;
mod notes;
mod record;
mod running;
mod survey;
mod tree;
mod waterfall;

use std::io::Write;
use std::path::PathBuf;

use crate::files;
use crate::outcome::{Failure, Verdict};
use crate::term::{Screen, Tone, clean};
use crate::time;
use contents::Trace;
use survey::Survey;

/// What to show.
pub(crate) struct Request {
    pub(crate) path: PathBuf,
    pub(crate) trace_id: Option<String>,
    pub(crate) expect_services: Vec<String>,
}

pub(crate) fn run(request: &Request, screen: &Screen, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let files = files::collect(std::slice::from_ref(&request.path))?;
    let open = notes::of(&files);
    let survey = Survey::of(&files, &open)?;
    let id = survey.choose(request.trace_id.as_deref()).map_err(Failure::Message)?;
    let trace = Trace::load(id, &files, open)?;
    heading(&trace, screen, out)?;
    waterfall::draw(&trace, &survey, screen, out)?;
    logs::list(&trace, &survey, screen, out)?;
    metrics::list(&survey, screen, out)?;
    if survey.unreadable > 0 {
        let text = format!("{} lines could not be read: see `vigie check`", survey.unreadable);
        writeln!(out, "\n{}", screen.paint(Tone::Warning, &text))?;
    }
    expect::judge(&trace, &request.expect_services, screen, out)
}

/// Lists the spans that are open, and those that were when their process ended.
pub(crate) fn running(request: &Request, screen: &Screen, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let files = files::collect(std::slice::from_ref(&request.path))?;
    let mut open = notes::of(&files);
    let survey = Survey::of(&files, &open)?;
    if let Some(asked) = &request.trace_id {
        let asked = asked.to_ascii_lowercase();
        open.retain(|span| span.trace_id.starts_with(&asked));
    }
    running::list(&open, &survey, screen, out)?;
    Ok(Verdict::Satisfied)
}

/// How much the trace holds, how long it took and how it went.
fn heading(trace: &Trace, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    let (begin, end) = trace.range_ns();
    let errors = trace.spans.iter().filter(|s| s.failed()).count();
    let verdict = match errors {
        0 => screen.paint(Tone::Good, "no error"),
        1 => screen.paint(Tone::Bad, "1 span with an error"),
        n => screen.paint(Tone::Bad, &format!("{n} spans with an error")),
    };
    writeln!(out, "{}", screen.paint(Tone::Heading, &format!("trace {}", clean(&trace.id))))?;
    writeln!(
        out,
        "{} spans and {} logs of {} services, {} from {}, {verdict}",
        trace.spans.len(),
        trace.logs.len(),
        trace.services().len(),
        time::duration(end.saturating_sub(begin)),
        time::date_and_time(begin / 1000),
    )?;
    Ok(())
}
