//! Secrets that stand behind their key in a text: connection strings, query strings, JSON in a string, headers.
//!
//! Not for keys of attributes: the writer masks their values whole. Addresses are found here too, because they have a
//! colon like any other.

use super::extents::{
    bracketed, field, is_placeholder, is_quote, line, number, quoted, run_back, whole_line, word, wrapped,
};
use super::findings::Findings;
use super::keys::{KeyRedactor, LONGEST_KEY, Mask};
use super::urls;
use crate::stats::RedactionRule;
use std::ops::Range;

/// So many spaces may stand between a key's mark and its value.
const MOST_SPACES: usize = 8;

/// Keys that are secret in the query of an address only, in lower case.
const QUERY_KEYS: [&str; 4] = ["sig", "signature", "x-amz-signature", "x-goog-signature"];

/// Words before the credentials of an `Authorization` header that say of which sort they are.
const SCHEMES: [&[u8]; 7] =
    [b"bearer", b"basic", b"token", b"apikey", b"digest", b"negotiate", b"aws4-hmac-sha256"];

/// Finds passwords of addresses, if `urls`, and what is assigned to a secret key, if `assignments`.
pub(super) fn search(text: &str, keys: &KeyRedactor, urls: bool, assignments: bool, findings: &mut Findings) {
    let bytes = text.as_bytes();
    // What begins before has been judged.
    let mut judged = 0;
    let mut dull = 0;
    for at in memchr::memchr2_iter(b':', b'=', bytes) {
        if at < judged {
            continue;
        }
        if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"://")) {
            if let Some((start, end)) = urls::secret(bytes, at + 3).filter(|_| urls) {
                findings.add(start, end, RedactionRule::Url);
                judged = end;
            }
        } else if assignments
            && let Some(assignment) = Assignment::at(text, at, keys)
            && let Some(value) = assignment.value(&mut dull)
        {
            judged = value.end;
            findings.add(value.start, value.end, RedactionRule::Assignment);
        }
    }
}

/// A secret key in a text, and the place behind its `:` or `=`.
struct Assignment<'t> {
    text: &'t [u8],
    key: &'t str,
    mask: Mask,
    /// Whether the key stands in quotes, as in JSON.
    is_quoted: bool,
    /// Whether a semicolon stands before it, as in connection strings.
    is_field: bool,
    /// Whether it is certain that something is assigned: an `=` without spaces around it.
    is_tight: bool,
    /// Where the value begins.
    from: usize,
}

impl<'t> Assignment<'t> {
    /// The assignment whose `:` or `=` stands at `at`, if its key is secret.
    fn at(text: &'t str, at: usize, keys: &KeyRedactor) -> Option<Self> {
        let bytes = text.as_bytes();
        let behind = bytes.get(at + 1..)?;
        // Comparisons and arrows assign nothing.
        if matches!(behind.first(), Some(b'=' | b'>' | b'~')) {
            return None;
        }
        let before = bytes.get(..at)?;
        let touching = before.strip_suffix(b" ").unwrap_or(before);
        let (end, is_quoted) = match touching.split_last() {
            Some((last, inside)) if is_quote(*last) => {
                (inside.len() - run_back(inside, |byte| byte == b'\\'), true)
            }
            _ => (touching.len(), false),
        };
        // Most keys are none of ours, and this is what tells it soonest.
        let name = bytes.get(..end)?;
        if !keys.may_end(name) && !name.ends_with(b"ig") && !name.ends_with(b"re") {
            return None;
        }
        let row = run_back(bytes.get(end.saturating_sub(LONGEST_KEY)..end)?, is_key);
        let key = text.get(end - row..end).filter(|_| row < LONGEST_KEY)?;
        let head = bytes.get(..end - row)?;
        let is_query = matches!(head.last(), Some(b'?' | b'&'))
            && QUERY_KEYS.iter().any(|name| key.eq_ignore_ascii_case(name));
        // JSON may be broken into lines; elsewhere another line is another thing.
        let is_space = |byte: &&u8| **byte == b' ' || (is_quoted && byte.is_ascii_whitespace());
        let spaces = behind.iter().take(MOST_SPACES).take_while(is_space).count();
        let mask = if is_query { Mask::Text } else { keys.mask_in_text(key) };
        (mask != Mask::Nothing).then_some(Self {
            text: bytes,
            key,
            mask,
            is_quoted,
            is_field: head.ends_with(b";"),
            is_tight: bytes.get(at) == Some(&b'=') && spaces == 0 && touching.len() == at,
            from: at + 1 + spaces,
        })
    }

