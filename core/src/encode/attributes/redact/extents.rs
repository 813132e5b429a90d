//! How far a value reaches that stands behind its key in a text: in quotes, in brackets, or bare.
//!
//! Not for which keys are meant: see `assignments`.

use super::classes::{ALPHANUMERIC, DIVIDER, KEY};
use super::shapes::run;
use memchr::memchr;
use std::ops::Range;

/// A quote as it stands in a text; one of JSON inside of JSON has backslashes before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    byte: u8,
    backslashes: usize,
}

impl Quote {
    /// The quote that begins at `at`, and where it ends.
    pub(super) fn opening(text: &[u8], at: usize) -> Option<(Self, usize)> {
        let rest = text.get(at..)?;
        let backslashes = run(rest, |byte| byte == b'\\');
        let byte = *rest.get(backslashes).filter(|byte| is_quote(**byte))?;
        Some((Self { byte, backslashes }, at + backslashes + 1))
    }

    /// Where the text ends that it opened before `from`: at its counterpart, or with everything.
    fn closing(self, text: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some(next) = text.get(at..).and_then(|rest| memchr(self.byte, rest)) {
            let quote = at + next;
            let before = text.get(from..quote).unwrap_or_default();
            let backslashes = run_back(before, |byte| byte == b'\\');
            // A quote inside has more backslashes than this one, and each level of nesting doubles them.
            if backslashes % (2 * (self.backslashes + 1)) == self.backslashes {
                return quote - self.backslashes;
            }
            at = quote + 1;
        }
        text.len()
    }
}

#[inline]
pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Where the text in quotes begins that programs show with something before it: `b'...'`, `Some("...")`.
pub(super) fn wrapped(text: &[u8], at: usize) -> usize {
    const LONGEST_NAME: usize = 16;
    let rest = text.get(at..).unwrap_or_default();
    match rest {
        [b'b' | b'u' | b'r' | b'f', quote, ..] if is_quote(*quote) => at + 1,
        [b'r', b'b', quote, ..] | [b'b', b'r', quote, ..] if is_quote(*quote) => at + 2,
        _ => {
            let near = rest.get(..LONGEST_NAME + 1).unwrap_or(rest);
            let name = run(near, |byte| ALPHANUMERIC.has(byte));
            match near.get(name..) {
                Some([b'(', ..]) if rest.get(name + 1).is_some_and(|byte| is_quote(*byte)) => at + name + 1,
                _ => at,
            }
        }
    }
}

/// How many bytes of `text` are accepted from its end on.
pub(super) fn run_back(text: &[u8], accept: impl Fn(u8) -> bool) -> usize {
    text.iter().rev().position(|byte| !accept(*byte)).unwrap_or(text.len())
}

/// What stands between quotes that open at `at`.
pub(super) fn quoted(text: &[u8], at: usize) -> Option<Range<usize>> {
    let (quote, start) = Quote::opening(text, at)?;
    Some(start..quote.closing(text, start))
}

/// The list or object that opens at `at`, brackets included, up to the bracket that closes it.
pub(super) fn bracketed(text: &[u8], at: usize) -> Option<Range<usize>> {
    text.get(at).filter(|byte| matches!(byte, b'[' | b'{'))?;
    let mut depth = 0_usize;
    let mut end = at;
    while let Some(byte) = text.get(end) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' | b'\\' => {
                end = behind_quoted(text, end);
                continue;
            }
            _ => {}
        }
        end += 1;
        if depth == 0 {
            return Some(at..end);
        }
    }
    Some(at..text.len())
}

/// What follows the text in quotes that begins at `at`, or the backslashes there if no quote is behind them.
fn behind_quoted(text: &[u8], at: usize) -> usize {
    let behind_backslashes = |from| from + run(text.get(from..).unwrap_or_default(), |byte| byte == b'\\');
    match quoted(text, at) {
        Some(inside) => behind_backslashes(inside.end) + 1,
        None => behind_backslashes(at),
    }
}

