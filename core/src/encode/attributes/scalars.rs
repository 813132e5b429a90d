//! Values that hold no others and that drafts do not hold: doubles, large integers, null, binary data and the SDK's own
//! words.
//!
//! Not for the others (see `writer`) nor for maps and lists (see `containers`).

use super::redact::{Found, Mask, Mode};
use super::text::write_id;
use super::truncate::TRUNCATED;
use super::writer::AttributeWriter;
use crate::encode::{base64, json};
use crate::model::attributes::{KnownValue, TextForm};

impl AttributeWriter<'_> {
    /// An unsigned integer; beyond int64 a decimal string.
    #[inline]
    pub fn uint(&mut self, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.int(value),
            Err(_) => self.big_int(&value.to_string()),
        }
    }

    /// An integer beyond int64 as its decimal digits, written as a string.
    pub fn big_int(&mut self, decimal: &str) {
        self.number(|writer| {
            writer.mark(TextForm::BigInt);
            // Nothing looks for secrets in numbers, however they have to be written.
            write_id(&mut writer.attributes.bytes, writer.rules, writer.counts, decimal);
            KnownValue::Nothing
        });
    }

    /// A double; not-a-number and the infinities are written as strings.
    #[inline]
    pub fn float(&mut self, value: f64) {
        if !value.is_finite() || !self.write_plainly(|out| float(out, value)) {
            self.any_float(value);
        }
    }

    #[inline(never)]
    fn any_float(&mut self, value: f64) {
        self.number(|writer| {
            if !value.is_finite() {
                writer.mark(TextForm::NonFinite);
            }
            // Whatever is not a number is the same one for everybody.
            float(&mut writer.attributes.bytes, if value.is_nan() { f64::NAN } else { value })
        });
    }

    /// The null value; never masked.
    #[inline]
    pub fn null(&mut self) {
        self.literal("null", KnownValue::Nothing);
    }

    /// Binary data, written as base64.
    pub fn bytes(&mut self, value: &[u8]) {
        if !self.open_value() {
            return;
        }
        if self.mask != Mask::Nothing {
            return self.mask_value(Some(value));
        }
        if let Some(found) = self.found_in(value) {
            self.rules.redactor.count(self.counts, found);
            return self.replace_value(Some(value));
        }
        let kept = value.get(..self.rules.limits.string_bytes / 4 * 3).unwrap_or(value);
        if kept.len() == value.len() {
            self.mark(TextForm::Bytes);
        }
        let out = &mut self.attributes.bytes;
        out.push(b'"');
        base64::write(out, kept);
        if kept.len() < value.len() {
            out.extend_from_slice(TRUNCATED.as_bytes());
            self.counts.truncated.one();
        }
        out.push(b'"');
        self.close_value(KnownValue::Nothing);
    }

    /// What the first text in binary data with a secret in it is found by. The whole value is masked then: base64 of the
    /// rest would be of no use.
    fn found_in(&self, value: &[u8]) -> Option<Found> {
        let seen = value.get(..self.rules.limits.text_bytes()).unwrap_or(value);
        let redactor = &self.rules.redactor;
        let mut texts = seen.utf8_chunks().map(|chunk| chunk.valid());
        texts.find_map(|text| {
            let searched = redactor.may_hold_secret(text).then(|| redactor.search(text, text.len()));
            searched.flatten().map(|masked| masked.found)
        })
    }

    /// Whether nothing of the current key's value will be used, so that a host may skip converting it.
    #[inline]
    #[must_use]
    pub fn masked(&self) -> bool {
        self.mask != Mask::Nothing && !matches!(self.rules.redactor.mode(), Mode::Hash(_))
    }

    /// A word of the SDK's own in place of a value, `[circular]` for one.
    pub fn marker(&mut self, text: &'static str) {
        if !self.open_value() {
            return;
        }
        self.counts.markers.one();
        let is_plain = json::write_str(&mut self.attributes.bytes, text);
        self.close_value(KnownValue::of_text(is_plain));
    }
}

#[inline(always)]
fn float(out: &mut Vec<u8>, value: f64) -> KnownValue {
    json::write_float(out, value);
    KnownValue::Float(value.to_bits())
}
