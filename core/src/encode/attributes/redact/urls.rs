//! Passwords in addresses: `postgres://app:secret@db/shop`.
//!
//! Not for finding the `://`: see `assignments`, which looks at every colon.

use super::classes::ADDRESS_END;
use super::shapes::run;
use std::ops::Range;

/// What stands before the host is short; what is longer is none.
const MOST_BYTES: usize = 512;

/// How far behind a slash that nobody escaped the `@` may stand.
const MOST_SLASHED: usize = 128;

/// A name without a password that is so long is a token; a shorter one is a user's (`git@`).
const SHORTEST_TOKEN: usize = 16;

/// Looks at addresses, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Urls {
    /// A piece of the text in which no address ends: it is looked at once, however many begin in it.
    open: Range<usize>,
}

impl Urls {
    /// The secret of the address whose `://` ends at `from`: the password, or what stands before the `@` when it is
    /// long.
    pub(super) fn secret(&mut self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let rest = text.get(from..)?;
        let rest = rest.get(..MOST_BYTES).unwrap_or(rest);
        let (mut colon, mut at, mut length) = (None, None, 0);
        for (place, byte) in rest.iter().enumerate() {
            match byte {
                b':' => colon = colon.or(Some(place)),
                b'@' => at = Some(place),
                byte if matches!(byte, b'/' | b'?' | b'#') || ADDRESS_END.has(*byte) => break,
                _ => {}
            }
            length = place + 1;
        }
        let authority = rest.get(..length)?;
        let at = at.or_else(|| self.slashed(text, from, authority, colon?))?;
        match colon.filter(|colon| *colon < at) {
            Some(colon) => Some((from + colon + 1, from + at)),
            None => (at >= SHORTEST_TOKEN).then_some((from, from + at)),
        }
    }

    /// The `@` behind a password with a slash in it. Neither a port nor an IPv6 address begins one.
    fn slashed(&mut self, text: &[u8], from: usize, authority: &[u8], colon: usize) -> Option<usize> {
        if authority.starts_with(b"[") || authority.get(colon + 1..)?.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let end = text.len().min(from + MOST_BYTES.min(authority.len() + MOST_SLASHED));
        memchr::memchr(b'@', text.get(from..end)?)?;
        if !self.open.contains(&from) {
            self.open = from..from + authority.len();
        }
        let unseen = text.get(self.open.end..end).unwrap_or_default();
        self.open.end += run(unseen, |byte| !ADDRESS_END.has(byte));
        memchr::memrchr(b'@', text.get(from..self.open.end.min(end))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let from = text.find("://").unwrap() + 3;
        let (start, end) = Urls::default().secret(text.as_bytes(), from)?;
        text.get(start..end)
    }

    #[test]
    fn passwords_of_addresses() {
        for (text, secret) in [
            ("postgres://app:s3cret@db:5432/shop", "s3cret"),
            ("see amqp://u:p%40x@h/v, then", "p%40x"),
            ("redis://:only@h", "only"),
            ("mongodb://a:p@w@h1:1,h2:2/db", "p@w"),
            ("postgres://app:pa/ss?w#d@db/x", "pa/ss?w#d"),
            ("https://0123456789abcdef0123@host/x", "0123456789abcdef0123"),
            ("\"http://u:p@h\"", "p"),
        ] {
            assert_eq!(found(text), Some(secret), "{text}");
        }
    }

    #[test]
    fn addresses_without_a_password() {
        for text in [
            "https://shop.example/cart?x=1",
            "http://shop.example:8080/users/@ann",
            "ssh://git@host/repository.git",
            "http://[::1]:80/@x",
            "http://host and a@b.example",
            "http://u:@h",
        ] {
            assert!(found(text).is_none_or(str::is_empty), "{text} {:?}", found(text));
        }
    }
}
