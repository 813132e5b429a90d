//! Protobuf: fields behind their tags, messages behind their lengths.
//!
//! Not for the values of attributes: see `values`.

mod quick;
mod requests;
mod values;
mod wire;

pub(super) use requests::{write as write_request, write_with_attribute};

use super::fields::{Field, data, of_scope, scope};
use super::form::Form;
use crate::encode::json_reader::unescaped_bytes;
use crate::encode::values::Encoded;
use crate::model::attributes::{Attributes, Entry};
use wire::{FIXED32, FIXED64, LENGTH, short_tag, sized, write_tag};

/// The binary form.
#[derive(Debug)]
pub(super) struct Protobuf;

/// Most records have from 128 to 16383 bytes, whose length takes so many.
const RECORD_LENGTH: usize = 2;

impl Form for Protobuf {
    const ID: &'static str = "otlp-protobuf";
    const LONGEST_ESCAPE: usize = 1;

    fn text_length(text: &str) -> usize {
        text.len()
    }

    /// The body of a `ScopeLogs` or `ScopeSpans` with one record.
    #[inline]
    fn piece(out: &mut Vec<u8>, name: &str, record: Field, fill: impl FnOnce(&mut Vec<u8>)) {
        if !name.is_empty() {
            Self::text_inside(out, of_scope::SCOPE, scope::NAME, name);
        }
        write_tag(out, record, LENGTH);
        sized(out, RECORD_LENGTH, fill);
    }

    /// Two sections behind their lengths, then the point with its tag: the metric's own fields; the tag of its data
    /// and what that has besides points.
    fn point_piece(
        out: &mut Vec<u8>,
        head: impl FnOnce(&mut Vec<u8>),
        kind: Field,
        shared: impl FnOnce(&mut Vec<u8>),
        point: impl FnOnce(&mut Vec<u8>),
    ) {
        sized(out, 1, head);
        sized(out, 1, |out| {
            write_tag(out, kind, LENGTH);
            shared(out);
        });
        Self::message(out, data::POINTS, point);
    }

    #[inline]
    fn text(out: &mut Vec<u8>, field: Field, text: &str) {
        wire::bytes(out, field, text.as_bytes());
    }

    #[inline]
    fn text_inside(out: &mut Vec<u8>, field: Field, inside: Field, text: &str) {
        wire::bytes_inside(out, field, inside, text.as_bytes());
    }

    #[inline]
    fn encoded_text(out: &mut Vec<u8>, field: Field, inside: &[u8]) {
        wire::bytes(out, field, &unescaped_bytes(inside));
    }

    #[inline]
    fn id(out: &mut Vec<u8>, field: Field, bytes: &[u8]) {
        wire::bytes(out, field, bytes);
    }

    #[inline]
    fn ids(out: &mut Vec<u8>, trace: (Field, [u8; 16]), span: (Field, [u8; 8])) {
        let mut both = [0; 28];
        let (first, second) = both.split_at_mut(18);
        wire::fill_short(first, trace.0, &trace.1);
        wire::fill_short(second, span.0, &span.1);
        out.extend_from_slice(&both);
    }

    #[inline]
    fn two_fixed64(out: &mut Vec<u8>, first: (Field, u64), second: (Field, u64)) {
        let [a, b, c, d, e, f, g, h] = first.1.to_le_bytes();
        let [i, j, k, l, m, n, o, p] = second.1.to_le_bytes();
        let tags = [short_tag(first.0, FIXED64), short_tag(second.0, FIXED64)];
        out.extend_from_slice(&[tags[0], a, b, c, d, e, f, g, h, tags[1], i, j, k, l, m, n, o, p]);
    }

    #[inline]
    fn fixed64(out: &mut Vec<u8>, field: Field, value: u64) {
        wire::eight(out, field, value.to_le_bytes());
    }

    #[inline]
    fn sfixed64(out: &mut Vec<u8>, field: Field, value: i64) {
        wire::eight(out, field, value.to_le_bytes());
    }

    #[inline]
    fn fixed32(out: &mut Vec<u8>, field: Field, value: u32) {
        write_tag(out, field, FIXED32);
        out.extend_from_slice(&value.to_le_bytes());
    }

    #[inline]
    fn int(out: &mut Vec<u8>, field: Field, value: i64) {
        // Two's complement, as the specification of protobuf has it for `int64`.
        wire::uint(out, field, value as u64);
    }

    #[inline]
    fn uint(out: &mut Vec<u8>, field: Field, value: u32) {
        wire::uint(out, field, u64::from(value));
    }

    #[inline]
    fn yes(out: &mut Vec<u8>, field: Field) {
        Self::uint(out, field, 1);
    }

    #[inline]
    fn double(out: &mut Vec<u8>, field: Field, value: f64) {
        wire::eight(out, field, value.to_le_bytes());
    }

    fn doubles(out: &mut Vec<u8>, field: Field, values: &[f64]) {
        wire::packed(out, field, values.iter().map(|value| value.to_le_bytes()));
    }

    fn fixed64s(out: &mut Vec<u8>, field: Field, values: &[u64]) {
        wire::packed(out, field, values.iter().map(|value| value.to_le_bytes()));
    }

    #[inline]
    fn message(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>)) {
        write_tag(out, field, LENGTH);
        sized(out, 1, fill);
    }

    #[inline]
    fn open_list(_: &mut Vec<u8>, _: Field) {}

    #[inline]
    fn item(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>)) {
        Self::message(out, field, fill);
    }

    #[inline]
    fn attribute(out: &mut Vec<u8>, field: Field, key: &[u8], value: Encoded<'_>) {
        values::write_member(out, field, key, value);
    }

    #[inline]
    fn quick_attributes(
        out: &mut Vec<u8>,
        field: Field,
        attributes: &Attributes,
        entries: &[Entry],
        end: usize,
        keep: &impl Fn(&Entry) -> bool,
    ) -> usize {
        quick::write(out, short_tag(field, LENGTH), attributes, entries, end, keep)
    }

    #[inline]
    fn close_list(_: &mut Vec<u8>, _: usize) {}
}
