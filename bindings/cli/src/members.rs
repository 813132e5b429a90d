//! Finds values inside a line of JSON without reading the rest of it. Lenient: spaces are where JSON allows them, and what
//! is no JSON has no members. Not for whether a line is valid: see `is_json`.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// The members of an object: keys without quotes, values as they stand.
#[derive(Clone)]
pub(crate) struct Members<'l> {
    rest: &'l [u8],
}

impl<'l> Members<'l> {
    /// Those of `object`, `None` if it does not begin like one.
    pub(crate) fn of(object: &'l [u8]) -> Option<Self> {
        Some(Self { rest: trimmed(object).strip_prefix(b"{")? })
    }

    /// The first value with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&'l [u8]> {
        self.clone().find(|(name, _)| is_key(name, key)).map(|(_, value)| value)
    }

    /// The value at a path of keys with dots between them. A key may have dots of its own: `a.b.c` is found under `a.b.c`,
    /// under `b.c` of `a` and under `c` of `a.b`.
    pub(crate) fn at(&self, path: &str) -> Option<&'l [u8]> {
        let plain = self.get(path);
        if plain.is_some() || !path.contains('.') {
            return plain;
        }
        self.clone().find_map(|(name, value)| {
            let name = unescaped(name);
            let rest = path.as_bytes().strip_prefix(&*name)?.strip_prefix(b".")?;
            Members::of(value)?.at(std::str::from_utf8(rest).ok()?)
        })
    }
}

impl<'l> Iterator for Members<'l> {
    type Item = (&'l [u8], &'l [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = trimmed(self.rest);
        let rest = trimmed(rest.strip_prefix(b",").unwrap_or(rest));
        let (key, rest) = rest.split_at_checked(string_end(rest)?)?;
        let rest = trimmed(trimmed(rest).strip_prefix(b":")?);
        let (value, rest) = rest.split_at_checked(value_end(rest)?)?;
        self.rest = rest;
        Some((inside(key)?, value))
    }
}

/// The elements of a list as they stand; none of what is not one.
pub(crate) struct Elements<'l> {
    rest: &'l [u8],
}

impl<'l> Elements<'l> {
    pub(crate) fn of(list: &'l [u8]) -> Self {
        Self { rest: trimmed(list).strip_prefix(b"[").unwrap_or_default() }
    }
}

impl<'l> Iterator for Elements<'l> {
    type Item = &'l [u8];

    fn next(&mut self) -> Option<&'l [u8]> {
        let rest = trimmed(self.rest);
        let rest = trimmed(rest.strip_prefix(b",").unwrap_or(rest));
        let (element, rest) = rest.split_at_checked(value_end(rest)?)?;
        self.rest = rest;
        Some(element)
    }
}

/// Whether the line is an object of JSON, all of it.
pub(crate) fn is_json(line: &[u8]) -> bool {
    trimmed(line).starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// A string without its quotes, `None` for other values.
pub(crate) fn inside(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// What the text inside of a JSON string says.
pub(crate) fn unescaped(encoded: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', encoded).is_none() {
        return Cow::Borrowed(encoded);
    }
    let quoted = [b"\"", encoded, b"\""].concat();
    match serde_json::from_slice::<String>(&quoted) {
        Ok(text) => Cow::Owned(text.into_bytes()),
        Err(_) => Cow::Borrowed(encoded),
    }
}

/// The text that a value shows: that of a string, any other as it stands.
pub(crate) fn text(value: &[u8]) -> Cow<'_, [u8]> {
    inside(value).map_or(Cow::Borrowed(value), unescaped)
}

/// The text of a string; nothing of other values.
pub(crate) fn string(value: &[u8]) -> Option<String> {
    inside(value).map(|inside| String::from_utf8_lossy(&unescaped(inside)).into_owned())
}

fn is_key(encoded: &[u8], key: &str) -> bool {
    encoded == key.as_bytes()
        || (memchr::memchr(b'\\', encoded).is_some() && *unescaped(encoded) == *key.as_bytes())
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    match bytes.first() {
        Some(b' ' | b'\t' | b'\r') => bytes.trim_ascii_start(),
        _ => bytes,
    }
}

/// The length of the string at the start, quotes included.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    if bytes.first() != Some(&b'"') {
        return None;
    }
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The length of the value at the start.
fn value_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'"' => string_end(bytes),
        b'{' | b'[' => container_end(bytes),
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r');
            bytes.iter().position(ends).filter(|length| *length > 0)
        }
    }
}

fn container_end(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at += string_end(bytes.get(at..)?)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'l>(line: &'l str, path: &str) -> Option<&'l str> {
        Members::of(line.as_bytes())?.at(path).map(|value| std::str::from_utf8(value).unwrap())
    }

    const LINE: &str =
        r#"{"a":1,"b.c":"x\"y,}","d":{"e.f":{"g":[1,"],",{"h":2}]},"i":null},"\u006b":true,"last":-1.5e3}"#;

    #[test]
    fn values_are_found_by_plain_keys_and_by_paths() {
        let found = [("a", "1"), ("b.c", r#""x\"y,}""#), ("d.i", "null"), ("d.e.f.g", r#"[1,"],",{"h":2}]"#)];
        for (path, value) in found.into_iter().chain([("k", "true"), ("last", "-1.5e3")]) {
            assert_eq!(at(LINE, path), Some(value), "{path}");
        }
        for path in ["b", "c", "d.e", "e.f", "a.b", "", ".", "d.", "h"] {
            assert_eq!(at(LINE, path), None, "{path}");
        }
        let spaced = "\t{ \"a\" : { \"b\" : [ 1 , 2 ] } , \"c\" : 3 } \r";
        assert_eq!(at(spaced, "a.b"), Some("[ 1 , 2 ]"));
        assert_eq!(at(spaced, "c"), Some("3"));
        assert_eq!(Elements::of(b"[ 1 , [2,3] ,{}, \"a,b\"]").count(), 4);
        assert_eq!(Elements::of(b"[]").count() + Elements::of(b"7").count(), 0);
    }

    #[test]
    fn the_first_of_two_counts() {
        assert_eq!(at(r#"{"a":1,"a":2}"#, "a"), Some("1"));
    }

    #[test]
    fn nothing_panics_on_what_is_torn() {
        for end in 0..=LINE.len() {
            for piece in [&LINE[..end], &LINE[LINE.len() - end..]] {
                at(piece, "last");
                at(piece, "d.e.f.g");
                Elements::of(piece.as_bytes()).count();
            }
        }
        assert!(is_json(LINE.as_bytes()) && !is_json(&LINE.as_bytes()[..LINE.len() - 1]));
        assert!(!is_json(b"[1]") && !is_json(b"{} {}") && !is_json(b""));
    }
}
