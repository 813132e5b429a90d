//! Texts in line protocol: what is escaped where, and what cannot be said at all.
//!
//! A text arrives as the inside of a JSON string, so that line ends, terminal escapes and what else may forge a line
//! are escapes already. Of these only `\"` and `\\` are undone; `\n` stays the two characters that it is.

use std::borrow::Cow;

/// What the inside of a JSON string looks like on one line.
pub(super) fn shown(inside: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', inside).is_none() {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        text.extend_from_slice(before);
        rest = match escape {
            [_, undone @ (b'"' | b'\\'), behind @ ..] => {
                text.push(*undone);
                behind
            }
            [backslash, behind @ ..] => {
                text.push(*backslash);
                behind
            }
            [] => &[],
        };
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

/// Appends a string field's value.
pub(super) fn write_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(before);
        out.push(b'\\');
        let (one, behind) = special.split_at_checked(1).unwrap_or((special, &[]));
        out.extend_from_slice(one);
        rest = behind;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Appends a tag's key or value, or a field's key.
///
/// There a backslash escapes a comma, an equals sign or a space, and there is no escape for the backslash itself. One
/// that would escape what follows it, at the end the separator, becomes a slash.
pub(super) fn write_bare(out: &mut Vec<u8>, text: &[u8]) {
    let separates = |byte: &u8| matches!(byte, b',' | b'=' | b' ');
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'\\' if text.get(at + 1).is_none_or(separates) => out.push(b'/'),
            byte if separates(byte) => out.extend_from_slice(&[b'\\', *byte]),
            byte => out.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&mut Vec<u8>, &[u8]), text: &str) -> String {
        let mut out = Vec::new();
        write(&mut out, text.as_bytes());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_quotes_and_backslashes_are_undone() {
        let inside = br#"a \"b\" c:\\d \n \u001b\\"#;
        assert_eq!(*shown(inside), *br#"a "b" c:\d \n \u001b\"#);
        assert_eq!(*shown(b"plain \xf0\x9f\x98\x80"), *b"plain \xf0\x9f\x98\x80");
    }

    #[test]
    fn strings_are_quoted() {
        assert_eq!(written(write_quoted, r#"say "hi" in c:\tmp\"#), r#""say \"hi\" in c:\\tmp\\""#);
        assert_eq!(written(write_quoted, ""), r#""""#);
    }

    #[test]
    fn no_backslash_of_a_text_escapes_a_separator() {
        assert_eq!(written(write_bare, "a b,c=d"), r"a\ b\,c\=d");
        assert_eq!(written(write_bare, r"c:\temp"), r"c:\temp");
        assert_eq!(written(write_bare, r"c:\"), "c:/");
        assert_eq!(written(write_bare, r"a\\"), r"a\/");
        assert_eq!(written(write_bare, r"a\ b\,"), r"a/\ b/\,");
    }
}
