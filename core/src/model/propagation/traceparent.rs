//! The `traceparent` header (W3C Trace Context, levels 1 and 2).
//! Not for sampling: the flag is carried, `api::sampler` acts on it.

use super::text;
use crate::model::context::{Context, SpanContext};
use crate::model::ids::{
    SpanId, TraceFlags, TraceId, hex_digits, hex_value, span_ids_digits, trace_id_digits,
};

/// Length of a header of version 00, in bytes.
const LENGTH: usize = 55;

// The flags sampled and random. The other bits are reserved, and a header that is written has them zero.
const KNOWN_FLAGS: u8 = 0b11;

/// Reads the header's value.
#[must_use]
pub fn parse(value: &str) -> Option<SpanContext> {
    let bytes = text::trim(value).as_bytes();
    let [version, trace, span, flags] = fields(bytes)?;
    // The two digits of each, with those of nothing behind.
    let ([v, w], [f, g]) = (version.first_chunk::<2>()?, flags.first_chunk::<2>()?);
    let [version, flags, ..] = hex_value([*v, *w, *f, *g, b'0', b'0', b'0', b'0'])?.to_be_bytes();
    // Version 00 is exactly that long; a later one may go on, but only behind another dash.
    let length_fits = bytes.len() == LENGTH || (version > 0 && bytes.get(LENGTH) == Some(&b'-'));
    let ([a, b, c, d], [e, f]) = (hex(trace)?, hex(span)?);
    let trace_id = TraceId::from(u128::from(join(a, b)) << 64 | u128::from(join(c, d)));
    let span_id = SpanId::from(join(e, f));
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

/// Lower-case hexadecimal digits as 32 bits for each eight of them, in the order of their writing.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u32; N]> {
    let mut words = [0; N];
    let (eights, rest) = digits.as_chunks::<8>();
    for (word, eight) in words.iter_mut().zip(eights) {
        *word = hex_value(*eight)?;
    }
    (eights.len() == N && rest.is_empty()).then_some(words)
}

fn join(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

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
