//! Walks the members of an encoded object without building a tree.
//! Not a validating reader: the bytes come from this crate's own encoder (`json_reader` reads those of others).

/// The members of an object, as encoded: keys without quotes, values as JSON bytes.
#[derive(Clone)]
pub(crate) struct Members<'l> {
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

/// The elements of an encoded list, as encoded; none of what is not a list.
pub(crate) struct Elements<'l> {
    rest: Option<&'l [u8]>,
}

impl<'l> Elements<'l> {
    /// The elements of `list`.
    pub fn of(list: &'l [u8]) -> Self {
        let inside = list.strip_prefix(b"[").and_then(|list| list.strip_suffix(b"]"));
        Self { rest: inside.filter(|inside| !inside.is_empty()) }
    }
}

impl<'l> Iterator for Elements<'l> {
    type Item = &'l [u8];

    fn next(&mut self) -> Option<&'l [u8]> {
        let (element, behind) = self.rest.and_then(|rest| rest.split_at_checked(value_end(rest)))?;
        self.rest = behind.strip_prefix(b",");
        Some(element)
    }
}

/// A string without its quotes, `None` for other values.
pub(crate) fn inside(value: &[u8]) -> Option<&[u8]> {
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
