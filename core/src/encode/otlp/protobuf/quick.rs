//! The quick way for attributes that are short and whose values are known, as nearly all are: no length takes more than
//! one byte, and no text is read.
//!
//! Not for the others: `values` writes everything.

use super::wire::{FIXED64, LENGTH, VARINT, short_tag, varint_len, write_varint};
use crate::encode::otlp::fields::{any_value, key_value};
use crate::encode::pieces::{append_start, append_text};
use crate::model::attributes::{Attributes, Entry, KnownValue, Role};

/// A key and a text of so many bytes together have lengths of one byte.
const MOST_BYTES: usize = 0x7f - 16;

/// How many bytes a `KeyValue` takes more than its member of an object, at most: `-1` takes ten.
const MORE_BYTES: usize = 12;

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
    if out.len() + members + entries.len() * MORE_BYTES > end || attributes.has_escaped_key {
        return 0;
    }
    let mut done = 0;
    for entry in entries {
        if keep(entry) && !write_one(out, tag, &attributes.bytes, entry) {
            break;
        }
        done += 1;
    }
    done
}

/// Appends one; false when it has to be written the other way.
#[inline(always)]
fn write_one(out: &mut Vec<u8>, tag: u8, bytes: &[u8], entry: &Entry) -> bool {
    // Around the key stand `,"` and `":`.
    let (key_at, value_at) = (entry.start as usize + 2, entry.value as usize);
    let key_length = value_at.wrapping_sub(key_at + 2);
    if key_length > MOST_BYTES || entry.role == Role::Reserved {
        return false;
    }
    let length = match entry.known {
        KnownValue::Nothing => return false,
        KnownValue::Text => {
            let length = (entry.end as usize).wrapping_sub(value_at + 2);
            if length > MOST_BYTES - key_length {
                return false;
            }
            2 + length
        }
        KnownValue::Bool(_) => 2,
        KnownValue::Int(value) => 1 + varint_len(value as u64),
        KnownValue::Float(_) => 9,
    };
    out.extend_from_slice(&[tag, (key_length + length + 4) as u8, KEY, key_length as u8]);
    append(out, bytes, key_at, key_length);
    match entry.known {
        KnownValue::Nothing => {}
        KnownValue::Text => {
            out.extend_from_slice(&[VALUE, length as u8, STRING, length as u8 - 2]);
            append(out, bytes, value_at + 1, length - 2);
        }
        KnownValue::Bool(value) => out.extend_from_slice(&[VALUE, 2, BOOL, u8::from(value)]),
        KnownValue::Int(value) => append_int(out, value as u64, length),
        KnownValue::Float(bits) => {
            let [a, b, c, d, e, f, g, h] = bits.to_le_bytes();
            out.extend_from_slice(&[VALUE, 9, DOUBLE, a, b, c, d, e, f, g, h]);
        }
    }
    true
}

/// Appends a value that is an integer and takes `length` bytes.
#[inline(always)]
fn append_int(out: &mut Vec<u8>, value: u64, length: usize) {
    let most = [VALUE, length as u8, INT];
    if length > 5 {
        out.extend_from_slice(&most);
        return write_varint(out, value);
    }
    // Of up to four bytes, each gets its seven bits at once, and all but the last the bit that says more follow.
    let halves = (value & 0x3fff) | (value & 0x0fff_c000) << 2;
    let sevens = (halves & 0x007f_007f) | (halves & 0x3f80_3f80) << 1;
    let more = 0x8080_8080_u64 & !(u64::MAX << (8 * (length - 2)));
    let [a, b, c, d, ..] = (sevens | more).to_le_bytes();
    let [value_tag, value_length, int] = most;
    append_start(out, &[value_tag, value_length, int, a, b, c, d], 2 + length);
}

/// Appends a text. A short one costs less as one piece of fixed size, whatever stands behind it.
#[inline(always)]
fn append(out: &mut Vec<u8>, bytes: &[u8], from: usize, length: usize) {
    const PIECE_BYTES: usize = 16;
    let piece = bytes.get(from..from + PIECE_BYTES).and_then(|piece| piece.first_chunk::<PIECE_BYTES>());
    match piece {
        Some(piece) if length <= PIECE_BYTES => append_start(out, piece, length),
        _ => append_text(out, bytes.get(from..from + length).unwrap_or_default()),
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
        let rules = Rules::new(Limits::default(), &Default::default(), None);
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
