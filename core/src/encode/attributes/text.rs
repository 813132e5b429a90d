//! Strings on their way into a record: decoded, cut to the limit, secrets masked.
//!
//! Not for escaping: see `json`.

use super::key::Rules;
use super::redact::Masked;
use super::truncate::{TRUNCATED, shortened};
use crate::encode::json;
use crate::model::attributes::KnownValue;
use crate::model::cut::prefix;
use crate::model::error_info::{CAUSE_DEPTH, ErrorInfo, MEMBERS, MOST_ERRORS};
use crate::stats::Counts;
use std::borrow::Cow;

/// Decodes UTF-8; ill-formed sequences become U+FFFD and are counted.
pub(crate) fn decode_utf8<'t>(text: &'t [u8], counts: &Counts) -> Cow<'t, str> {
    // The usual case takes one fast pass; the lossy reader walks piece by piece.
    if let Ok(text) = std::str::from_utf8(text) {
        return Cow::Borrowed(text);
    }
    let decoded = String::from_utf8_lossy(text);
    if matches!(decoded, Cow::Owned(_)) {
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

/// The text under the string limit and with its secrets masked, both counted.
#[inline]
pub(crate) fn clean<'t>(rules: &Rules, counts: &Counts, text: &'t str) -> Cow<'t, str> {
    let limit = rules.limits.string_bytes;
    if text.len() > limit {
        return Cow::Owned(cut(rules, counts, text));
    }
    masked(rules, counts, text)
}

/// The text with its secrets masked and counted, however long it is.
#[inline]
pub(crate) fn masked<'t>(rules: &Rules, counts: &Counts, text: &'t str) -> Cow<'t, str> {
    if rules.redactor.may_hold_secret(text) {
        searched(rules, counts, text, text.len()).map_or(Cow::Borrowed(text), Cow::Owned)
    } else {
        Cow::Borrowed(text)
    }
}

#[inline(never)]
fn searched(rules: &Rules, counts: &Counts, text: &str, end: usize) -> Option<String> {
    let Masked { text, found } = rules.redactor.search(text, end)?;
    rules.redactor.count(counts, found);
    Some(text)
}

/// The beginning of a text that is too long. A secret that begins in it is masked whole: of one that was cut, redaction
/// would not know the rest.
#[cold]
fn cut(rules: &Rules, counts: &Counts, text: &str) -> String {
    counts.truncated.one();
    let kept = prefix(text, rules.limits.string_bytes);
    let seen = prefix(text, rules.limits.text_bytes());
    let masked = searched(rules, counts, seen, kept.len());
    let mut text = masked.unwrap_or_else(|| kept.to_owned());
    text.push_str(TRUNCATED);
    text
}

/// The same for every text of an error, which also loses the causes and members that are too many or too deep to
/// be recorded. Its attributes were settled as they were written.
pub(crate) fn clean_error(rules: &Rules, counts: &Counts, mut error: ErrorInfo) -> ErrorInfo {
    let mut left = MOST_ERRORS;
    clean_part(rules, counts, &mut error, CAUSE_DEPTH, &mut left);
    error
}

/// Cleans one error and what belongs to it, `deeper` levels and `left` errors at most, itself included.
fn clean_part(rules: &Rules, counts: &Counts, error: &mut ErrorInfo, deeper: usize, left: &mut usize) {
    *left = left.saturating_sub(1);
    for text in [&mut error.type_name, &mut error.message, &mut error.stack] {
        if let Cow::Owned(cleaned) = clean(rules, counts, text) {
            *text = cleaned;
        }
    }
    let Some(deeper) = deeper.checked_sub(1) else {
        error.cause = None;
        error.errors.clear();
        return;
    };
    error.cause.take_if(|_| *left == 0);
    if let Some(cause) = &mut error.cause {
        clean_part(rules, counts, cause, deeper, left);
    }
    let given = error.errors.len();
    error.errors.truncate(MEMBERS);
    let mut kept = 0;
    for member in error.errors.iter_mut() {
        if *left == 0 {
            break;
        }
        clean_part(rules, counts, member, deeper, left);
        kept += 1;
    }
    error.errors.truncate(kept);
    if kept < given {
        counts.truncated.one();
    }
}

/// Appends a quoted string under the string limit and with its secrets masked; returns what is known of it then.
#[inline]
pub(crate) fn write_text(out: &mut Vec<u8>, rules: &Rules, counts: &Counts, text: &str) -> KnownValue {
    KnownValue::of_text(if is_clean(rules, text) {
        json::write_str(out, text)
    } else {
        write_cleaned(out, rules, counts, text)
    })
}

/// Whether [`clean`] leaves the text as it is for sure.
#[inline]
pub(crate) fn is_clean(rules: &Rules, text: &str) -> bool {
    text.len() <= rules.limits.string_bytes && !rules.redactor.may_hold_secret(text)
}

#[inline(never)]
fn write_cleaned(out: &mut Vec<u8>, rules: &Rules, counts: &Counts, text: &str) -> bool {
    json::write_str(out, &clean(rules, counts, text))
}

/// Appends a quoted string under the string limit, whatever it looks like; returns what is known of it then.
#[inline]
pub(crate) fn write_id(out: &mut Vec<u8>, rules: &Rules, counts: &Counts, text: &str) -> KnownValue {
    let limit = rules.limits.string_bytes;
    if text.len() > limit {
        counts.truncated.one();
    }
    KnownValue::of_text(json::write_str(out, &shortened(text, limit)))
}
