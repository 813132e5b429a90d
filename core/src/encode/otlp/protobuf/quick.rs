//! The quick way for attributes that are short and whose values are known, as nearly all are: no length takes more than
//! one byte, no text is read, and room for all of them is made at once.
//!
//! Not for the others: `values` writes everything.

use super::wire::{FIXED64, LENGTH, VARINT, short_tag};
use crate::encode::otlp::fields::{any_value, key_value};
use crate::model::attributes::{Attributes, Entry, KnownValue, Role};

/// A key and a text of so many bytes together have lengths of one byte.
const MOST_BYTES: usize = 0x7f - 16;

/// How many bytes a `KeyValue` takes more than its member of an object, at most: `-1` takes ten.
const MORE_BYTES: usize = 12;

/// Texts are copied in pieces of this size, which may go beyond their ends.
const PIECE_BYTES: usize = 16;

/// Room for any one of them, pieces that go beyond their ends included.
const ROOM_BYTES: usize = 0x7f + 2 + PIECE_BYTES;

type Room = [u8; ROOM_BYTES];

const KEY: u8 = short_tag(key_value::KEY, LENGTH);
const VALUE: u8 = short_tag(key_value::VALUE, LENGTH);
const STRING: u8 = short_tag(any_value::STRING, LENGTH);
const BOOL: u8 = short_tag(any_value::BOOL, VARINT);
const INT: u8 = short_tag(any_value::INT, VARINT);
const DOUBLE: u8 = short_tag(any_value::DOUBLE, FIXED64);

/// Appends those of `entries` that are kept, up to the first that has to be written the other way; returns how many
/// it has gone through. None if they might go beyond the offset `end`.
#[inline]
pub(super) fn write(
    out: &mut Vec<u8>,
    tag: u8,
    attributes: &Attributes,
    entries: &[Entry],
    end: usize,
    keep: &impl Fn(&Entry) -> bool,
) -> usize {
    let ([first, ..], [.., last]) = (entries, entries) else { return 0 };
    let members = last.end.saturating_sub(first.start) as usize;
    let start = out.len();
    let most = start + members + entries.len() * MORE_BYTES;
    if most > end || attributes.has_escaped_key || first.known == KnownValue::Nothing {
        return 0;
    }
    out.resize(most + ROOM_BYTES, 0);
    let (mut at, mut done) = (start, 0);
    for entry in entries {
        if keep(entry) {
            let room = out.get_mut(at..).and_then(|out| out.first_chunk_mut());
            match room.and_then(|room| write_one(room, tag, &attributes.bytes, entry)) {
                Some(length) => at += length,
                None => break,
            }
        }
        done += 1;
    }
    out.truncate(at);
    done
}

/// Writes one; returns how many bytes it takes.
#[inline(always)]
fn write_one(room: &mut Room, tag: u8, bytes: &[u8], entry: &Entry) -> Option<usize> {
    // Around the key stand `,"` and `":`.
    let (key_at, value_at) = (entry.start as usize + 2, entry.value as usize);
    let key_length = value_at.wrapping_sub(key_at + 2);
    if key_length > MOST_BYTES || entry.role == Role::Reserved {
        return None;
    }
    copy(room, 4, bytes, key_at, key_length)?;
    let at = 4 + key_length;
    let length = match entry.known {
        KnownValue::Nothing => return None,
        KnownValue::Text => {
            let length = (entry.end as usize).wrapping_sub(value_at + 2);
            if length > MOST_BYTES - key_length {
                return None;
            }
            put(room, at, [VALUE, length as u8 + 2, STRING, length as u8])?;
            copy(room, at + 4, bytes, value_at + 1, length)?;
            4 + length
        }
        KnownValue::Bool(value) => {
            put(room, at, [VALUE, 2, BOOL, u8::from(value)])?;
            4
        }
        KnownValue::Int(value) => {
            let length = put_varint(room, at + 3, value as u64)?;
            put(room, at, [VALUE, length as u8 + 1, INT])?;
            3 + length
        }
        KnownValue::Float(bits) => {
            put(room, at, [VALUE, 9, DOUBLE])?;
            put(room, at + 3, bits.to_le_bytes())?;
            11
        }
    };
    put(room, 0, [tag, (key_length + length + 2) as u8, KEY, key_length as u8])?;
    Some(at + length)
}

