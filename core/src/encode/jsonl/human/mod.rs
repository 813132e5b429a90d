//! A finished JSON line shown for people on a terminal.
//! Not a second encoder: it reads the line's bytes, so a terminal shows what a file would hold, and what a line
//! escapes stays escaped.

mod log;
mod records;
mod text;

use crate::encode::members::Members;
use text::Canvas;

/// How a rendering looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub colour: bool,
}

/// Appends the rendering of one line for people, with or without its line feed; ends in a line feed.
///
/// The line is one that Vigie wrote: JSON without spaces, with what could steer a terminal escaped. What is not an object
/// of JSON is copied as it is.
pub fn render(line: &[u8], style: Style, out: &mut Vec<u8>) {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let Some(members) = Members::of(line) else {
        out.extend_from_slice(line);
        out.push(b'\n');
        return;
    };
    let mut canvas = Canvas { out, colour: style.colour };
    match members.clone().find("kind") {
        Some(br#""span""#) => records::span(&mut canvas, members),
        Some(br#""metric""#) => records::metric(&mut canvas, members),
        _ => log::log(&mut canvas, members),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
