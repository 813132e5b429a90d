//! The one way from a host's values into encoded attributes: limits, redaction, escaping and
//! repeated keys are settled here, for every language alike.
//!
//! Not for the record around the attributes: see `encode::record` and the formats.

use super::draft::{self, Piece};
use super::frames::Frames;
use super::key::{Key, Rules, cached_key, with_first};
use super::member::{self, Member};
use super::redact::{MASK, Mask, Mode};
use super::target::Target;
use super::text::{decode_utf8, decode_utf16, write_id, write_text};
use crate::encode::json;
use crate::encode::pieces::append_word;
use crate::model::attributes::{Attributes, Entry, KnownValue, Mark, Role, TextForm};
use crate::stats::{Counts, RedactionRule};
use std::borrow::Cow;

/// Walks values into [`Attributes`]: call `key`, then exactly one value, again and again.
///
/// Containers: when `begin_*` returns true, call `more` before each child and `end_*` behind the
/// last; when it returns false the value is written already and its children are skipped.
#[derive(Debug)]
pub struct AttributeWriter<'a> {
    pub(super) attributes: &'a mut Attributes,
    pub(super) rules: &'a Rules,
    pub(super) counts: &'a Counts,
    pub(super) target: Target,
    /// The open containers, borrowed from the thread at the first one.
    pub(super) frames: Option<Box<Frames>>,
    member: Option<Member>,
    pub(super) mask: Mask,
    pub(super) nodes: usize,
}

impl<'a> AttributeWriter<'a> {
    /// A writer that appends to `attributes`.
    #[inline]
    #[must_use]
    pub fn new(attributes: &'a mut Attributes, rules: &'a Rules, counts: &'a Counts, target: Target) -> Self {
        let nodes = attributes.entries.len();
        Self { attributes, rules, counts, target, frames: None, member: None, mask: Mask::Nothing, nodes }
    }

    /// Encodes attributes that were noted down for [`Target::Draft`], if they still are only that.
    pub(crate) fn settle(attributes: &'a mut Attributes, rules: &'a Rules, counts: &'a Counts) {
        if !attributes.bytes.starts_with(b",") {
            Self::new(attributes, rules, counts, Target::Draft).leave_draft();
        }
    }

    /// From here on values are encoded, those noted down first.
    #[cold]
    fn leave_draft(&mut self) {
        self.target = Target::Nested;
        let noted = std::mem::take(&mut self.attributes.bytes);
        for piece in draft::pieces(&noted) {
            match piece {
                Piece::Key(key) => self.key(key),
                Piece::Text(text) => self.str(text),
                Piece::Int(value) => self.int(value),
                Piece::Bool(value) => self.bool(value),
            }
        }
    }

    /// Begins a member; its value must follow.
    // In the caller, where a literal's place in the cache is known when it is compiled.
    #[inline(always)]
    pub fn key(&mut self, key: &str) {
        if self.target == Target::Draft {
            return draft::note_key(&mut self.attributes.bytes, key);
        }
        if !with_first(self.rules, key, |key| self.cached_key(key)) {
            self.other_key(key);
        }
    }

    #[inline(never)]
    fn other_key(&mut self, key: &str) {
        let key = cached_key(self.rules, key);
        self.cached_key(&key);
    }

    /// Begins a member whose key was resolved before, under the same [`Rules::epoch`].
    #[inline(never)]
    pub fn cached_key(&mut self, key: &Key) {
        if self.target == Target::Draft {
            return draft::note_key(&mut self.attributes.bytes, &key.text);
        }
        if self.depth() > 0 {
            return self.nested_key(key);
        }
        if self.member.is_some() {
            self.forget_half_member();
        }
        self.member = member::start(self.attributes, self.counts, self.rules, self.target, key);
        self.mask = key.mask;
    }