    /// The secret part of the value. What begins before `dull` is known not to look like a secret.
    fn value(&self, dull: &mut usize) -> Option<Range<usize>> {
        if let Some(inside) = quoted(self.text, wrapped(self.text, self.from)) {
            return Some(self.within_quotes(inside)).filter(|value| !self.is_placeholder(value));
        }
        if self.is_quoted
            && let Some(all) = bracketed(self.text, self.from)
        {
            return Some(all).filter(|all| !self.is_placeholder(all));
        }
        let digits = number(self.text, self.from);
        let is_number = !digits.is_empty() && !self.text.get(digits.end).is_some_and(|next| is_key(*next));
        if is_number && (self.is_quoted || self.mask == Mask::TextAndNumbers) {
            return (self.mask == Mask::TextAndNumbers).then_some(digits);
        }
        if self.is_tight {
            let value = if self.is_field { field(self.text, self.from) } else { word(self.text, self.from) };
            return Some(value).filter(|value| !self.is_placeholder(value) && !self.is_count(value));
        }
        self.header(dull).or_else(|| self.bare(dull))
    }

    /// Credentials have a word before them that is shown.
    fn within_quotes(&self, inside: Range<usize>) -> Range<usize> {
        let scheme = self.scheme(inside.start);
        if scheme < inside.end { scheme..inside.end } else { inside }
    }

    /// Where credentials begin behind the word that says of which sort they are.
    fn scheme(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        let begins = |scheme: &&&[u8]| {
            rest.get(..scheme.len()).is_some_and(|word| word.eq_ignore_ascii_case(scheme))
                && rest.get(scheme.len()) == Some(&b' ')
        };
        from + SCHEMES.iter().find(begins).map_or(0, |scheme| scheme.len() + 1)
    }

    /// The value of an HTTP header, whose syntax is known; nothing when it is none.
    fn header(&self, dull: &mut usize) -> Option<Range<usize>> {
        let key = self.key.as_bytes();
        let is = |name: &str| {
            let tail = key.len().checked_sub(name.len()).and_then(|at| key.get(at..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name.as_bytes()))
        };
        if is("cookie") && self.from >= *dull {
            let value = line(self.text, self.from);
            let is_header = memchr::memchr(b'=', self.shown(&value)).is_some();
            // A line is looked at once, however many keys are in it.
            *dull = value.end;
            return is_header.then_some(value);
        }
        let start = self.scheme(self.from);
        if !is("authorization") || start == self.from {
            return None;
        }
        let scheme = self.text.get(self.from..start).unwrap_or_default().to_ascii_lowercase();
        // The credentials of these are a list with spaces in it.
        let is_list = scheme.starts_with(b"digest") || scheme.starts_with(b"aws4");
        let value = if is_list { whole_line(self.text, start) } else { word(self.text, start) };
        Some(value).filter(|value| !self.is_placeholder(value))
    }

    /// A word behind a colon, or behind an `=` with spaces: prose and code have these too (`Unexpected token: end`), so
    /// that it has to look like a secret.
    fn bare(&self, dull: &mut usize) -> Option<Range<usize>> {
        const SHORTEST: usize = 6;
        if self.from < *dull {
            return None;
        }
        let value = word(self.text, self.from);
        let shown = self.shown(&value);
        let is_secret = value.len() >= SHORTEST
            && shown.iter().any(u8::is_ascii_digit)
            && !shown.iter().all(u8::is_ascii_digit)
            && memchr::memmem::find(shown, b"://").is_none()
            && !is_placeholder(shown);
        // Each word is looked at once, however many colons are in it.
        *dull = value.end;
        is_secret.then_some(value)
    }

    fn shown(&self, range: &Range<usize>) -> &'t [u8] {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn is_placeholder(&self, value: &Range<usize>) -> bool {
        is_placeholder(self.shown(value))
    }

    /// Whether it is a number that a key like `max_token` counts with.
    fn is_count(&self, value: &Range<usize>) -> bool {
        const MOST_DIGITS: usize = 7;
        value.len() <= MOST_DIGITS
            && self.mask == Mask::Text
            && self.shown(value).iter().all(u8::is_ascii_digit)
    }
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}
