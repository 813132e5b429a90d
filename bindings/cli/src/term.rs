//! What a terminal needs: its width, colours when it is one, text that cannot steer it.

use std::borrow::Cow;
use std::io::IsTerminal;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns are taken when there is no terminal to ask.
const WIDTH_WITHOUT_TERMINAL: usize = 120;
/// The fewest columns that a waterfall fits into; on a narrower terminal its lines wrap.
const WIDTH_AT_LEAST: usize = 80;

/// Where the output goes to.
pub(crate) struct Screen {
    pub(crate) width: usize,
    pub(crate) colour: bool,
}

/// What a piece of text means, from which its colour follows.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Heading,
    Faint,
    Good,
    Warning,
    Bad,
    /// One of the colours that tell services apart.
    Service(usize),
}

impl Screen {
    /// Standard output: coloured where the environment asks for that, or where it is a terminal, as the console of a
    /// program is.
    pub(crate) fn of_stdout() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let asked_for = vigie_core::colours_asked_for(|name| std::env::var(name).ok());
        let asked = terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
        let width = if terminal { asked.unwrap_or(WIDTH_WITHOUT_TERMINAL) } else { WIDTH_WITHOUT_TERMINAL };
        Screen { width: width.max(WIDTH_AT_LEAST), colour: asked_for.unwrap_or(terminal) }
    }

    /// `text` in the colour of `tone`, or as it is.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        const SERVICES: [&str; 6] = ["36", "33", "35", "34", "32", "96"];
        let code = match tone {
            Tone::Heading => "1",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Warning => "33",
            Tone::Bad => "1;31",
            Tone::Service(n) => SERVICES.get(n % SERVICES.len()).copied().unwrap_or("0"),
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// What a level means.
pub(crate) fn level_tone(level: &str) -> Tone {
    match level {
        "ERROR" | "FATAL" => Tone::Bad,
        "WARN" => Tone::Warning,
        "INFO" => Tone::Good,
        _ => Tone::Faint,
    }
}

/// Text read from a file, made safe to print: whatever could steer the terminal or end the line is
/// shown as an escape.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if steers(c) => safe.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// Whether a terminal, or a reader of lines, is steered by it.
pub(crate) fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` cut or filled with spaces to exactly `columns`.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let wide = text.width();
    if wide <= columns {
        return format!("{text}{}", " ".repeat(columns - wide));
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > columns {
            break;
        }
        cut.push(c);
        used += w;
    }
    cut.push('…');
    format!("{cut}{}", " ".repeat(columns.saturating_sub(used + 1)))
}

/// Columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Words put into lines of at most `room` columns, joined by `joint`; a longer word is broken.
pub(crate) fn wrapped(words: impl Iterator<Item = String>, joint: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if width(line) + width(joint) + width(&word) <= room => {
                line.push_str(joint);
                line.push_str(&word);
            }
            _ => lines.extend(broken(&word, room)),
        }
    }
    lines
}

/// A word in pieces of at most `room` columns.
fn broken(word: &str, room: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in word.chars() {
        let columns = c.width().unwrap_or(0);
        if used + columns > room {
            pieces.push(String::new());
            used = 0;
        }
        used += columns;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Screen, Tone, clean, fit, wrapped};

    #[test]
    fn text_is_cut_and_filled_by_columns_not_bytes() {
        assert_eq!(fit("ab", 4), "ab  ");
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日… ");
    }

    #[test]
    fn words_are_wrapped_and_long_ones_broken() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter();
        assert_eq!(wrapped(words("a bc def gh"), " ", 6), ["a bc", "def gh"]);
        assert_eq!(wrapped(words("a bcdefghi j"), " ", 4), ["a", "bcde", "fghi", "j"]);
        assert_eq!(wrapped(words("日本語"), " ", 5), ["日本", "語"]);
    }

    #[test]
    fn nothing_from_a_file_reaches_the_terminal_as_control() {
        assert_eq!(clean("a\u{1b}[2J\nb\u{202e}"), "a\\u{1b}[2J\\nb\\u{202e}");
        assert_eq!(clean("é ok"), "é ok");
    }

    #[test]
    fn colour_only_where_it_is_shown() {
        let plain = Screen { width: 80, colour: false };
        assert_eq!(plain.paint(Tone::Bad, "x"), "x");
        let colour = Screen { width: 80, colour: true };
        assert_eq!(colour.paint(Tone::Bad, "x"), "\u{1b}[1;31mx\u{1b}[0m");
    }
}
