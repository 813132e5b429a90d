//! The quick way for attributes that are short and without escapes, as nearly all are: no length takes more than one
//! byte, and room for all of them is made at once.
//!
//! Not for lists, maps, long values and values with marks: `values` writes everything.

use super::values::{double, whole};
use super::wire::{FIXED64, LENGTH, VARINT, short_tag, varint_len};
use crate::encode::otlp::fields::{any_value, key_value};
use crate::model::attributes::{Attributes, Entry, Role};

/// Keys and values of so many bytes together have lengths of one byte.
const MOST_BYTES: usize = 0x7f - 16;

/// How many bytes a `KeyValue` takes more than its member of an object, at most: `-1` takes ten.
const MORE_BYTES: usize = 12;

/// Texts are copied in pieces of this size, which may go beyond their ends.
const PIECE_BYTES: usize = 16;

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
    has_escapes: bool,
    end: usize,
    keep: &impl Fn(&Entry) -> bool,
) -> usize {
    let ([first, ..], [.., last]) = (entries, entries) else { return 0 };
    let members = last.end.saturating_sub(first.start) as usize;
    let start = out.len();
    let most = start + members + entries.len() * MORE_BYTES;
    if most > end || !attributes.marks.is_empty() {
        return 0;
    }
    out.resize(most + PIECE_BYTES, 0);
    let (mut at, mut done) = (start, 0);
    for entry in entries {
        if keep(entry) {
            if has_escapes && memchr::memchr(b'\\', attributes.member(entry)).is_some() {
                break;
            }
            match write_one(out, at, tag, &attributes.bytes, entry) {
                Some(behind) => at = behind,
                None => break,
            }
        }
        done += 1;
    }
    out.truncate(at);
    done
}

/// Writes one at the offset `at`; returns the offset behind it.
#[inline(always)]
fn write_one(out: &mut [u8], at: usize, tag: u8, bytes: &[u8], entry: &Entry) -> Option<usize> {
    // Around the key stand `,"` and `":`.
    let (key_at, value_at) = (entry.start as usize + 2, entry.value as usize);
    let key_length = value_at.checked_sub(key_at + 2)?;
    let value_length = (entry.end as usize).checked_sub(value_at)?;
    if key_length + value_length > MOST_BYTES || entry.role == Role::Reserved {
        return None;
    }
    let value = bytes.get(value_at..value_at + value_length)?;
    let behind_key = at + 4 + key_length;
    let begin = |out: &mut [u8], length: usize| {
        let whole_length = (key_length + length + 4) as u8;
        put(out, at, [tag, whole_length, KEY, key_length as u8])?;
        copy(out, at + 4, bytes, key_at, key_length)
    };
    match value {
        [b'"', ..] => {
            let length = value_length.checked_sub(2)?;
            begin(out, length + 2)?;
            put(out, behind_key, [VALUE, length as u8 + 2, STRING, length as u8])?;
            copy(out, behind_key + 4, bytes, value_at + 1, length)?;
            Some(behind_key + 4 + length)
        }
        [b'-' | b'0'..=b'9', ..] => match whole(value) {
            Some(number) => {
                let length = varint_len(number as u64);
                begin(out, length + 1)?;
                put(out, behind_key, [VALUE, length as u8 + 1, INT])?;
                put_varint(out, behind_key + 3, number as u64)
            }
            None => {
                begin(out, 9)?;
                put(out, behind_key, [VALUE, 9, DOUBLE])?;
                put(out, behind_key + 3, double(value).to_le_bytes())?;
                Some(behind_key + 11)
            }
        },
        [first @ (b't' | b'f'), ..] => {
            begin(out, 2)?;
            put(out, behind_key, [VALUE, 2, BOOL, u8::from(*first == b't')])?;
            Some(behind_key + 4)
        }
        _ => None,
    }
}

#[inline(always)]
fn put<const N: usize>(out: &mut [u8], at: usize, bytes: [u8; N]) -> Option<()> {
    *out.get_mut(at..)?.first_chunk_mut::<N>()? = bytes;
    Some(())
}

#[inline(always)]
fn put_varint(out: &mut [u8], mut at: usize, mut value: u64) -> Option<usize> {
    while value >= 0x80 {
        *out.get_mut(at)? = value as u8 | 0x80;
        value >>= 7;
        at += 1;
    }
    *out.get_mut(at)? = value as u8;
    Some(at + 1)
}

/// Copies a text. A short one costs less as one piece, whatever stands behind it: that is written over next.
#[inline(always)]
fn copy(out: &mut [u8], to: usize, bytes: &[u8], from: usize, length: usize) -> Option<()> {
    if length <= PIECE_BYTES
        && let Some(piece) = bytes.get(from..).and_then(|bytes| bytes.first_chunk::<PIECE_BYTES>())
    {
        return put(out, to, *piece);
    }
    out.get_mut(to..to + length)?.copy_from_slice(bytes.get(from..from + length)?);
    Some(())
}
