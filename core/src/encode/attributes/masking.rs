//! What becomes of values that redaction lets nobody see.
//!
//! Not for deciding which: the keys and `redact` do that.

use super::redact::{Found, MASK, Mask, Mode};
use super::writer::AttributeWriter;
use crate::encode::json;
use crate::model::attributes::KnownValue;
use crate::stats::RedactionRule;
use std::borrow::Cow;

impl AttributeWriter<'_> {
    /// Whether nothing of the current key's value will be used, so that a host may skip converting it.
    #[inline]
    #[must_use]
    pub fn masked(&self) -> bool {
        self.mask != Mask::Nothing && !matches!(self.rules.redactor.mode(), Mode::Hash(_))
    }

    /// Masks what `write` writes.
    #[cold]
    pub(super) fn mask_number(&mut self, write: impl FnOnce(&mut Self) -> KnownValue) {
        let (start, marks) = (self.attributes.bytes.len(), self.attributes.marks.len());
        write(self);
        let written = self.attributes.bytes.split_off(start);
        self.attributes.marks.truncate(marks);
        // As JSON has it, but for the quotes around numbers that JSON cannot say.
        let digits =
            written.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(&written);
        self.mask_value(Some(digits));
    }

    /// Counts and replaces a value whose key is secret. What a container holds is not looked at.
    pub(super) fn mask_value(&mut self, secret: Option<&[u8]>) {
        self.counts.redacted.one();
        self.counts.redacted_by(RedactionRule::Key);
        self.replace_value(secret);
    }

    /// Writes what stands in the place of a value, if anything does.
    pub(super) fn replace_value(&mut self, secret: Option<&[u8]>) {
        let mode = self.rules.redactor.mode();
        if *mode == Mode::Drop {
            return self.leave_value_out();
        }
        let mask = secret.map_or(Cow::Borrowed(MASK), |secret| mode.in_place_of(secret));
        let known = KnownValue::of_text(json::write_str(&mut self.attributes.bytes, &mask));
        self.close_value(known);
    }

    /// Takes back the key of the value that would follow.
    #[cold]
    fn leave_value_out(&mut self) {
        self.mask = Mask::Nothing;
        match &mut self.frames {
            Some(frames) if !frames.stack.is_empty() => frames.forget_child(&mut self.attributes.bytes),
            _ => self.forget_half_member(),
        }
    }

    /// What the first text in binary data with a secret in it is found by. The whole value is masked then: base64 of the
    /// rest would be of no use.
    pub(super) fn found_in(&self, value: &[u8]) -> Option<Found> {
        let seen = value.get(..self.rules.limits.text_bytes()).unwrap_or(value);
        let redactor = &self.rules.redactor;
        let mut texts = seen.utf8_chunks().map(|chunk| chunk.valid());
        texts.find_map(|text| {
            let searched = redactor.may_hold_secret(text).then(|| redactor.search(text, text.len()));
            searched.flatten().map(|masked| masked.found)
        })
    }
}
