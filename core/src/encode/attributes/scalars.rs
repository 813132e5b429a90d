//! Values that hold no others: numbers, truth values, null, binary data and the SDK's own words.
//!
//! Not for texts (see `writer`) nor for maps and lists (see `containers`).

use super::draft;
use super::redact::Mask;
use super::target::Target;
use super::text::write_text;
use super::truncate::TRUNCATED;
use super::writer::AttributeWriter;
use crate::encode::pieces::append_word;
use crate::encode::{base64, json};
use crate::model::attributes::{Mark, TextForm};

impl AttributeWriter<'_> {
    /// A signed integer, exact.
    #[inline]
    pub fn int(&mut self, value: i64) {
        if self.target == Target::Draft {
            return draft::note_int(&mut self.attributes.bytes, value);
        }
        if !self.write_plainly(|out| json::write_int(out, value)) {
            self.number(None, |out| json::write_int(out, value));
        }
    }

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

    #[inline(never)]
    fn number(&mut self, form: Option<TextForm>, write: impl FnOnce(&mut Vec<u8>)) {
        if !self.open_value() {
            return;
        }
        if self.mask == Mask::TextAndNumbers {
            self.write_mask();
        } else {
            if let Some(form) = form {
                self.mark(form);
            }
            write(&mut self.attributes.bytes);
        }
        self.close_value();
    }

    /// Notes that the text which follows stands for a value of another type.
    #[cold]
    fn mark(&mut self, form: TextForm) {
        self.attributes.marks.push(Mark { at: self.attributes.bytes.len() as u32, form });
    }

    /// A truth value; never masked.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        if self.target == Target::Draft {
            return draft::note_bool(&mut self.attributes.bytes, value);
        }
        self.literal(if value { "true" } else { "false" });
    }

    /// The null value; never masked.
    #[inline]
    pub fn null(&mut self) {
        self.literal("null");
    }

    #[inline(always)]
    fn literal(&mut self, text: &str) {
        if !self.write_plainly(|out| append_word(out, text)) {
            self.any_literal(text);
        }
    }

    #[inline(never)]
    fn any_literal(&mut self, text: &str) {
        if self.open_value() {
            append_word(&mut self.attributes.bytes, text);
            self.close_value();
        }
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
