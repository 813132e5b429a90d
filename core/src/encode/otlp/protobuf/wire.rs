//! Protobuf's wire format: tags, variable-length integers, lengths in front of messages.

use crate::encode::otlp::fields::Field;
use crate::encode::pieces::append_text;

/// The wire types that OTLP uses.
pub(super) const VARINT: u32 = 0;
pub(super) const FIXED64: u32 = 1;
pub(super) const LENGTH: u32 = 2;
pub(super) const FIXED32: u32 = 5;

/// Appends a field's tag.
#[inline]
pub(super) fn write_tag(out: &mut Vec<u8>, field: Field, wire_type: u32) {
    write_varint(out, u64::from(field.number << 3 | wire_type));
}

/// Whether a field's tag is one byte.
#[inline]
const fn is_short(field: Field) -> bool {
    field.number < 16
}

/// The tag of a field whose number is below 16.
#[inline]
pub(super) const fn short_tag(field: Field, wire_type: u32) -> u8 {
    (field.number << 3 | wire_type) as u8
}

/// Appends an unsigned integer, seven bits in each byte, the lowest first.
#[inline]
pub(super) fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// How many bytes [`write_varint`] appends.
#[inline]
pub(super) const fn varint_len(value: u64) -> usize {
    // Each byte holds seven bits; zero takes one, too.
    (63 - (value | 1).leading_zeros() as usize) / 7 + 1
}

/// How many bytes a field takes that holds `length` bytes.
#[inline]
pub(super) const fn tagged_length(field: Field, length: usize) -> usize {
    varint_len((field.number << 3) as u64) + varint_len(length as u64) + length
}

/// Appends a field of bytes.
#[inline]
pub(super) fn bytes(out: &mut Vec<u8>, field: Field, bytes: &[u8]) {
    if is_short(field) && bytes.len() < 0x80 {
        out.extend_from_slice(&[short_tag(field, LENGTH), bytes.len() as u8]);
    } else {
        write_tag(out, field, LENGTH);
        write_varint(out, bytes.len() as u64);
    }
    append_text(out, bytes);
}

/// Appends a message whose only field is bytes.
#[inline]
pub(super) fn bytes_inside(out: &mut Vec<u8>, field: Field, inside: Field, text: &[u8]) {
    let length = text.len();
    if is_short(field) && is_short(inside) && length < 0x7e {
        let tags = [short_tag(field, LENGTH), short_tag(inside, LENGTH)];
        out.extend_from_slice(&[tags[0], length as u8 + 2, tags[1], length as u8]);
        return append_text(out, text);
    }
    write_tag(out, field, LENGTH);
    write_varint(out, tagged_length(inside, length) as u64);
    bytes(out, inside, text);
}

/// Appends a field of an unsigned integer.
#[inline]
pub(super) fn uint(out: &mut Vec<u8>, field: Field, value: u64) {
    if is_short(field) && value < 0x80 {
        out.extend_from_slice(&[short_tag(field, VARINT), value as u8]);
    } else {
        write_tag(out, field, VARINT);
        write_varint(out, value);
    }
}

/// Appends a field of eight bytes.
#[inline]
pub(super) fn eight(out: &mut Vec<u8>, field: Field, bytes: [u8; 8]) {
    write_tag(out, field, FIXED64);
    out.extend_from_slice(&bytes);
}

/// Makes `room` the field of a few bytes that it has room for; its number is below 16.
#[inline]
pub(super) fn fill_short(room: &mut [u8], field: Field, bytes: &[u8]) {
    if let [tag, length, inside @ ..] = room
        && inside.len() == bytes.len()
    {
        (*tag, *length) = (short_tag(field, LENGTH), bytes.len() as u8);
        inside.copy_from_slice(bytes);
    }
}

/// Appends a list of numbers of eight bytes, none when it is empty.
pub(super) fn packed(out: &mut Vec<u8>, field: Field, values: impl ExactSizeIterator<Item = [u8; 8]>) {
    if values.len() > 0 {
        write_tag(out, field, LENGTH);
        write_varint(out, values.len() as u64 * 8);
        values.for_each(|value| out.extend_from_slice(&value));
    }
}

/// Appends what `fill` appends, its length in front, for which so many bytes are guessed. When another number is
/// needed, what was appended moves.
#[inline]
pub(super) fn sized(out: &mut Vec<u8>, guessed: usize, fill: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice([0; 2].get(..guessed).unwrap_or_default());
    let start = out.len();
    fill(out);
    let length = out.len() - start;
    match out.get_mut(at..start) {
        Some([one]) if length < 0x80 => *one = length as u8,
        Some([low, high]) if (0x80..0x4000).contains(&length) => {
            *low = length as u8 | 0x80;
            *high = (length >> 7) as u8;
        }
        _ => move_for_length(out, at, start),
    }
}