/// The number that begins at `at`.
pub(super) fn number(text: &[u8], at: usize) -> Range<usize> {
    let digits =
        run(text.get(at..).unwrap_or_default(), |byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    at..at + digits
}

/// The line that `at` is in, from there on, or up to a quote.
pub(super) fn line(text: &[u8], at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + run(rest, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\'))
}

/// The line that `at` is in, from there on.
pub(super) fn whole_line(text: &[u8], at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + run(rest, |byte| !matches!(byte, b'\n' | b'\r'))
}

/// The field of a connection string that begins at `at`: these are divided by semicolons and may hold spaces.
pub(super) fn field(text: &[u8], at: usize) -> Range<usize> {
    let line = line(text, at);
    let field = text.get(line).unwrap_or_default();
    let field = field.get(..memchr(b';', field).unwrap_or(field.len())).unwrap_or_default();
    at..at + field.trim_ascii_end().len()
}

/// The word that begins at `at`, up to what divides values.
///
/// A `&` or `,` divides only before another key, since passwords hold any character.
pub(super) fn word(text: &[u8], at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let mut length = 0;
    loop {
        let behind = rest.get(length..).unwrap_or_default();
        length += run(behind, |byte| !DIVIDER.has(byte));
        match rest.get(length..) {
            Some([b'&' | b',', next @ ..]) if !begins_key(next) => length += 1,
            _ => break,
        }
    }
    let word = rest.get(..length).unwrap_or_default();
    if word.first().is_some_and(|first| matches!(first, b'{' | b'[' | b'(')) {
        // What closes it belongs to it.
        return at..at + length;
    }
    let closing = run_back(word, |byte| matches!(byte, b')' | b']' | b'}' | b'>' | b',' | b'.' | b'\\'));
    at..at + word.len() - closing
}

/// Whether another assignment begins here; keys are short, and what is looked for is bounded.
fn begins_key(text: &[u8]) -> bool {
    const LONGEST_KEY: usize = 40;
    let text = text.get(..LONGEST_KEY).unwrap_or(text);
    let key = run(text, |byte| KEY.has(byte) || matches!(byte, b'[' | b']'));
    key > 0 && matches!(text.get(key), Some(b'=' | b':'))
}

/// Whether a value stands for one, or says that there is none: `?`, `$1`, `{token}`, `null`.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    const LONGEST: usize = 64;
    const MASK_BEGIN: &[u8] = b"[redacted";
    if value.len() > LONGEST {
        return false;
    }
    let is_name = |name: &[u8]| {
        name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    };
    let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    match value {
        [] | [b'?'] | b"..." | [b'{', .., b'}'] | [b'<', ..] => true,
        [b'%', b's' | b'd' | b'v' | b'(', ..] | [b'$', b'{', ..] => true,
        [b'[', ..] => value.starts_with(MASK_BEGIN),
        [b':', name @ ..] => name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        [b'$', name @ ..] => is_name(name),
        [b'*' | b'x' | b'X', ..] => value.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X')),
        [b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'u' | b'U', ..] => {
            is(&["null", "nil", "none", "true", "false", "undefined"])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, range: Option<Range<usize>>) -> &str {
        range.and_then(|range| text.get(range)).unwrap()
    }

    #[test]
    fn quotes_end_at_their_own_level() {
        for (text, inside) in [
            (r#""a""#, "a"),
            (r#""a\"b" c"#, r#"a\"b"#),
            (r#""a\\" b"#, r"a\\"),
            (r#"\"a\" b"#, "a"),
            (r#"\"a\\\"b\" c"#, r#"a\\\"b"#),
            (r#"\\\"a\\\" b"#, "a"),
            ("'it is'", "it is"),
            ("b'a'", "a"),
            ("Some(\"a\")", "a"),
            (r#""open"#, "open"),
        ] {
            assert_eq!(shown(text, quoted(text.as_bytes(), wrapped(text.as_bytes(), 0))), inside, "{text}");
        }
    }

    #[test]
    fn brackets_end_where_they_close() {
        for (text, inside) in [
            (r#"{"a":[1,{}]} b"#, r#"{"a":[1,{}]}"#),
            (r#"["]"] b"#, r#"["]"]"#),
            (r#"[\"]\"] b"#, r#"[\"]\"]"#),
            (r#"["a\"]"] b"#, r#"["a\"]"]"#),
            ("[[1]", "[[1]"),
        ] {
            assert_eq!(shown(text, bracketed(text.as_bytes(), 0)), inside, "{text}");
        }
    }

    #[test]
    fn words_end_before_what_divides_values() {
        for (text, word_) in [
            ("a b", "a"),
            ("a&b=c", "a"),
            ("a&b c", "a&b"),
            ("a,b=c", "a"),
            ("a,b", "a,b"),
            ("a, b", "a"),
            ("a);", "a"),
            ("a;b", "a"),
            ("a\"b", "a"),
            ("p!&$%,=x", "p!&$%,=x"),
            ("{token} and", "{token}"),
        ] {
            assert_eq!(shown(text, Some(word(text.as_bytes(), 0))), word_, "{text}");
        }
        let fields = "my pass word ;User=a";
        assert_eq!(shown(fields, Some(field(fields.as_bytes(), 0))), "my pass word");
    }

    #[test]
    fn placeholders_are_no_values() {
        for text in [
            "",
            "?",
            "$1",
            "${TOKEN}",
            "$TOKEN",
            "{token}",
            "<token>",
            "%s",
            ":token",
            "NULL",
            "***",
            "[redacted]",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["hunter2", "$hunter2", "x1", "{a", "%2Fa"] {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }
}
