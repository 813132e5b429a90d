//! Groups of errors for people.

use std::io::Write;

use super::groups::{Group, Grouped};
use crate::outcome::Failure;
use crate::term::{Screen, Tone, clean, wrapped};

/// The columns in front of what is said of a group.
const MARGIN: usize = 9;

pub(super) fn of(found: &Grouped, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    for group in &found.groups {
        one(group, screen, out)?;
    }
    let shown = found.groups.len();
    let hidden = if shown < found.all { format!(", {shown} of them shown") } else { String::new() };
    let text = format!("{} errors in {} groups{hidden}", found.errors, found.all);
    writeln!(out, "{}", screen.paint(Tone::Heading, &text))?;
    let remarks = [
        (found.others, "errors more are in groups that there was no room for"),
        (found.not_json, "lines are no JSON"),
    ];
    for (count, what) in remarks.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "{}", screen.paint(Tone::Warning, &format!("{count} {what}")))?;
    }
    Ok(())
}

fn one(group: &Group, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    let title = match &group.message {
        Some(message) => format!("{}: {message}", group.kind),
        None => group.kind.clone(),
    };
    let count = format!("{:>width$}  ", group.count, width = MARGIN - 2);
    paragraph(&screen.paint(Tone::Heading, &count), Tone::Bad, &title, screen, out)?;
    let indent = " ".repeat(MARGIN);
    for cause in &group.causes {
        paragraph(&indent, Tone::Bad, &format!("caused by {cause}"), screen, out)?;
    }
    if !group.frames.is_empty() {
        paragraph(&indent, Tone::Faint, &format!("at {}", group.frames.join(" < ")), screen, out)?;
    }
    let mut seen = vec![group.fingerprint.clone()];
    if let Some((first, last)) = group.times.told() {
        seen.push(format!("{} to {}", second(&first), second(&last)));
    }
    if !group.services.is_empty() {
        seen.push(group.services.iter().cloned().collect::<Vec<_>>().join(", "));
    }
    paragraph(&indent, Tone::Faint, &seen.join("  "), screen, out)?;
    if !group.traces.is_empty() {
        paragraph(&indent, Tone::Faint, &format!("traces {}", group.traces.join(" ")), screen, out)?;
    }
    Ok(writeln!(out)?)
}

/// A text that goes on below itself where it is long; `front` takes the margin.
fn paragraph(
    front: &str,
    tone: Tone,
    text: &str,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let room = screen.width.saturating_sub(MARGIN).max(20);
    let lines = wrapped(clean(text).split(' ').map(str::to_owned), " ", room);
    let lines: Vec<String> = lines.iter().map(|line| screen.paint(tone, line)).collect();
    writeln!(out, "{front}{}", lines.join(&format!("\n{}", " ".repeat(MARGIN))))?;
    Ok(())
}

/// `2026-11-30 10:00:00` of a time as a line has it.
fn second(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}
