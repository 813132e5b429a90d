//! Walks the members of an encoded object without building a tree.
//! Not a validating reader: the bytes come from this crate's own encoder (see `json_reader` for others').

/// The members of an object, as encoded: keys without quotes, values as JSON bytes.
#[derive(Clone)]
pub(super) struct Members<'l> {
    rest: &'l [u8],
}

impl<'l> Members<'l> {
    /// The members of `object`, `None` if it is not an object.
    pub fn of(object: &'l [u8]) -> Option<Self> {
        Some(Self { rest: object.strip_prefix(b"{")?.strip_suffix(b"}")? })
    }

    /// The value of the first member with this key.
    pub fn find(mut self, key: &str) -> Option<&'l [u8]> {
        self.find_map(|(name, value)| (name == key.as_bytes()).then_some(value))
    }
}

impl<'l> Iterator for Members<'l> {
    type Item = (&'l [u8], &'l [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.strip_prefix(b",").unwrap_or(self.rest);
        let (key, rest) = rest.split_at_checked(string_end(rest)?)?;
        let rest = rest.strip_prefix(b":")?;
        let (value, rest) = rest.split_at_checked(value_end(rest))?;
        self.rest = rest;
        Some((inside(key)?, value))
    }
}

/// How many elements an encoded list has.
pub(super) fn count(list: &[u8]) -> usize {
    let Some(mut rest) = list.strip_prefix(b"[").and_then(|l| l.strip_suffix(b"]")).filter(|l| !l.is_empty())
    else {
        return 0;
    };
    let mut count = 1;
    while let Some(behind) = rest.get(value_end(rest) + 1..) {
        count += 1;
        rest = behind;
    }
    count
}

/// A string without its quotes, `None` for other values.
pub(super) fn inside(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
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

/// The length of the value at the start: up to the comma or bracket that follows it.
fn value_end(bytes: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += string_end(bytes.get(at..).unwrap_or_default()).unwrap_or(bytes.len());
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
