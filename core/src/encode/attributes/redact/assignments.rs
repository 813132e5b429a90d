//! Secrets that stand behind their key in a text: connection strings, query strings, JSON in a string, headers.
//!
//! Not for keys of attributes: the writer masks their values whole. Addresses are found here too, because they have a
//! colon like any other.

use super::blocks::Block;
use super::classes::KEY;
use super::extents::{
    bracketed, field, is_placeholder, is_quote, line, number, quoted, run_back, whole_line, word, wrapped,
};
use super::findings::Findings;
use super::keys::{KeyRedactor, LONGEST_KEY, Mask, QUERY_KEYS};
use super::urls::Urls;
use crate::stats::RedactionRule;
use std::ops::Range;

/// So many spaces may stand between a key's mark and its value.
const MOST_SPACES: usize = 8;

/// Words before the credentials of an `Authorization` header that say of which sort they are.
const SCHEMES: [&[u8]; 7] =
    [b"bearer", b"basic", b"token", b"apikey", b"digest", b"negotiate", b"aws4-hmac-sha256"];

/// The marks of a block that may begin an address or stand behind a key: not those between colons and words, as in paths of
/// programs.
#[inline]
pub(super) fn marks(block: Block) -> u64 {
    let marks = block.marks;
    marks & !(marks << 1 & block.words.ahead_or(marks))
}

/// Whether the mark at `at` may be an address's, or stand behind a secret key; most are neither.
#[inline]
pub(super) fn may_be_at(text: &[u8], at: usize, keys: &KeyRedactor) -> bool {
    let Some((before, behind)) = text.split_at_checked(at) else { return false };
    match behind {
        // Comparisons and arrows assign nothing.
        [_, b'=' | b'>' | b'~', ..] => false,
        [b':', b'/', b'/', ..] => true,
        _ => keys.may_end(before_mark(before).0),
    }
}

/// What stands before a mark, up to the key's last character, and whether a quote followed that.
#[inline]
fn before_mark(before: &[u8]) -> (&[u8], bool) {
    match before.last() {
        Some(last) if !KEY.has(*last) => before_loose_mark(before),
        _ => (before, false),
    }
}

/// The same for a mark that does not touch the key.
#[inline(never)]
fn before_loose_mark(before: &[u8]) -> (&[u8], bool) {
    let touching = before.strip_suffix(b" ").unwrap_or(before);
    match touching.split_last() {
        Some((last, inside)) if is_quote(*last) => {
            let backslashes = run_back(inside, |byte| byte == b'\\');
            (inside.get(..inside.len() - backslashes).unwrap_or_default(), true)
        }
        _ => (touching, false),
    }
}

/// Finds passwords of addresses and what is assigned to secret keys, block by block.
#[derive(Debug)]
pub(super) struct Assignments {
    /// Whether passwords of addresses are looked for.
    addresses: bool,
    /// Whether what is assigned to secret keys is.
    pairs: bool,
    /// What begins before has been judged.
    judged: usize,
    /// What begins before is known not to look like a secret.
    dull: usize,
    urls: Urls,
}

impl Assignments {
    /// Finds passwords of `addresses`, and `pairs` of keys and values, if these rules are on.
    pub(super) fn new(addresses: bool, pairs: bool) -> Self {
        Self { addresses, pairs, judged: 0, dull: 0, urls: Urls::default() }
    }

    /// Finds what stands behind every mark of a block.
    #[inline]
    pub(super) fn look(&mut self, text: &[u8], block: Block, keys: &KeyRedactor, findings: &mut Findings) {
        for at in block.places(marks(block)) {
            if at < self.judged || !may_be_at(text, at, keys) {
                continue;
            }
            if text.get(at..).is_some_and(|rest| rest.starts_with(b"://")) {
                if self.addresses
                    && let Some((start, end)) = self.urls.secret(text, at + 3)
                {
                    findings.add(start, end, RedactionRule::Url);
                    self.judged = end;
                }
            } else if self.pairs
                && let Some(assignment) = Assignment::at(text, at, keys)
                && let Some(value) = assignment.value(&mut self.dull)
            {
                self.judged = value.end;
                findings.add(value.start, value.end, RedactionRule::Assignment);
            }
        }
    }
}

/// A secret key in a text, and the place behind its `:` or `=`.
struct Assignment<'t> {
    text: &'t [u8],
    key: &'t [u8],
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
    fn at(text: &'t [u8], at: usize, keys: &KeyRedactor) -> Option<Self> {
        let (before, behind) = (text.get(..at)?, text.get(at + 1..)?);
        let (named, is_quoted) = before_mark(before);
        let near = named.get(named.len().saturating_sub(LONGEST_KEY)..)?;
        let row = run_back(near, |byte| KEY.has(byte));
        let (head, key) = named.split_at_checked(named.len() - row).filter(|_| row < LONGEST_KEY)?;
        let is_query = matches!(head.last(), Some(b'?' | b'&'))
            && matches!(key.last(), Some(b'g' | b'G' | b'e' | b'E'))
            && QUERY_KEYS.iter().any(|name| key.eq_ignore_ascii_case(name.as_bytes()));
        // JSON may be broken into lines; elsewhere another line is another thing.
        let is_space = |byte: &&u8| **byte == b' ' || (is_quoted && byte.is_ascii_whitespace());
        let spaces = behind.iter().take(MOST_SPACES).take_while(is_space).count();
        let mask = if is_query { Mask::Text } else { keys.mask_in_text(key) };
        (mask != Mask::Nothing).then_some(Self {
            text,
            key,
            mask,
            is_quoted,
            is_field: head.ends_with(b";"),
            is_tight: text.get(at) == Some(&b'=') && spaces == 0 && before.last() != Some(&b' '),
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
        let is_number = !digits.is_empty() && !self.text.get(digits.end).is_some_and(|next| KEY.has(*next));
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
        let Some(first) = rest.first().map(u8::to_ascii_lowercase) else { return from };
        let begins = |scheme: &&&[u8]| {
            scheme.first() == Some(&first)
                && rest.get(scheme.len()) == Some(&b' ')
                && rest.get(..scheme.len()).is_some_and(|word| word.eq_ignore_ascii_case(scheme))
        };
        from + SCHEMES.iter().find(begins).map_or(0, |scheme| scheme.len() + 1)
    }

    /// The value of an HTTP header, whose syntax is known; nothing when it is none.
    fn header(&self, dull: &mut usize) -> Option<Range<usize>> {
        let is = |name: &[u8]| {
            let tail = self.key.len().checked_sub(name.len()).and_then(|at| self.key.get(at..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name))
        };
        match self.key.last()? {
            b'e' | b'E' if self.from >= *dull && is(b"cookie") => {
                let value = line(self.text, self.from);
                let is_header = memchr::memchr(b'=', self.shown(&value)).is_some();
                // A line is looked at once, however many keys are in it.
                *dull = value.end;
                is_header.then_some(value)
            }
            b'n' | b'N' if is(b"authorization") => self.credentials(),
            _ => None,
        }
    }

    /// Credentials of a sort that is known.
    fn credentials(&self) -> Option<Range<usize>> {
        let start = self.scheme(self.from);
        let scheme = self.text.get(self.from..start).filter(|scheme| !scheme.is_empty())?;
        // The credentials of these are a list with spaces in it.
        let is_list = matches!(scheme, [b'd' | b'D', ..] | [_, b'w' | b'W', ..]);
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
