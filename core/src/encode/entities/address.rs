//! Addresses: IP, e-mail, URL, path.

use super::words::{at, before, is_word, runs, without_tail};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest textual form of an address of IPv6, with one of IPv4 in it.
const LONGEST_IP: usize = 45;
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_DOMAIN: usize = 253;
const LONGEST_SCHEME: usize = 32;
/// Longer paths and URLs are passed over, so that what is read twice of a text stays short.
const LONGEST_PLACE: usize = 512;

/// Addresses of version 4 with four numbers, and of version 6 as the standard library reads them.
pub(super) fn ips<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    // A dot or a colon behind is the sentence's.
    let is_part = |byte: u8| is_word(byte) || matches!(byte, b'.' | b':' | b'-');
    for (_, run) in runs(text, LONGEST_IP + 8, is_part) {
        let run = run.trim_end_matches(['.', ':', '-']);
        let without_port = run.rsplit_once(':').map_or(run, |(address, _)| address);
        if run.parse::<Ipv4Addr>().is_ok() {
            tell(run);
        } else if without_port.parse::<Ipv4Addr>().is_ok() {
            tell(without_port);
        } else if is_v6(run) {
            tell(run);
        }
    }
}

/// With a digit in it: `fade::added` is a path of a program.
fn is_v6(text: &str) -> bool {
    text.contains(':') && text.bytes().any(|b| b.is_ascii_digit()) && text.parse::<Ipv6Addr>().is_ok()
}

/// `local@domain.tld`, as people write addresses.
pub(super) fn emails<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    let is_local = |b: &u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(b);
    let mut from = 0;
    for place in memchr::memchr_iter(b'@', text.as_bytes()) {
        let ahead = text.as_bytes().get(from..place).unwrap_or_default();
        let local = ahead.iter().rev().take(LONGEST_LOCAL_PART + 1).take_while(|b| is_local(b)).count();
        let start = place - local;
        // Quotes and the like in front of an address are signs around it.
        let written = text.get(start..place).unwrap_or_default();
        let name = written.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let domain = domain(text.get(place + 1..).unwrap_or_default());
        if local <= LONGEST_LOCAL_PART && !name.is_empty() && !name.ends_with('.') && !domain.is_empty() {
            let start = place - name.len();
            from = place + 1 + domain.len();
            tell(text.get(start..from).unwrap_or_default());
        } else {
            from = place + 1;
        }
    }
}

/// The domain that a text begins with, of two labels at least, the last of letters.
fn domain(text: &str) -> &str {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let length = text.bytes().take(LONGEST_DOMAIN + 1).take_while(is_part).count();
    let domain = text.get(..length).unwrap_or_default().trim_end_matches(['.', '-']);
    let labels = || domain.split('.');
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let top = domain.rsplit('.').next().unwrap_or_default();
    let is_one = length <= LONGEST_DOMAIN
        && labels().count() >= 2
        && labels().all(is_label)
        && top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_alphabetic());
    if is_one { domain } else { "" }
}

/// `scheme://…` up to a blank, a quote or a bracket that closes.
pub(super) fn urls<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    let is_scheme = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let is_part = |b: &u8| {
        *b > b' ' && !matches!(b, b'"' | b'<' | b'>' | b'`' | b'\\' | b'^' | b'{' | b'|' | b'}' | 0x7f)
    };
    let mut from = 0;
    for place in memchr::memmem::find_iter(text.as_bytes(), "://") {
        let Some(ahead) = text.as_bytes().get(from..place) else { continue };
        let length = ahead.iter().rev().take(LONGEST_SCHEME + 1).take_while(|b| is_scheme(b)).count();
        let scheme = text.get(place - length..place).unwrap_or_default();
        let scheme = scheme.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let behind = text.get(place + 3..).unwrap_or_default();
        let end = behind.bytes().take(LONGEST_PLACE + 1).take_while(is_part).count();
        let rest = without_tail(behind.get(..end).filter(|_| end <= LONGEST_PLACE).unwrap_or_default());
        if !scheme.is_empty() && length <= LONGEST_SCHEME && !rest.is_empty() {
            from = place + 3 + rest.len();
            tell(text.get(place - scheme.len()..from).unwrap_or_default());
        }
    }
}

/// Paths from a root, a drive, a home or the working directory on, of two parts at least.
pub(super) fn paths<'t>(text: &'t str, tell: &mut dyn FnMut(&'t str)) {
    let is_part = |byte: u8| is_word(byte) || b"/\\.:~+@%=-".contains(&byte);
    for (start, run) in runs(text, LONGEST_PLACE, is_part) {
        // `path=/a/b`, and `/a/b:7` for a line in a file.
        let assigned = run.split_once('=').map(|(_, value)| value).filter(|value| is_path_start(value));
        let (start, run) = assigned.map_or((start, run), |value| (start + run.len() - value.len(), value));
        let is_drive = is_drive(run);
        let drive = if is_drive { run.get(..2).unwrap_or_default() } else { "" };
        let rest = run.get(drive.len()..).unwrap_or_default();
        let rest = without_tail(rest.split(':').next().unwrap_or_default());
        let parts = rest.split(['/', '\\']).filter(|part| !part.is_empty()).count();
        let follows_a_word =
            before(text, start).is_some_and(|b| is_word(b) || matches!(b, b')' | b'}' | b'>'));
        let end = start + drive.len() + rest.len();
        let is_whole = !matches!(at(text, end), Some(b'*' | b'<' | b'{'));
        if parts >= 2 && !follows_a_word && is_whole && (is_drive || is_path_start(rest)) {
            tell(text.get(start..end).unwrap_or_default());
        }
    }
}

fn is_path_start(text: &str) -> bool {
    let of_unix = ["/", "~/", "./", "../"].iter().any(|start| text.starts_with(start));
    let of_windows = ["\\\\", ".\\", "..\\"].iter().any(|start| text.starts_with(start));
    (of_unix && !text.starts_with("//")) || of_windows
}

fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}
