//! Attributes of records, as many as fit, each key once.

use super::fields::{Field, any_value, key_value};
use super::form::Form;
use crate::encode::attributes::truncate::TRUNCATED;
use crate::encode::values::{Encoded, encoded_key};
use crate::model::attributes::{Attributes, Entry, Role, WELL_KNOWN};
use std::marker::PhantomData;

/// A list of attributes, events or links that ends where its record has no more room.
pub(super) struct Fitting<F> {
    field: Field,
    start: usize,
    /// The offset that the record must not go beyond.
    end: usize,
    /// How many found no room.
    pub(super) dropped: u32,
    form: PhantomData<F>,
}

impl<F: Form> Fitting<F> {
    /// Begins the list.
    #[inline]
    pub(super) fn open(out: &mut Vec<u8>, field: Field, end: usize) -> Self {
        let start = out.len();
        F::open_list(out, field);
        Self { field, start, end, dropped: 0, form: PhantomData }
    }

    /// An item, unless it finds no room.
    #[inline]
    pub(super) fn item(&mut self, out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
        self.fit(out, |out, field| F::item(out, field, fill));
    }

    /// The attributes that are kept, under the names that they were given, without the note in place of those that a
    /// limit refused, which have a count here.
    #[inline]
    pub(super) fn set(&mut self, out: &mut Vec<u8>, attributes: &Attributes, keep: impl Fn(&Entry) -> bool) {
        if attributes.dropped > 0 {
            let is_note = |entry: &Entry| attributes.is_named(entry, TRUNCATED);
            return self
                .entries(out, attributes, &attributes.entries, &|entry| keep(entry) && !is_note(entry));
        }
        self.entries(out, attributes, &attributes.entries, &keep);
    }

    #[inline]
    fn entries(
        &mut self,
        out: &mut Vec<u8>,
        attributes: &Attributes,
        mut rest: &[Entry],
        keep: &impl Fn(&Entry) -> bool,
    ) {
        while !rest.is_empty() {
            let done = F::quick_attributes(out, self.field, attributes, rest, self.end, keep);
            rest = rest.get(done..).unwrap_or_default();
            let Some((entry, behind)) = rest.split_first() else { return };
            if keep(entry) {
                let (key, value) = (given_key(attributes, entry), Encoded::of(attributes, entry));
                self.fit(out, |out, field| F::attribute(out, field, key, value));
            }
            rest = behind;
        }
    }

    /// An attribute of the SDK's own, which is a text.
    pub(super) fn text(&mut self, out: &mut Vec<u8>, key: &str, text: &str) {
        self.item(out, |out| text_member::<F>(out, key, text));
    }

    #[inline]
    fn fit(&mut self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>, Field)) {
        let before = out.len();
        write(out, self.field);
        if out.len() > self.end {
            out.truncate(before);
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Ends the list; returns how many items found no room.
    #[inline]
    pub(super) fn close(self, out: &mut Vec<u8>) -> u32 {
        F::close_list(out, self.start);
        self.dropped
    }
}

/// The key and the value of a `KeyValue` that is a text.
pub(super) fn text_member<F: Form>(out: &mut Vec<u8>, key: &str, text: &str) {
    F::text(out, key_value::KEY, key);
    F::text_inside(out, key_value::VALUE, any_value::STRING, text);
}

/// The key and the value of a `KeyValue` that is an integer.
pub(super) fn int_member<F: Form>(out: &mut Vec<u8>, key: &str, value: i64) {
    F::text(out, key_value::KEY, key);
    F::message(out, key_value::VALUE, |out| F::int(out, any_value::INT, value));
}

/// The key without the underscore by which a JSON line keeps it from members of its own, which here stand elsewhere.
/// Where that underscore tells a value from that of a well-known key, it stays.
#[inline]
fn given_key<'a>(attributes: &'a Attributes, entry: &Entry) -> &'a [u8] {
    let key = encoded_key(attributes, entry);
    if entry.role == Role::Reserved { without_underscore(key) } else { key }
}

#[cold]
fn without_underscore(key: &[u8]) -> &[u8] {
    let end = key.iter().rposition(|byte| *byte != b'_').map_or(0, |last| last + 1);
    let root = key.get(..end).unwrap_or_default();
    let is_well_known = WELL_KNOWN.iter().any(|name| name.as_bytes() == root);
    if !is_well_known { key.strip_suffix(b"_").unwrap_or(key) } else { key }
}
