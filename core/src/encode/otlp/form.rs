//! The two forms of a message, protobuf and JSON, behind one trait: what a record consists of is said once.
//!
//! Not for the messages themselves: see `log`, `span`, `point`.

use super::fields::Field;
use crate::encode::values::Encoded;
use crate::model::attributes::{Attributes, Entry};
use std::fmt::Debug;

/// How OTLP's messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Binary protobuf.
    Protobuf,
    /// JSON, by OTLP's rules: ids in hexadecimal, 64-bit integers as strings, enumerations as numbers.
    Json,
}

/// Appends fields to the message that `out` ends in.
///
/// A field whose value is that of an absent one is the caller's to leave out.
pub(super) trait Form: Debug + Send + Sync + 'static {
    /// The name of the format.
    const ID: &'static str;

    /// How many bytes one byte of text takes at most.
    const LONGEST_ESCAPE: usize;

    /// How many bytes a text takes.
    fn text_length(text: &str) -> usize;

    /// The piece of one log record or span: the scope, unless it has no name, and the record.
    fn piece(out: &mut Vec<u8>, scope: &str, record: Field, fill: impl FnOnce(&mut Vec<u8>));

    /// The piece of one metric point: what all points of its metric have in common, and the point.
    fn point_piece(
        out: &mut Vec<u8>,
        head: impl FnOnce(&mut Vec<u8>),
        data: Field,
        shared: impl FnOnce(&mut Vec<u8>),
        point: impl FnOnce(&mut Vec<u8>),
    );

    /// A text.
    fn text(out: &mut Vec<u8>, field: Field, text: &str);

    /// A message whose only field, `inside`, is a text.
    fn text_inside(out: &mut Vec<u8>, field: Field, inside: Field, text: &str);

    /// A text that is the inside of a JSON string of this crate's own.
    fn encoded_text(out: &mut Vec<u8>, field: Field, inside: &[u8]);

    /// The bytes of an identifier.
    fn id(out: &mut Vec<u8>, field: Field, bytes: &[u8]);

    /// The bytes of two identifiers, as spans have.
    fn ids(out: &mut Vec<u8>, trace: (Field, [u8; 16]), span: (Field, [u8; 8]));

    /// Two unsigned numbers in 64 bits.
    fn two_fixed64(out: &mut Vec<u8>, first: (Field, u64), second: (Field, u64));

    /// An unsigned number in 64 bits.
    fn fixed64(out: &mut Vec<u8>, field: Field, value: u64);

    /// A signed number in 64 bits.
    fn sfixed64(out: &mut Vec<u8>, field: Field, value: i64);

    /// An unsigned number in 32 bits.
    fn fixed32(out: &mut Vec<u8>, field: Field, value: u32);

    /// A signed number, short when it is small.
    fn int(out: &mut Vec<u8>, field: Field, value: i64);

    /// A count or the number of an enumeration's member.
    fn uint(out: &mut Vec<u8>, field: Field, value: u32);

    /// The truth value true.
    fn yes(out: &mut Vec<u8>, field: Field);

    /// A double.
    fn double(out: &mut Vec<u8>, field: Field, value: f64);

    /// A list of doubles.
    fn doubles(out: &mut Vec<u8>, field: Field, values: &[f64]);

    /// A list of unsigned numbers in 64 bits.
    fn fixed64s(out: &mut Vec<u8>, field: Field, values: &[u64]);

    /// A message.
    fn message(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>));

    /// Begins a list of messages.
    fn open_list(out: &mut Vec<u8>, field: Field);

    /// A message in the list.
    fn item(out: &mut Vec<u8>, field: Field, fill: impl FnOnce(&mut Vec<u8>));

    /// A `KeyValue` in the list. The key is the inside of a JSON string of this crate's own.
    fn attribute(out: &mut Vec<u8>, field: Field, key: &[u8], value: Encoded<'_>);

    /// Those of `entries` at the front that there is a quicker way for, if none of them can go beyond the offset `end`;
    /// returns how many.
    fn quick_attributes(
        out: &mut Vec<u8>,
        field: Field,
        attributes: &Attributes,
        entries: &[Entry],
        end: usize,
        keep: &impl Fn(&Entry) -> bool,
    ) -> usize;

    /// Ends the list that began at the offset `start`; an empty one is taken back.
    fn close_list(out: &mut Vec<u8>, start: usize);
}

/// Appends a list of messages.
pub(super) fn list<F: Form, T>(
    out: &mut Vec<u8>,
    field: Field,
    items: impl IntoIterator<Item = T>,
    mut fill: impl FnMut(&mut Vec<u8>, T),
) {
    let start = out.len();
    F::open_list(out, field);
    for item in items {
        F::item(out, field, |out| fill(out, item));
    }
    F::close_list(out, start);
}
