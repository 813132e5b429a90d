//! E-mail addresses, for those who ask for them.
//!
//! Not for user names before the `@` of an address: see `urls`.

use super::classes::LOCAL;
use super::shapes::run;

/// The most bytes before the `@`, and behind it (RFC 5321).
const MOST_LOCAL: usize = 64;
const MOST_DOMAIN: usize = 255;

/// The address around the `@` at `at`.
pub(super) fn around(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let (before, behind) = (text.get(..at)?, text.get(at + 1..)?);
    let local = before.iter().rev().take(MOST_LOCAL).take_while(|byte| LOCAL.has(**byte)).count();
    if local == 0 {
        return None;
    }
    let behind = behind.get(..MOST_DOMAIN).unwrap_or(behind);
    let domain =
        behind.get(..run(behind, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))?;
    // The full stop of a sentence does not belong to it.
    let domain = domain.trim_ascii_end().strip_suffix(b".").unwrap_or(domain);
    let last = domain.rsplit(|byte| *byte == b'.').next()?;
    let is_domain =
        domain.len() > last.len() + 1 && last.len() >= 2 && last.iter().all(u8::is_ascii_alphabetic);
    is_domain.then(|| (at - local, at + 1 + domain.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_what_looks_like_one() {
        let found = |text: &'static str| {
            let (start, end) = around(text.as_bytes(), text.find('@').unwrap())?;
            text.get(start..end)
        };
        assert_eq!(found("to ann.b+x@mail.shop.example, now"), Some("ann.b+x@mail.shop.example"));
        assert_eq!(found("mailto:ann@shop.example."), Some("ann@shop.example"));
        for text in ["@shop.example", "ann@localhost", "a@b.c", "see user@ and", "lodash@4.17.21", "@"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
