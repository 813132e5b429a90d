//! Passwords in addresses: `postgres://app:secret@db/shop`.
//!
//! Not for finding the `://`: see `assignments`, which looks at every colon.

use super::shapes::run;

/// What stands before the host is short; what is longer is none.
const MOST_BYTES: usize = 512;

/// How far behind a slash that nobody escaped the `@` may stand.
const MOST_SLASHED: usize = 128;

/// A name without a password that is so long is a token; a shorter one is a user's (`git@`).
const SHORTEST_TOKEN: usize = 16;

/// The secret of the address whose `://` ends at `from`: the password, or what stands before the `@` when it is long.
pub(super) fn secret(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let rest = rest.get(..MOST_BYTES).unwrap_or(rest);
    let authority =
        rest.get(..run(rest, |byte| !ends_address(byte) && !matches!(byte, b'/' | b'?' | b'#')))?;
    let colon = memchr::memchr(b':', authority);
    let at = memchr::memrchr(b'@', authority).or_else(|| slashed(rest, authority, colon?))?;
    match colon.filter(|colon| *colon < at) {
        Some(colon) => Some((from + colon + 1, from + at)),
        None => (at >= SHORTEST_TOKEN).then_some((from, from + at)),
    }
}

/// The `@` behind a password with a slash in it. Neither a port nor an IPv6 address begins one.
fn slashed(rest: &[u8], authority: &[u8], colon: usize) -> Option<usize> {
    if authority.starts_with(b"[") || authority.get(colon + 1..)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let near = rest.get(..authority.len() + MOST_SLASHED).unwrap_or(rest);
    memchr::memchr(b'@', near)?;
    memchr::memrchr(b'@', near.get(..run(near, |byte| !ends_address(byte)))?)
}

fn ends_address(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let from = text.find("://").unwrap() + 3;
        let (start, end) = secret(text.as_bytes(), from)?;
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
