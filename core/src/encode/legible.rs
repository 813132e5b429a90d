//! Texts as people read them, out of JSON: for formats whose texts are not JSON.

use super::members::inside;

/// What becomes of line feeds and tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// They are as they are.
    Kept,
    /// They stay escapes, as other control characters do.
    Escaped,
}

/// Appends the inside of a JSON string: quotes, slashes and backslashes as they are, control characters as escapes.
pub(super) fn text(mut encoded: &[u8], lines: Lines, out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(b'\\', encoded) {
        let (plain, escape) = encoded.split_at_checked(at).unwrap_or((encoded, &[]));
        out.extend_from_slice(plain);
        match (escape.get(1), lines) {
            (Some(character @ (b'"' | b'/' | b'\\')), _) => out.push(*character),
            (Some(b'n'), Lines::Kept) => out.push(b'\n'),
            (Some(b't'), Lines::Kept) => out.push(b'\t'),
            _ => out.extend_from_slice(escape.get(..2).unwrap_or(escape)),
        }
        encoded = escape.get(2..).unwrap_or_default();
    }
    out.extend_from_slice(encoded);
}

/// Appends a JSON value: a text as it is read, anything else as JSON.
pub(super) fn value(encoded: &[u8], lines: Lines, out: &mut Vec<u8>) {
    match inside(encoded) {
        Some(inside) => text(inside, lines, out),
        None => out.extend_from_slice(encoded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(encoded: &str, lines: Lines) -> String {
        let mut out = Vec::new();
        value(encoded.as_bytes(), lines, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_read_and_control_characters_are_not() {
        let text = r#""a \"b\" c:\\d \/ \n\t\u001b é""#;
        assert_eq!(read(text, Lines::Escaped), r#"a "b" c:\d / \n\t\u001b é"#);
        assert_eq!(read(text, Lines::Kept), "a \"b\" c:\\d / \n\t\\u001b é");
        assert_eq!(read(r#"[1,"a"]"#, Lines::Kept), r#"[1,"a"]"#);
        assert_eq!(read("true", Lines::Kept), "true");
    }
}
