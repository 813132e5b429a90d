//! Lists the logs of a trace in time order with the service that wrote each.
//! Not for the spans: see `waterfall`.

use std::io::Write;

use serde_json::Value;

use super::contents::Trace;
use super::record::Log;
use super::survey::Survey;
use super::waterfall;
use crate::outcome::Failure;
use crate::term::{Screen, Tone, clean, fit, level_tone, width, wrapped};

const OFFSET: usize = 12;
const LEVEL: usize = 5;

pub(super) fn list(
    trace: &Trace,
    survey: &Survey,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if trace.logs.is_empty() {
        writeln!(out, "\n{}", screen.paint(Tone::Warning, "no log carries this trace id"))?;
        return Ok(());
    }
    let begin_us = trace.range_ns().0 / 1000;
    let tones = waterfall::tones(trace);
    let sources = trace.logs.iter().map(|l| width(&source(l, survey)));
    let columns = sources.max().unwrap_or(0).clamp(7, 28);
    let heading = format!(" {:>OFFSET$}  {:LEVEL$}  {}  message", "after", "level", fit("service", columns));
    writeln!(out, "\n{}", screen.paint(Tone::Heading, &heading))?;
    for log in &trace.logs {
        let tone = tones.get(log.origin.service.as_str()).copied().unwrap_or(Tone::Faint);
        let offset_ms = log.time_us.saturating_sub(begin_us) as f64 / 1e3;
        write!(
            out,
            " {:>OFFSET$}  {}  {}  ",
            format!("{offset_ms:.3} ms"),
            screen.paint(level_tone(&log.level), &fit(&clean(&log.level), LEVEL)),
            screen.paint(tone, &fit(&source(log, survey), columns)),
        )?;
        body(log, OFFSET + LEVEL + columns + 7, screen, out)?;
    }
    Ok(())
}

/// Service and language.
fn source(log: &Log, survey: &Survey) -> String {
    format!("{} ({})", clean(&log.origin.service), clean(survey.language(&log.origin)))
}

/// Message, attributes and error; what does not fit goes on below, under the message.
fn body(log: &Log, indent: usize, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    let room = screen.width.saturating_sub(indent).max(20);
    let message = clean(&log.message);
    let lines = wrapped(message.split(' ').map(str::to_owned), " ", room);
    let used = lines.last().map_or(0, |l| width(l));
    write!(out, "{}", lines.join(&format!("\n{}", " ".repeat(indent))))?;
    let attributes: Vec<String> = log.attributes.iter().map(|(k, v)| attribute(k, v)).collect();
    let whole = attributes.join(" ");
    let below = format!("\n{}", " ".repeat(indent));
    if !attributes.is_empty() && used + 2 + width(&whole) <= room {
        write!(out, "  {}", screen.paint(Tone::Faint, &whole))?;
    } else {
        for line in wrapped(attributes.into_iter(), " ", room) {
            write!(out, "{below}{}", screen.paint(Tone::Faint, &line))?;
        }
    }
    if let Some(error) = &log.error {
        let words = format!("error: {}", clean(error));
        for line in wrapped(words.split(' ').map(str::to_owned), " ", room) {
            write!(out, "{below}{}", screen.paint(Tone::Bad, &line))?;
        }
    }
    writeln!(out)?;
    Ok(())
}

/// `key=value`, a text without quotes where it can be.
pub(super) fn attribute(key: &str, value: &Value) -> String {
    let text = match value {
        Value::String(text) if !text.contains([' ', '"']) => text.clone(),
        other => other.to_string(),
    };
    clean(&format!("{key}={text}")).into_owned()
}
