//! Values that hold no others and that drafts do not hold: doubles, large integers, null, binary data and the SDK's own
//! words.
//!
//! Not for the others (see `writer`) nor for maps and lists (see `containers`).

use super::redact::Mask;
use super::text::write_text;
use super::truncate::TRUNCATED;
use super::writer::AttributeWriter;
use crate::encode::{base64, json};
use crate::model::attributes::TextForm;

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
        let (rules, counts) = (self.rules, self.counts);
        self.number(Some(TextForm::BigInt), |out| write_text(out, rules, counts, decimal));
    }

    /// A double; not-a-number and the infinities are written as strings.
    #[inline]
    pub fn float(&mut self, value: f64) {
        let form = if value.is_finite() { None } else { Some(TextForm::NonFinite) };
        if form.is_some() || !self.write_plainly(|out| json::write_float(out, value)) {
            self.number(form, |out| json::write_float(out, value));
        }
    }

    /// The null value; never masked.
    #[inline]
    pub fn null(&mut self) {
        self.literal("null");
    }

    /// Binary data, written as base64.
    pub fn bytes(&mut self, value: &[u8]) {
        if !self.open_value() {
            return;
        }
        if self.mask == Mask::Nothing {
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
        } else {
            self.write_mask();
        }
        self.close_value();
    }

    /// A word of the SDK's own in place of a value, `[circular]` for one.
    pub fn marker(&mut self, text: &'static str) {
        if !self.open_value() {
            return;
        }
        self.counts.markers.one();
        json::write_str(&mut self.attributes.bytes, text);
        self.close_value();
    }
}
