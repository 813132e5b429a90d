//! Strings on their way into a line: decoded, cut to the limit, tokens masked.
//!
//! Not for escaping: see `json`.

use super::json;
use super::key::Rules;
use super::redact::mask_tokens;
use super::truncate::{TRUNCATED, prefix};
use crate::stats::Counts;

/// Decodes UTF-8; ill-formed sequences become U+FFFD and are counted.
pub(crate) fn decode_utf8<'t>(text: &'t [u8], counts: &Counts) -> std::borrow::Cow<'t, str> {
    // The usual case in one fast pass; the lossy reader walks piece by piece.
    if let Ok(text) = std::str::from_utf8(text) {
        return std::borrow::Cow::Borrowed(text);
    }
    let decoded = String::from_utf8_lossy(text);
    if matches!(decoded, std::borrow::Cow::Owned(_)) {
        counts.sanitized_utf8.one();
    }
    decoded
}

/// Decodes UTF-16; lone surrogates become U+FFFD and are counted.
pub(crate) fn decode_utf16(text: &[u16], counts: &Counts) -> String {
    let mut bad = false;
    let decoded = char::decode_utf16(text.iter().copied())
        .map(|unit| {
            unit.unwrap_or_else(|_| {
                bad = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    if bad {
        counts.sanitized_utf8.one();
    }
    decoded
}

/// Appends a quoted string under the string limit and with its tokens masked.
#[inline]
pub(crate) fn write_text(out: &mut Vec<u8>, rules: &Rules, counts: &Counts, text: &str) {
    let limit = rules.limits.string_bytes;
    if text.len() > limit {
        return write_cut_text(out, counts, prefix(text, limit));
    }
    match mask_tokens(text) {
        None => json::write_str(out, text),
        Some(masked) => {
            counts.redacted.one();
            json::write_str(out, &masked);
        }
    }
}

/// Appends a quoted string under the string limit, whatever it looks like.
#[inline]
pub(crate) fn write_id(out: &mut Vec<u8>, rules: &Rules, counts: &Counts, text: &str) {
    let limit = rules.limits.string_bytes;
    if text.len() <= limit {
        return json::write_str(out, text);
    }
    counts.truncated.one();
    json::write_str(out, &format!("{}{TRUNCATED}", prefix(text, limit)));
}

#[cold]
fn write_cut_text(out: &mut Vec<u8>, counts: &Counts, kept: &str) {
    counts.truncated.one();
    let masked = mask_tokens(kept);
    if masked.is_some() {
        counts.redacted.one();
    }
    out.push(b'"');
    json::escape_into(out, masked.as_deref().unwrap_or(kept));
    out.extend_from_slice(TRUNCATED.as_bytes());
    out.push(b'"');
}