    /// How many containers are open.
    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.frames.as_ref().map_or(0, |frames| frames.stack.len())
    }

    /// Begins a member; ill-formed UTF-8 in the key becomes U+FFFD.
    pub fn key_utf8_lossy(&mut self, key: &[u8]) {
        let text = self.decode_utf8(key);
        self.key(&text);
    }

    /// Begins a member; lone surrogates in the key become U+FFFD.
    pub fn key_utf16_lossy(&mut self, key: &[u16]) {
        let text = self.decode_utf16(key);
        self.key(&text);
    }

    /// Takes back a key whose value never came, so that what is written stays well-formed.
    #[cold]
    #[inline(never)]
    fn forget_half_member(&mut self) {
        if let Some(member) = self.member.take() {
            self.attributes.truncate(member.start);
        }
    }

    #[inline(never)]
    fn nested_key(&mut self, key: &Key) {
        let Some(frames) = &mut self.frames else { return };
        let refused = frames.open_member(&mut self.attributes.bytes, key);
        self.mask = key.mask;
        if key.is_odd && !refused {
            key.count(self.rules, self.counts);
        }
    }

    /// Writes a value that needs no more than that: one of the record itself that nothing masks; false when it is
    /// another one. Most are such values, and what the others need would cost these a third.
    #[inline(always)]
    pub(super) fn write_plainly(&mut self, write: impl FnOnce(&mut Vec<u8>) -> KnownValue) -> bool {
        if self.frames.is_some() || self.mask != Mask::Nothing {
            return false;
        }
        let Some(member) = self.member.take() else { return false };
        self.nodes += 1;
        let known = write(&mut self.attributes.bytes);
        self.file(member, known);
        true
    }

    /// Makes room for a value: false when it must not be written.
    #[inline]
    pub(super) fn open_value(&mut self) -> bool {
        match self.frames.as_mut().and_then(|frames| frames.stack.last_mut()) {
            None => {
                if self.member.is_none() && !self.leave_draft_for_value() {
                    return false;
                }
            }
            Some(frame) => {
                if frame.refused {
                    return false;
                }
                if !frame.is_map {
                    frame.separate(&mut self.attributes.bytes);
                }
            }
        }
        self.nodes += 1;
        true
    }

    /// Switches from draft to encoded form for a value that drafts do not hold; false when no key waits for a value.
    #[cold]
    fn leave_draft_for_value(&mut self) -> bool {
        if self.target == Target::Draft {
            self.leave_draft();
        }
        self.member.is_some()
    }

    /// Files the value that was just written, of which `known` is known.
    #[inline]
    pub(super) fn close_value(&mut self, known: KnownValue) {
        self.mask = Mask::Nothing;
        let open = self.frames.as_mut().and_then(|frames| Some((frames.stack.last()?.is_map, frames)));
        match open {
            Some((true, frames)) => frames.close_member(self.attributes),
            Some((false, _)) => {}
            None => {
                if let Some(member) = self.member.take() {
                    self.file(member, known);
                }
            }
        }
    }

    #[inline]
    fn file(&mut self, member: Member, known: KnownValue) {
        let end = self.attributes.bytes.len() as u32;
        let Member { hash, start, value, role } = member;
        let may_repeat = self.attributes.file(Entry { hash, start, value, end, role, known });
        if may_repeat || matches!(role, Role::WellKnown(_)) {
            self.settle_last(role);
        }
    }

    /// Gives the last entry its place: that of an earlier one with its key, if there is one.
    #[inline(never)]
    fn settle_last(&mut self, role: Role) {
        // Under its new name it repeats only what was renamed like it.
        let renamed = matches!(role, Role::WellKnown(place)
            if super::well_known::settle(self.attributes, self.counts, place));
        if let Some(index) = self.attributes.last_repeats(renamed) {
            self.attributes.replace_with_last(index);
        }
    }

    /// A string.
    #[inline]
    pub fn str(&mut self, value: &str) {
        if self.target == Target::Draft && draft::note_text(&mut self.attributes.bytes, value) {
            return;
        }
        let (rules, counts) = (self.rules, self.counts);
        if self.is_well_known() || !self.write_plainly(|out| write_text(out, rules, counts, value)) {
            self.any_str(value);
        }
    }

    #[inline(never)]
    fn any_str(&mut self, value: &str) {
        if !self.open_value() {
            return;
        }
        if self.mask != Mask::Nothing {
            return self.mask_value(Some(value.as_bytes()));
        }
        let known = if self.is_well_known() {
            write_id(&mut self.attributes.bytes, self.rules, self.counts, value)
        } else {
            write_text(&mut self.attributes.bytes, self.rules, self.counts, value)
        };
        self.close_value(known);
    }

    /// Whether the value will stand at a well-known place, where redaction never touches it: an id that looks
    /// like a token must still join the records that bear it.
    #[inline]
    fn is_well_known(&self) -> bool {
        self.member.is_some_and(|member| matches!(member.role, Role::WellKnown(_))) && self.depth() == 0
    }

    /// A string; ill-formed UTF-8 becomes U+FFFD.
    pub fn utf8_lossy(&mut self, value: &[u8]) {
        let text = self.decode_utf8(value);
        self.str(&text);
    }

    /// A string; lone surrogates become U+FFFD.
    pub fn utf16_lossy(&mut self, value: &[u16]) {
        let text = self.decode_utf16(value);
        self.str(&text);
    }

    /// A signed integer, exact.
    #[inline]
    pub fn int(&mut self, value: i64) {
        if self.target == Target::Draft {
            return draft::note_int(&mut self.attributes.bytes, value);
        }
        if !self.write_plainly(|out| int(out, value)) {
            self.number(|writer| int(&mut writer.attributes.bytes, value));
        }
    }

    #[inline(never)]
    pub(super) fn number(&mut self, write: impl FnOnce(&mut Self) -> KnownValue) {
        if !self.open_value() {
            return;
        }
        if self.mask == Mask::TextAndNumbers {
            return self.mask_number(write);
        }
        let known = write(self);
        self.close_value(known);
    }

    /// Notes that the text which follows stands for a value of another type.
    #[cold]
    pub(super) fn mark(&mut self, form: TextForm) {
        self.attributes.marks.push(Mark { at: self.attributes.bytes.len() as u32, form });
    }

    /// A truth value; never masked.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        if self.target == Target::Draft {
            return draft::note_bool(&mut self.attributes.bytes, value);
        }
        self.literal(if value { "true" } else { "false" }, KnownValue::Bool(value));
    }

    #[inline(always)]
    pub(super) fn literal(&mut self, text: &str, known: KnownValue) {
        let write = |out: &mut Vec<u8>| {
            append_word(out, text);
            known
        };
        if !self.write_plainly(write) {
            self.any_literal(text, known);
        }
    }

    #[inline(never)]
    fn any_literal(&mut self, text: &str, known: KnownValue) {
        if self.open_value() {
            append_word(&mut self.attributes.bytes, text);
            self.close_value(known);
        }
    }

    /// Masks what `write` writes.
    #[cold]
    fn mask_number(&mut self, write: impl FnOnce(&mut Self) -> KnownValue) {
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

    fn decode_utf8<'t>(&self, text: &'t [u8]) -> Cow<'t, str> {
        // What is beyond would not be looked at; the margin keeps the cut visible.
        let bounded = text.get(..self.rules.limits.text_bytes() + 8).unwrap_or(text);
        decode_utf8(bounded, self.counts)
    }

    fn decode_utf16(&self, text: &[u16]) -> String {
        let bounded = text.get(..self.rules.limits.text_bytes() + 8).unwrap_or(text);
        decode_utf16(bounded, self.counts)
    }
}

#[inline(always)]
fn int(out: &mut Vec<u8>, value: i64) -> KnownValue {
    json::write_int(out, value);
    KnownValue::Int(value)
}

impl Drop for AttributeWriter<'_> {
    #[inline]
    fn drop(&mut self) {
        // This also runs when a host's value panicked in the middle of a container.
        if self.member.is_some() {
            self.forget_half_member();
        }
        if let Some(frames) = self.frames.take() {
            frames.give_back();
        }
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