#[inline(always)]
fn put<const N: usize>(room: &mut Room, at: usize, bytes: [u8; N]) -> Option<()> {
    room.get_mut(at..at + N)?.copy_from_slice(&bytes);
    Some(())
}

/// Writes an unsigned integer; returns how many bytes it takes.
#[inline(always)]
fn put_varint(room: &mut Room, at: usize, mut value: u64) -> Option<usize> {
    let mut length = 0;
    while value >= 0x80 {
        *room.get_mut(at + length)? = value as u8 | 0x80;
        value >>= 7;
        length += 1;
    }
    *room.get_mut(at + length)? = value as u8;
    Some(length + 1)
}

/// Copies a text. A short one costs less as one piece, whatever stands behind it: that is written over next.
#[inline(always)]
fn copy(room: &mut Room, to: usize, bytes: &[u8], from: usize, length: usize) -> Option<()> {
    if length <= PIECE_BYTES
        && let Some(piece) = piece(bytes, from)
    {
        return put(room, to, piece);
    }
    room.get_mut(to..to + length)?.copy_from_slice(bytes.get(from..from + length)?);
    Some(())
}

/// What stands from an offset on, zeros where nothing does; none if all bytes are fewer than a piece.
#[inline(always)]
fn piece(bytes: &[u8], from: usize) -> Option<[u8; PIECE_BYTES]> {
    match bytes.get(from..from + PIECE_BYTES) {
        Some(piece) => piece.first_chunk().copied(),
        None => {
            let last = u128::from_le_bytes(*bytes.last_chunk()?);
            let missing = from + PIECE_BYTES - bytes.len();
            last.checked_shr(8 * missing as u32).map(u128::to_le_bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Protobuf;
    use crate::encode::attributes::key::Rules;
    use crate::encode::attributes::limits::Limits;
    use crate::encode::attributes::target::Target;
    use crate::encode::attributes::writer::AttributeWriter;
    use crate::encode::otlp::attributes::Fitting;
    use crate::encode::otlp::fields::log_record;
    use crate::model::attributes::{Attributes, KnownValue};
    use crate::stats::Counts;

    fn encoded(attributes: &Attributes) -> Vec<u8> {
        let mut out = b"before".to_vec();
        Fitting::<Protobuf>::open(&mut out, log_record::ATTRIBUTES, usize::MAX).set(
            &mut out,
            attributes,
            |_| true,
        );
        out
    }

    /// Encodes what `fill` writes both ways, which must not differ.
    fn check(rules: &Rules, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
        let (counts, mut attributes) = (Counts::default(), Attributes::default());
        fill(&mut AttributeWriter::new(&mut attributes, rules, &counts, Target::Log));
        let quick = encoded(&attributes);
        for entry in &mut attributes.entries {
            entry.known = KnownValue::Nothing;
        }
        assert_eq!(quick, encoded(&attributes), "{}", String::from_utf8_lossy(&attributes.bytes));
    }

    #[test]
    fn it_writes_what_the_other_way_does() {
        let rules = Rules::new(Limits::default(), &[], None);
        for key_length in [0, 1, 8, 15, 16, 17, 95, 96, 110, 111, 112, 250, 300] {
            let key = "k".repeat(key_length);
            for length in 0..140 {
                check(&rules, |w| w.attr(&key, "v".repeat(length).as_str()));
                check(&rules, |w| {
                    w.attr(&key, "v".repeat(length).as_str());
                    w.attr("level", "reserved");
                    w.attr("a\"b", length as i64 - 70);
                    w.attr("yes", length % 2 == 0);
                });
            }
            for number in (0..64).flat_map(|bit| [1 << bit, i64::MAX >> bit, i64::MIN >> bit]) {
                check(&rules, |w| {
                    w.attr("first", number);
                    w.attr(&key, number);
                    w.attr("nan", f64::NAN);
                    w.attr("f", number as f64 / 8.0);
                });
            }
        }
    }
}
