//! Patterns and their changes as tables for people.

use std::io::Write;

use super::diff::{Change, Kind};
use super::miner::Patterns;
use super::row::Row;
use crate::outcome::Failure;
use crate::term::{Screen, Tone, clean, level_tone, wrapped};

/// The columns in front of a pattern.
const MARGIN: usize = 59;
const MARGIN_OF_CHANGE: usize = 42;

pub(super) fn of_rows(
    rows: &[Row],
    found: &Patterns,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let heading = format!(
        "{:>9}  {:>7}  {:5}  {:14}  {:14}  pattern",
        "lines", "share", "level", "first seen", "last seen"
    );
    writeln!(out, "{}", screen.paint(Tone::Heading, &heading))?;
    for row in rows {
        let level = row.level.as_deref().unwrap_or_default();
        write!(
            out,
            "{:>9}  {:>7}  {}  ",
            row.count,
            percent(row.share),
            screen.paint(level_tone(level), &format!("{level:5}"))
        )?;
        let (first, last) = row.times.told().unwrap_or_default();
        write!(out, "{:14}  {:14}  ", minute(&first), minute(&last))?;
        pattern(&row.pattern, &row.example, MARGIN, screen, out)?;
    }
    let hidden = shown_of(rows.len(), found.all.len());
    summary(&format!("{} patterns{hidden}", found.all.len()), found, screen, out)
}

/// `all` is how many changes there are, of which `changes` may be the first ones.
pub(super) fn of_changes(
    changes: &[Change],
    all: usize,
    found: &Patterns,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let heading = format!("{:4}  {:>9}  {:>9}  {:5}  {:5}  pattern", "", "before", "after", "times", "level");
    writeln!(out, "{}", screen.paint(Tone::Heading, &heading))?;
    for change in changes {
        let (word, tone) = match change.change {
            Kind::New => ("new", Tone::Bad),
            Kind::Gone => ("gone", Tone::Good),
            Kind::More => ("more", Tone::Warning),
            Kind::Less => ("less", Tone::Faint),
        };
        let times = match change.change {
            Kind::New | Kind::Gone => String::new(),
            _ => format!("{:.1}", change.share_after / change.share_before.max(f64::MIN_POSITIVE)),
        };
        let level = change.level.as_deref().unwrap_or_default();
        write!(
            out,
            "{}  {:>9}  {:>9}  ",
            screen.paint(tone, &format!("{word:4}")),
            change.before,
            change.after
        )?;
        write!(out, "{times:>5}  {}  ", screen.paint(level_tone(level), &format!("{level:5}")))?;
        pattern(&change.pattern, &change.example, MARGIN_OF_CHANGE, screen, out)?;
    }
    let hidden = shown_of(changes.len(), all);
    summary(&format!("{all} of {} patterns differ{hidden}", found.all.len()), found, screen, out)
}

/// A pattern with its example below it, unless that says nothing more.
fn pattern(
    text: &str,
    example: &str,
    margin: usize,
    screen: &Screen,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let room = screen.width.saturating_sub(margin).max(20);
    let indent = format!("\n{}", " ".repeat(margin));
    let lines = |text: &str| wrapped(clean(text).split(' ').map(str::to_owned), " ", room);
    write!(out, "{}", lines(text).join(&indent))?;
    if example != text {
        for line in lines(example) {
            write!(out, "{indent}{}", screen.paint(Tone::Faint, &line))?;
        }
    }
    writeln!(out)?;
    Ok(())
}

fn summary(what: &str, found: &Patterns, screen: &Screen, out: &mut dyn Write) -> Result<(), Failure> {
    let [before, after] = found.lines;
    let lines = if before > 0 {
        format!("{before} lines before and {after} after")
    } else {
        format!("{after} lines")
    };
    writeln!(out, "\n{}", screen.paint(Tone::Heading, &format!("{what}; {lines}")))?;
    let others: u64 = found.others.iter().sum();
    if others > 0 {
        let text =
            format!("{others} lines fit to none of the {} patterns that there is room for", found.all.len());
        writeln!(out, "{}", screen.paint(Tone::Warning, &text))?;
    }
    if found.not_json > 0 {
        let text = format!("{} lines are no JSON and were taken as messages", found.not_json);
        writeln!(out, "{}", screen.paint(Tone::Warning, &text))?;
    }
    Ok(())
}

fn shown_of(shown: usize, all: usize) -> String {
    if shown < all { format!(", {shown} of them shown") } else { String::new() }
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// `11-30 10:00:00` of a time as a line has it.
fn minute(time: &str) -> String {
    time.get(5..19).unwrap_or_default().replace('T', " ")
}
