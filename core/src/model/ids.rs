//! Trace and span identifiers and where new ones come from.
//!
//! Not for parsing headers: see `model::propagation`.

pub use opentelemetry::{SpanId, TraceFlags, TraceId};

use crate::generation;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// The flag that the right half of a trace id is random.
const RANDOM: TraceFlags = TraceFlags::new(0b10);

/// Makes identifiers: random ones, or a sequence for tests.
#[derive(Debug, Default)]
pub struct IdGenerator {
    sequence: Option<Sequence>,
}

#[derive(Debug)]
struct Sequence {
    first: u64,
    next: AtomicU64,
    /// How many numbers were drawn.
    drawn: AtomicU64,
}

impl IdGenerator {
    /// Random identifiers from a generator per thread, seeded anew after fork.
    #[must_use]
    pub const fn random() -> Self {
        Self { sequence: None }
    }

    /// Trace and span identifiers share one sequence that begins with `first`.
    #[must_use]
    pub const fn sequence(first: u64) -> Self {
        let sequence = Sequence { first, next: AtomicU64::new(first), drawn: AtomicU64::new(0) };
        Self { sequence: Some(sequence) }
    }

    /// The flags of a new trace that is not sampled: whether its id is random (W3C Trace Context level 2).
    #[must_use]
    pub const fn trace_flags(&self) -> TraceFlags {
        if self.sequence.is_none() { RANDOM } else { TraceFlags::NOT_SAMPLED }
    }

    /// A new trace id, never all zero.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        match &self.sequence {
            Some(of) => TraceId::from(u128::from(of.next.fetch_add(1, Ordering::Relaxed))),
            None => TraceId::from((u128::from(random()) << 64) | u128::from(random())),
        }
    }

    /// A new span id, never all zero.
    #[must_use]
    pub fn span_id(&self) -> SpanId {
        match &self.sequence {
            Some(of) => SpanId::from(of.next.fetch_add(1, Ordering::Relaxed)),
            None => SpanId::from(random()),
        }
    }

    /// A number for a decision that no identifier makes. With a sequence it follows from the sequence's first number and
    /// from how many were drawn before.
    #[must_use]
    pub fn draw(&self) -> u64 {
        match &self.sequence {
            Some(of) => scattered(of.first, of.drawn.fetch_add(1, Ordering::Relaxed)),
            None => random(),
        }
    }
}

