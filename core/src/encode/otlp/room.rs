//! How large a record may be, and its texts, which cannot be left out.

use super::form::Form;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::truncate::{TRUNCATED, shortened};
use std::borrow::Cow;

/// What may follow the last list of a record: counts of what was dropped, brackets, lengths.
const TAIL_BYTES: usize = 192;

/// The offset that the lists of a record which begins at `start` must not go beyond.
#[inline]
pub(super) fn end(limits: &Limits, start: usize) -> usize {
    start + limits.line_bytes.saturating_sub(TAIL_BYTES)
}

/// How many bytes a text takes at most. One that the limit on strings has cut already has room for its mark.
pub(super) fn share(limits: &Limits) -> usize {
    limits.line_bytes / 4 + TRUNCATED.len()
}

/// A text under its share of the record.
#[inline]
pub(super) fn fitting<'t, F: Form>(limits: &Limits, text: &'t str) -> Cow<'t, str> {
    let surely = share(limits) / F::LONGEST_ESCAPE;
    if text.len() <= surely || F::text_length(text) <= share(limits) {
        return Cow::Borrowed(text);
    }
    shortened(text, surely)
}
