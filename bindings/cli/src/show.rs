//! Shows lines as they are found: as they stand for programs, as the core renders them for people.
//! Nothing in a line reaches a terminal as a control.

use std::fmt::Write;
use std::io::{self, IsTerminal};

use serde::Serialize;
use vigie_core::{LineStyle, render_line};

use crate::members::is_json;
use crate::outcome::Failure;
use crate::term::{Screen, clean, steers};

/// How lines are shown.
#[derive(clap::Args)]
pub(crate) struct Form {
    /// Show the lines as they stand, also on a terminal
    #[arg(long, conflicts_with = "human")]
    json: bool,
    /// Show them for people, also where the output is no terminal
    #[arg(long)]
    human: bool,
}

/// Writes lines in one form.
#[derive(Clone, Copy)]
pub(crate) struct Show {
    human: bool,
    is_terminal: bool,
    style: LineStyle,
}

impl Show {
    /// For people on a terminal, as they stand otherwise.
    pub(crate) fn on_stdout(form: &Form) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let style = LineStyle { colour: Screen::of_stdout().colour };
        Self { human: form.human || (is_terminal && !form.json), is_terminal, style }
    }

    /// Appends one line.
    pub(crate) fn line(&self, line: &[u8], out: &mut Vec<u8>) {
        if !self.human && !self.is_terminal {
            out.extend_from_slice(line);
            out.push(b'\n');
            return;
        }
        let text = String::from_utf8_lossy(line);
        if self.human && is_json(line) {
            render_line(as_written_by_vigie(&text).as_bytes(), self.style, out);
        } else {
            out.extend_from_slice(clean(text.trim_end_matches('\r')).as_bytes());
            out.push(b'\n');
        }
    }
}

/// Writes a line of JSON for each of some results.
pub(crate) fn json_lines<T: Serialize>(results: &[T], out: &mut dyn io::Write) -> Result<(), Failure> {
    for result in results {
        let line = serde_json::to_string(result).map_err(|error| Failure::Message(error.to_string()))?;
        writeln!(out, "{}", as_written_by_vigie(&line))?;
    }
    Ok(())
}

/// The same JSON without spaces between its parts, and with what steers a terminal escaped.
fn as_written_by_vigie(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    let (mut is_inside, mut is_escaped) = (false, false);
    for letter in json.chars() {
        let was_escaped = std::mem::take(&mut is_escaped);
        match letter {
            '"' if !was_escaped => is_inside = !is_inside,
            '\\' => is_escaped = !was_escaped,
            ' ' | '\t' | '\r' | '\n' if !is_inside => continue,
            _ => {}
        }
        if steers(letter) {
            // Only what JSON allows unescaped inside of a string comes here, and writing to a string does not fail.
            let _ = write!(written, "\\u{:04x}", u32::from(letter));
        } else {
            written.push(letter);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(human: bool, is_terminal: bool, line: &[u8]) -> String {
        let mut out = Vec::new();
        Show { human, is_terminal, style: LineStyle { colour: false } }.line(line, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    const SPACED: &str = "{ \"timestamp\": \"2026-11-30T10:00:00.123456Z\",\t\"level\":\"INFO\", \"message\" : \"a \\\" b\\\\\", \"k\": [1, 2] }\r";

    #[test]
    fn people_see_lines_of_any_writer() {
        assert_eq!(shown(true, false, SPACED.as_bytes()), "10:00:00.123Z INFO  a \" b\\\\  k=[1,2]\n");
        assert_eq!(
            shown(true, true, b"Traceback (most recent call last):\r"),
            "Traceback (most recent call last):\n"
        );
    }

    #[test]
    fn programs_get_the_bytes_as_they_stand() {
        for line in [SPACED.as_bytes(), b"\x1b[31mred\x1b[0m\r"] {
            assert_eq!(shown(false, false, line).as_bytes(), [line, b"\n"].concat());
        }
    }

    #[test]
    fn nothing_steers_a_terminal_in_any_form() {
        let hostile = "a\u{1b}[2J\u{7}\u{202e}\u{9b}31m\u{2028}";
        let json = format!(
            "{{\"timestamp\":\"2026-11-30T10:00:00.123456Z\",\"level\":\"INFO\",\"message\":\"{}\"}}",
            "\u{202e}\u{9b}31m\u{2028}\u{7f}"
        );
        let torn = [b"{\"a\":\"\xff\x1b]0;x\x07".as_slice(), hostile.as_bytes()].concat();
        for (human, is_terminal) in [(true, true), (true, false), (false, true)] {
            for line in [hostile.as_bytes(), json.as_bytes(), &torn] {
                let text = shown(human, is_terminal, line);
                assert_eq!(text.matches('\n').count(), 1, "{text:?}");
                assert!(!text.trim_end_matches('\n').chars().any(steers), "{text:?}");
            }
        }
    }
}