/// The number at `place` of the sequence that SplitMix64 makes of `seed`.
const fn scattered(seed: u64, place: u64) -> u64 {
    let mut bits = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

struct Seeded {
    generation: u64,
    source: Xoshiro256PlusPlus,
}

thread_local! {
    static SOURCE: RefCell<Option<Seeded>> = const { RefCell::new(None) };
}

/// 64 random bits that are not all zero.
fn random() -> u64 {
    SOURCE.with(|cell| {
        let Ok(mut slot) = cell.try_borrow_mut() else {
            return fresh_seed().next_u64() | 1;
        };
        let now = generation::current();
        let seeded = match slot.as_mut() {
            Some(seeded) if seeded.generation == now => seeded,
            _ => slot.insert(Seeded { generation: now, source: fresh_seed() }),
        };
        loop {
            let bits = seeded.source.next_u64();
            if bits != 0 {
                return bits;
            }
        }
    })
}

/// A generator seeded from the operating system's randomness, mixed with what differs between
/// a parent, its forked children and a restored snapshot: generation, process id and time.
fn fresh_seed() -> Xoshiro256PlusPlus {
    let state = RandomState::new();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut seed = [0_u8; 32];
    for (part, chunk) in seed.chunks_exact_mut(8).enumerate() {
        let bits = state.hash_one((part, generation::current(), std::process::id(), now.as_nanos()));
        chunk.copy_from_slice(&bits.to_le_bytes());
    }
    Xoshiro256PlusPlus::from_seed(seed)
}

/// The lower-case hexadecimal digits of a number.
///
/// All eight at once: each digit moves into a byte of its own, and those from ten on get what lies between the
/// digits and the letters.
#[inline]
#[must_use]
pub const fn hex_digits(value: u32) -> [u8; 8] {
    let mut digits = value as u64;
    digits = (digits << 16 | digits) & 0x0000_ffff_0000_ffff;
    digits = (digits << 8 | digits) & 0x00ff_00ff_00ff_00ff;
    digits = (digits << 4 | digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    (digits + 0x3030_3030_3030_3030 + letters * 0x27).to_be_bytes()
}

/// The value of eight lower-case hexadecimal digits; nothing when any of them is something else.
#[inline]
#[must_use]
pub fn hex_value(digits: [u8; 8]) -> Option<u32> {
    let text = u64::from_be_bytes(digits);
    // Letters have bit 6 set, and their low four bits begin with 1 for `a`.
    let letters = text >> 6 & 0x0101_0101_0101_0101;
    let mut value = (text & 0x0f0f_0f0f_0f0f_0f0f).wrapping_add(letters * 9) & 0x0f0f_0f0f_0f0f_0f0f;
    value = (value | value >> 4) & 0x00ff_00ff_00ff_00ff;
    value = (value | value >> 8) & 0x0000_ffff_0000_ffff;
    let value = (value | value >> 16) as u32;
    // Anything else that came out as a value is written as other digits.
    (hex_digits(value) == digits).then_some(value)
}

/// A trace id as lower-case hexadecimal digits.
#[inline]
#[must_use]
pub fn trace_id_digits(id: TraceId) -> [u8; 32] {
    digits(id.to_bytes())
}

/// Two span ids as lower-case hexadecimal digits, which takes no longer than one.
#[inline]
#[must_use]
pub fn span_ids_digits([one, other]: [SpanId; 2]) -> [[u8; 16]; 2] {
    let bits = |id: SpanId| u128::from(u64::from_be_bytes(id.to_bytes()));
    let digits = digits((bits(one) << 64 | bits(other)).to_be_bytes());
    let mut both = [[0; 16]; 2];
    both.as_flattened_mut().copy_from_slice(&digits);
    both
}

/// Two digits for each byte. The compiler makes vector instructions of it.
#[inline]
fn digits(bytes: [u8; 16]) -> [u8; 32] {
    let digit = |half: u8| half + b'0' + if half > 9 { b'a' - b'9' - 1 } else { 0 };
    let pairs = bytes.map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    let mut digits = [0; 32];
    digits.copy_from_slice(pairs.as_flattened());
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_digit_has_no_value() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut digits = *b"01239abf";
                digits[place] = byte;
                let is_digit = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                let told =
                    std::str::from_utf8(&digits).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
                assert_eq!(hex_value(digits), told.filter(|_| is_digit), "{byte} at {place}");
            }
        }
    }

    #[test]
    fn every_digit_is_written() {
        for value in (0..=u32::MAX).step_by(65_521) {
            assert_eq!(hex_digits(value), *format!("{value:08x}").as_bytes());
            assert_eq!(hex_value(hex_digits(value)), Some(value));
        }
        let trace = trace_id_digits(TraceId::from(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128));
        assert_eq!(&trace, b"0123456789abcdeffedcba9876543210");
        let span = SpanId::from(0x0f1e_2d3c_4b5a_6978_u64);
        let both = span_ids_digits([span, SpanId::from(0xfedc_ba98_7654_3210_u64)]);
        assert_eq!(both, [*b"0f1e2d3c4b5a6978", *b"fedcba9876543210"]);
        for byte in 0..=u8::MAX {
            let trace = TraceId::from(u128::from_be_bytes([byte; 16]));
            assert_eq!(trace_id_digits(trace).as_slice(), format!("{byte:02x}").repeat(16).as_bytes());
        }
    }

    #[test]
    fn a_sequence_counts_trace_and_span_ids_together() {
        let ids = IdGenerator::sequence(1);
        assert_eq!(ids.trace_id().to_string(), "00000000000000000000000000000001");
        assert_eq!(ids.span_id().to_string(), "0000000000000002");
    }

    #[test]
    fn random_ids_differ_between_calls_and_generations() {
        let ids = IdGenerator::random();
        let first = ids.trace_id();
        generation::advance();
        assert_ne!(first, ids.trace_id());
        assert_ne!(ids.span_id(), ids.span_id());
    }
}
