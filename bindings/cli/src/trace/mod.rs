//! `vigie trace`: one trace out of many files, shown for eyes.
//! Lines are read leniently here, because a broken line must not hide the others; `check` is strict.

mod expect;
mod logs;
mod metrics;
mod record;
mod survey;
mod time;
mod tree;
mod waterfall;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use crate::term::{Screen, Tone, clean};
use crate::{Failure, Verdict, files};
use record::{Log, Span};
use survey::Survey;

/// What to show.
pub(crate) struct Request {
    pub(crate) path: PathBuf,
    pub(crate) trace_id: Option<String>,
    pub(crate) expect_services: Vec<String>,
}

/// Everything that carries one trace id.
struct Trace {
    id: String,
    spans: Vec<Span>,
    logs: Vec<Log>,
}

pub(crate) fn run(request: &Request, screen: &Screen, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let files = files::collect(std::slice::from_ref(&request.path))?;
    let survey = Survey::of(&files)?;
    let id = survey.choose(request.trace_id.as_deref()).map_err(Failure::Message)?;
    let trace = Trace::load(id, &files)?;
    trace.heading(screen, out)?;
    waterfall::draw(&trace, &survey, screen, out)?;
    logs::list(&trace, &survey, screen, out)?;
    metrics::list(&survey, screen, out)?;
    if survey.unreadable > 0 {
        let text = format!("{} lines could not be read: see `vigie check`", survey.unreadable);
        writeln!(out, "\n{}", screen.paint(Tone::Warning, &text))?;
    }
    expect::judge(&trace, &request.expect_services, screen, out)
}

impl Trace {
    fn load(id: String, files: &[PathBuf]) -> Result<Trace, Failure> {
        let mut trace = Trace { id, spans: Vec::new(), logs: Vec::new() };
        for path in files {
            files::each_line(path, |_, line, _| {
                let Ok(line) = serde_json::from_slice::<serde_json::Value>(line) else {
                    return Ok(());
                };
                if record::trace_id(&line) != Some(&trace.id) {
                    return Ok(());
                }
                match record::kind(&line) {
                    record::Kind::Span => trace.spans.extend(Span::read(&line)),
                    record::Kind::Log => trace.logs.extend(Log::read(line)),
                    record::Kind::Metric => {}
                }
                Ok(())
            })?;
        }
        trace.logs.sort_by_key(|log| log.time_us);
        Ok(trace)
    }

    /// Every service that has a span or a log in the trace.
    fn services(&self) -> BTreeSet<&str> {
        let spans = self.spans.iter().map(|s| s.origin.service.as_str());
        spans.chain(self.logs.iter().map(|l| l.origin.service.as_str())).collect()
    }

    /// When the trace begins and ends, in nanoseconds since 1970.
    fn range_ns(&self) -> (i64, i64) {
        let logs = self.logs.iter().map(|l| l.time_us.saturating_mul(1000));
        let starts = self.spans.iter().map(|s| s.start_ns).chain(logs.clone());
        let ends = self.spans.iter().map(Span::end_ns).chain(logs);
        (starts.min().unwrap_or(0), ends.max().unwrap_or(0))
    }

    fn heading(&self, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
        let (begin, end) = self.range_ns();
        let errors = self.spans.iter().filter(|s| s.failed()).count();
        let verdict = match errors {
            0 => screen.paint(Tone::Good, "no error"),
            1 => screen.paint(Tone::Bad, "1 span with an error"),
            n => screen.paint(Tone::Bad, &format!("{n} spans with an error")),
        };
        writeln!(out, "{}", screen.paint(Tone::Heading, &format!("trace {}", clean(&self.id))))?;
        writeln!(
            out,
            "{} spans and {} logs of {} services, {} from {}, {verdict}",
            self.spans.len(),
            self.logs.len(),
            self.services().len(),
            time::duration(end.saturating_sub(begin)),
            time::date_and_time(begin / 1000),
        )?;
        Ok(())
    }
}
