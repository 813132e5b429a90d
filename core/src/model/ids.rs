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

/// Makes identifiers: random ones, or a sequence for tests.
#[derive(Debug, Default)]
pub struct IdGenerator {
    sequence: Option<AtomicU64>,
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
        Self { sequence: Some(AtomicU64::new(first)) }
    }

    /// A new trace id, never all zero.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        match &self.sequence {
            Some(next) => TraceId::from(u128::from(next.fetch_add(1, Ordering::Relaxed))),
            None => TraceId::from((u128::from(random()) << 64) | u128::from(random())),
        }
    }

    /// A new span id, never all zero.
    #[must_use]
    pub fn span_id(&self) -> SpanId {
        match &self.sequence {
            Some(next) => SpanId::from(next.fetch_add(1, Ordering::Relaxed)),
            None => SpanId::from(random()),
        }
    }
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

/// Two digits for every byte, found in one step.
static HEX: [[u8; 2]; 256] = hex_table();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within the bounds of both arrays")]
const fn hex_table() -> [[u8; 2]; 256] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xf]];
        byte += 1;
    }
    table
}

/// The lower-case hexadecimal digits of each byte.
#[inline]
#[must_use]
pub fn hex_digits<const N: usize>(bytes: [u8; N]) -> [[u8; 2]; N] {
    bytes.map(|byte| HEX.get(usize::from(byte)).copied().unwrap_or_default())
}

/// Appends an identifier as lower-case hexadecimal digits.
#[inline]
pub fn write_hex<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N]) {
    out.extend_from_slice(hex_digits(*bytes).as_flattened());
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn hex_is_lower_case() {
        let mut out = Vec::new();
        write_hex(&mut out, &[0xab, 0x01]);
        assert_eq!(out, b"ab01");
    }
}
