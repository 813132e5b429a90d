//! The `traceparent` header (W3C Trace Context, levels 1 and 2).
//! Not for sampling: the flag is carried, `api::sampler` acts on it.

use super::text;
use crate::model::context::{Context, SpanContext};
use crate::model::ids::{SpanId, TraceFlags, TraceId, hex_digits, span_ids_digits, trace_id_digits};

/// Length of a header of version 00, in bytes.
const LENGTH: usize = 55;

// The flags sampled and random. The other bits are reserved, and a header that is written has them zero.
const KNOWN_FLAGS: u8 = 0b11;

/// Reads the header's value.
#[must_use]
pub fn parse(value: &str) -> Option<SpanContext> {
    let bytes = text::trim(value).as_bytes();
    let [version, trace, span, flags] = fields(bytes)?;
    let [version] = hex(version)?;
    // Version 00 is exactly that long; a later one may go on, but only behind another dash.
    let length_fits = bytes.len() == LENGTH || (version > 0 && bytes.get(LENGTH) == Some(&b'-'));
    let (trace_id, span_id) = (TraceId::from_bytes(hex(trace)?), SpanId::from_bytes(hex(span)?));
    let [flags] = hex(flags)?;
    let ids_fit = trace_id != TraceId::INVALID && span_id != SpanId::INVALID;
    if version == 0xff || !length_fits || !ids_fit {
        return None;
    }
    let flags = TraceFlags::new(flags & KNOWN_FLAGS);
    Some(SpanContext { trace_id, span_id, flags, is_remote: true })
}

/// Version, trace id, span id and flags, if the dashes stand where they should.
fn fields(bytes: &[u8]) -> Option<[&[u8]; 4]> {
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    if !(dash(2) && dash(35) && dash(52)) {
        return None;
    }
    Some([bytes.get(..2)?, bytes.get(3..35)?, bytes.get(36..52)?, bytes.get(53..LENGTH)?])
}

/// Lower-case hexadecimal digits, two a byte.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let mut bad = 0;
    let (pairs, rest) = digits.as_chunks::<2>();
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (nibble(*high), nibble(*low));
        bad |= high | low;
        *byte = high << 4 | (low & 0xf);
    }
    (bad <= 0xf && pairs.len() == N && rest.is_empty()).then_some(bytes)
}

/// The digit's value; beyond 15 for what is no lower-case digit.
#[inline]
fn nibble(digit: u8) -> u8 {
    NIBBLES.get(usize::from(digit)).copied().unwrap_or(BAD)
}

const BAD: u8 = 0x80;

static NIBBLES: [u8; 256] = {
    let mut nibbles = [BAD; 256];
    let mut value = 0_u8;
    while value < 16 {
        let digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
        // Constants cannot iterate; the index is below the table's length.
        #[allow(clippy::indexing_slicing)]
        {
            nibbles[digit as usize] = value;
        }
        value += 1;
    }
    nibbles
};

/// A header of version 00, on the stack.
#[derive(Clone, Copy)]
pub struct Header([u8; LENGTH]);

impl Header {
    /// The header's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Digits and dashes only, so this cannot fail.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Writes the header for a span.
#[must_use]
pub fn format(span: &SpanContext) -> Header {
    let mut header = [b'-'; LENGTH];
    let flags = hex_digits(u32::from(span.flags.to_u8() & KNOWN_FLAGS));
    put(header.get_mut(..2), b"00");
    let [span_id, _] = span_ids_digits([span.span_id; 2]);
    put(header.get_mut(3..35), &trace_id_digits(span.trace_id));
    put(header.get_mut(36..52), &span_id);
    put(header.get_mut(53..), flags.last_chunk::<2>().unwrap_or(b"00"));
    Header(header)
}

#[inline]
fn put(place: Option<&mut [u8]>, digits: &[u8]) {
    if let Some(place) = place.filter(|place| place.len() == digits.len()) {
        place.copy_from_slice(digits);
    }
}

impl Context {
    /// The `traceparent` header of the span in force.
    #[must_use]
    pub fn traceparent(&self) -> Option<String> {
        self.span.as_ref().map(|span| format(span).as_str().to_owned())
    }
}
