//! Baggage members: names and values, decoded when somebody asks for them.
//!
//! Not for reading and writing the header: see `model::propagation::baggage`.

use std::borrow::Cow;
use std::sync::OnceLock;

/// A member that is longer, its name and value together, is not carried.
pub(super) const MOST_MEMBER_BYTES: usize = 4_096;

/// Names and values in order, each name once.
#[derive(Debug, Clone, Default)]
pub struct Baggage {
    /// The header that stands for the members, while nothing was added to what it says. Most baggage is passed on and
    /// never looked at.
    header: Option<Box<str>>,
    members: OnceLock<Members>,
}

impl Baggage {
    /// The members of a header that is written as `model::propagation::baggage::format` writes it.
    #[must_use]
    pub(super) fn of_header(header: &str) -> Self {
        Self { header: Some(header.into()), members: OnceLock::new() }
    }

    /// The header of the members, if they are as a header said them.
    #[must_use]
    pub(super) fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.header.is_none() && self.members.get().is_none_or(|members| members.ends.is_empty())
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members().iter()
    }

    /// Adds a member; the last value of a repeated name wins at its first place.
    pub fn put(&mut self, name: &str, value: &str) {
        self.change(|members| members.put(name, value));
    }

    /// Adds a member whose name is not there yet.
    pub fn put_new(&mut self, name: &str, value: &str) {
        if !self.members().has(name) {
            self.put(name, value);
        }
    }

    /// Adds those of the members whose names are not there yet.
    pub fn add_new(&mut self, members: Self) {
        if self.is_empty() {
            *self = members;
            return;
        }
        for (name, value) in members.iter() {
            self.put_new(name, value);
        }
    }

    /// Makes room for text of so many bytes.
    pub fn reserve(&mut self, bytes: usize) {
        self.change(|members| members.text.reserve(bytes));
    }

    fn members(&self) -> &Members {
        self.members.get_or_init(|| self.header.as_deref().map(Members::of).unwrap_or_default())
    }

    /// Changes the members: no header stands for them any more.
    fn change(&mut self, change: impl FnOnce(&mut Members)) {
        let header = self.header.take();
        let known = self.members.take();
        let mut members = known.or_else(|| header.as_deref().map(Members::of)).unwrap_or_default();
        change(&mut members);
        self.members = OnceLock::from(members);
    }
}

impl PartialEq for Baggage {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Baggage {}

/// Decoded members, in one piece of memory.
#[derive(Debug, Clone, Default)]
struct Members {
    /// Name, value, name, value …
    text: String,
    /// Where each name and each value ends.
    ends: Vec<(usize, usize)>,
}

impl Members {
    /// What a header says that is as the writer has it: no white space, no properties, no name twice.
    fn of(header: &str) -> Self {
        let mut members = Self::default();
        members.text.reserve(header.len());
        for (name, value) in header.split(',').filter_map(|member| member.split_once('=')) {
            members.push(name, &decoded(value));
        }
        members
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |(name_end, value_end)| {
            let name = self.text.get(start..*name_end).unwrap_or_default();
            start = *value_end;
            (name, self.text.get(*name_end..*value_end).unwrap_or_default())
        })
    }

    fn put(&mut self, name: &str, value: &str) {
        if self.has(name) {
            let before = std::mem::take(self);
            for (known, old) in before.iter() {
                self.push(known, if known == name { value } else { old });
            }
        } else {
            self.push(name, value);
        }
    }

    /// Most names differ in their lengths already, and the length of a name is cheaper to have than the name.
    fn has(&self, name: &str) -> bool {
        let mut start = 0;
        self.ends.iter().any(|(name_end, value_end)| {
            let at = start..*name_end;
            start = *value_end;
            at.len() == name.len() && self.text.get(at).is_some_and(|known| known == name)
        })
    }

    fn push(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        let name_end = self.text.len();
        self.text.push_str(value);
        self.ends.push((name_end, self.text.len()));
    }
}

/// Percent-decoding; what is not UTF-8 afterwards becomes U+FFFD, a `%` without two digits stays.
pub(super) fn decoded(value: &str) -> Cow<'_, str> {
    let mut rest = value.as_bytes();
    let find = |rest: &[u8]| memchr::memchr(b'%', rest);
    if find(rest).is_none() {
        return Cow::Borrowed(value);
    }
    let mut bytes = Vec::with_capacity(value.len());
    while let Some((plain, escape)) = find(rest).and_then(|at| rest.split_at_checked(at)) {
        bytes.extend_from_slice(plain);
        rest = match escape {
            [b'%', high, low, behind @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(digit(*high) << 4 | digit(*low));
                behind
            }
            _ => {
                bytes.push(b'%');
                escape.get(1..).unwrap_or_default()
            }
        };
    }
    bytes.extend_from_slice(rest);
    let text = String::from_utf8(bytes);
    Cow::Owned(text.unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()))
}

/// The value of a hexadecimal digit.
const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_wins_at_the_first_place() {
        let mut baggage = Baggage::default();
        for (name, value) in [("a", "1"), ("b", "2"), ("a", "333")] {
            baggage.put(name, value);
        }
        assert_eq!(baggage.iter().collect::<Vec<_>>(), [("a", "333"), ("b", "2")]);
    }

    #[test]
    fn a_header_is_decoded_when_it_is_asked_for_and_given_up_when_a_member_is_added() {
        let mut baggage = Baggage::of_header("a=1,b=%C3%A4%2C,c=");
        assert_eq!(baggage.header(), Some("a=1,b=%C3%A4%2C,c="));
        assert!(!baggage.is_empty());
        assert_eq!(baggage.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "ä,"), ("c", "")]);
        let mut unread = baggage.clone();
        assert_eq!(unread, baggage);
        for changed in [&mut baggage, &mut unread] {
            changed.put("a", "2");
            assert_eq!(changed.header(), None);
            assert_eq!(changed.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "ä,"), ("c", "")]);
        }
        let mut fresh = Baggage::of_header("a=1");
        fresh.put("b", "2");
        assert_eq!(fresh.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "2")]);
    }
}