#[cold]
fn move_for_length(out: &mut Vec<u8>, at: usize, start: usize) {
    let mut length = (out.len() - start) as u64;
    let (end, inside) = (out.len(), at + varint_len(length));
    out.resize(end.max(inside + length as usize), 0);
    out.copy_within(start..end, inside);
    out.truncate(inside + length as usize);
    for byte in out.get_mut(at..inside).unwrap_or_default() {
        *byte = length as u8 | 0x80;
        length >>= 7;
    }
    // The highest seven bits end it.
    if let Some(last) = out.get_mut(inside - 1) {
        *last &= 0x7f;
    }
}

/// Reads an unsigned integer off the front.
fn take_varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (position, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, bytes.get(position + 1..)?));
        }
    }
    None
}

/// Splits off a length and as many bytes as it says; the first part is without the length.
pub(super) fn take_section(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = take_varint(bytes)?;
    rest.split_at_checked(length)
}

/// Splits off a field of bytes, tag and length included, if `bytes` begins with this field, whose number is below 16.
pub(super) fn take_field(bytes: &[u8], field: Field) -> Option<(&[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    if u32::from(*tag) != field.number << 3 | LENGTH {
        return None;
    }
    let (_, behind) = take_section(rest)?;
    bytes.split_at_checked(bytes.len() - behind.len())
}

/// The insides of all fields of bytes that are this one, up to what is no field.
pub(super) fn insides(mut bytes: &[u8], field: Field) -> impl Iterator<Item = &[u8]> {
    let all = std::iter::from_fn(move || {
        let (tag, inside, behind) = take_any(bytes)?;
        bytes = behind;
        Some((tag, inside))
    });
    all.filter(move |(tag, _)| *tag == (field.number << 3 | LENGTH) as usize).map(|(_, inside)| inside)
}

/// Splits off a field of whatever type: its tag, and its inside if that is bytes.
fn take_any(bytes: &[u8]) -> Option<(usize, &[u8], &[u8])> {
    let (tag, rest) = take_varint(bytes)?;
    let none: &[u8] = &[];
    let (inside, behind) = match (tag & 7) as u32 {
        VARINT => (none, take_varint(rest)?.1),
        FIXED64 => (none, rest.get(8..)?),
        LENGTH => take_section(rest)?,
        FIXED32 => (none, rest.get(4..)?),
        _ => return None,
    };
    Some((tag, inside, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varint(value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write_varint(&mut out, value);
        out
    }

    #[test]
    fn integers_come_back_and_take_as_many_bytes_as_foretold() {
        assert_eq!(varint(300), [0xac, 0x02]);
        for bit in 0..64 {
            for value in [(1_u64 << bit) - 1, 1 << bit, u64::MAX >> bit] {
                let bytes = varint(value);
                assert_eq!(bytes.len(), varint_len(value), "{value}");
                assert_eq!(take_varint(&bytes), Some((value as usize, &[][..])));
            }
        }
        assert_eq!(take_varint(&[0x80; 11]), None);
    }

    #[test]
    fn fields_are_found_behind_those_of_every_type() {
        let field = |number| Field { number, member: "" };
        let mut out = Vec::new();
        write_tag(&mut out, field(1), VARINT);
        write_varint(&mut out, 300);
        eight(&mut out, field(2), [b'2'; 8]);
        bytes(&mut out, field(3), b"three");
        write_tag(&mut out, field(4), FIXED32);
        out.extend_from_slice(b"four");
        bytes(&mut out, field(3), b"again");
        assert_eq!(insides(&out, field(3)).collect::<Vec<_>>(), [&b"three"[..], b"again"]);
        assert_eq!(insides(&out, field(4)).count(), 0, "it is no bytes");
        // What is torn is no field, and nothing is behind it.
        out.truncate(out.len() - 1);
        assert_eq!(insides(&out, field(3)).collect::<Vec<_>>(), [b"three"]);
        assert_eq!(insides(b"\x0f", field(1)).count(), 0);
    }

    #[test]
    fn every_length_is_written_as_short_as_it_can_be() {
        for length in [0, 1, 127, 128, 16_383, 16_384, 3_000_000] {
            for guessed in [1, 2] {
                let mut out = vec![b'x'];
                sized(&mut out, guessed, |out| out.resize(out.len() + length, 7));
                let mut expected = vec![b'x'];
                expected.extend(varint(length as u64));
                expected.resize(expected.len() + length, 7);
                assert!(out == expected, "{length} bytes, {guessed} guessed");
            }
        }
    }
}
