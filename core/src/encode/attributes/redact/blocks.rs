//! A text by blocks of 64 bytes, each as sets of its word characters, digits and marks: where every rule of ours begins
//! to look. Each byte is read once for all of them, sixteen at a time.
//!
//! Not for what is looked for at these places: see the rules beside this file.

use wide::u8x16;

/// How many bytes of a text one set speaks of.
const BLOCK: usize = 64;

/// How many bytes one vector holds.
const PIECE: usize = 16;

/// Some places of a block; the lowest bit is its first byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Set {
    places: u64,
    /// One if the byte before the block belongs to the set.
    before: u64,
}

impl Set {
    /// Where rows of it begin.
    #[inline]
    pub(super) fn starts(self) -> u64 {
        self.places & !self.behind()
    }

    /// The places behind one of it.
    #[inline]
    pub(super) fn behind(self) -> u64 {
        self.places << 1 | self.before
    }

    /// The places before one of it or of `others`, as far as the block tells.
    #[inline]
    pub(super) fn ahead_or(self, others: u64) -> u64 {
        (self.places | others) >> 1
    }

    /// The places from which on so many bytes belong to it; those behind the block may.
    #[inline]
    pub(super) fn rows(self, least: u32) -> u64 {
        // Others are moved, since what comes in behind the block is none of them.
        let mut others = !self.places;
        let mut length = 1;
        while length < least {
            let more = length.min(least - length);
            others |= others >> more;
            length += more;
        }
        !others
    }

    /// The places from which on exactly so many bytes belong to it, as far as the block tells.
    #[inline]
    pub(super) fn exact_rows(self, length: u32) -> u64 {
        self.starts() & self.rows(length) & !(self.places >> length)
    }
}

/// The places that have one of `set` so many bytes ahead; those behind the block may.
#[inline]
pub(super) fn ahead(set: u64, bytes: u32) -> u64 {
    !(!set >> bytes)
}

/// A block of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// Where it begins.
    at: usize,
    /// `A-Z a-z 0-9 _ -`.
    pub(super) words: Set,
    pub(super) digits: Set,
    /// `:` and `=`.
    pub(super) marks: u64,
}

impl Block {
    /// Whether a place, counted from the beginning of the text, belongs to a set.
    #[inline]
    pub(super) fn has(&self, set: u64, place: usize) -> bool {
        set >> (place - self.at) & 1 != 0
    }

    /// Whether any place of a set is accepted.
    #[inline]
    pub(super) fn any(&self, mut set: u64, accept: impl Fn(usize) -> bool) -> bool {
        while set != 0 {
            if accept(self.at + set.trailing_zeros() as usize) {
                return true;
            }
            set &= set - 1;
        }
        false
    }

    /// The places of a set, counted from the beginning of the text.
    #[inline]
    pub(super) fn places(&self, mut set: u64) -> impl Iterator<Item = usize> + use<> {
        let at = self.at;
        std::iter::from_fn(move || {
            let place = (set != 0).then(|| at + set.trailing_zeros() as usize);
            set &= set.wrapping_sub(1);
            place
        })
    }
}

/// The blocks of a text, one behind the other.
#[derive(Debug)]
pub(super) struct Blocks<'t> {
    text: &'t [u8],
    at: usize,
    before: Places,
}

/// The blocks of a text.
pub(super) fn blocks(text: &[u8]) -> Blocks<'_> {
    Blocks { text, at: 0, before: Places::default() }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    // One block is most often all, and lives in registers then.
    #[inline(always)]
    fn next(&mut self) -> Option<Block> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let here = Places::of(self.text, rest);
        let last = |places: u64| places >> (BLOCK - 1);
        let block = Block {
            at: self.at,
            words: Set { places: here.words, before: last(self.before.words) },
            digits: Set { places: here.digits, before: last(self.before.digits) },
            marks: here.marks,
        };
        self.before = here;
        self.at += BLOCK;
        Some(block)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Places {
    words: u64,
    digits: u64,
    marks: u64,
}

impl Places {
    /// Those of the block that `rest`, the end of the text, begins with.
    #[inline]
    fn of(text: &[u8], rest: &[u8]) -> Self {
        let mut places = Self::default();
        if let Some(block) = rest.first_chunk::<BLOCK>() {
            let (pieces, _) = block.as_chunks();
            pieces.iter().rev().for_each(|piece| places.add(Self::of_piece(piece), PIECE));
            return places;
        }
        let (pieces, tail) = rest.as_chunks();
        if !tail.is_empty() {
            places = Self::of_tail(text, tail);
        }
        pieces.iter().rev().for_each(|piece| places.add(Self::of_piece(piece), PIECE));
        places
    }

    /// Puts those of a piece before them.
    #[inline]
    fn add(&mut self, piece: Self, bytes: usize) {
        self.words = self.words << bytes | piece.words;
        self.digits = self.digits << bytes | piece.digits;
        self.marks = self.marks << bytes | piece.marks;
    }

    #[inline]
    fn of_piece(piece: &[u8; PIECE]) -> Self {
        let bytes = u8x16::new(*piece);
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let up_to = |bytes: u8x16, most: u8| bytes.min(u8x16::splat(most)).simd_eq(bytes);
        let digits = up_to(bytes - u8x16::splat(b'0'), 9);
        let letters = up_to((bytes | u8x16::splat(0x20)) - u8x16::splat(b'a'), 25);
        let set = |places: u8x16| u64::from(places.to_bitmask());
        Self {
            words: set(letters | digits | is(b'_') | is(b'-')),
            digits: set(digits),
            marks: set(is(b':') | is(b'=')),
        }
    }

    /// The last bytes of a text, fewer than a piece.
    #[inline]
    fn of_tail(text: &[u8], tail: &[u8]) -> Self {
        if let Some(piece) = text.last_chunk() {
            // Bytes that were seen are read again, and let go.
            let Self { words, digits, marks } = Self::of_piece(piece);
            let seen = PIECE - tail.len();
            return Self { words: words >> seen, digits: digits >> seen, marks: marks >> seen };
        }
        let word = match (tail.first_chunk(), tail.last_chunk()) {
            (Some(first), Some(last)) => {
                let behind = 8 * (tail.len() - first.len());
                u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << behind
            }
            _ => tail.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte)),
        };
        Self::of_piece(&word.to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::classes::WORD;
    use super::*;

    fn places(text: &[u8], set: impl Fn(Block) -> u64) -> Vec<usize> {
        blocks(text).flat_map(|block| block.places(set(block))).collect()
    }

    fn naive(text: &[u8], accept: impl Fn(u8) -> bool) -> Vec<usize> {
        (0..text.len()).filter(|at| accept(text[*at])).collect()
    }

    #[test]
    fn every_byte_is_in_its_sets_wherever_it_stands() {
        for length in 0..200 {
            let text: Vec<u8> = (0..length).map(|at: usize| (at * 67 + length * 31) as u8).collect();
            assert_eq!(
                places(&text, |block| block.words.places),
                naive(&text, |byte| WORD.has(byte)),
                "{length}"
            );
            assert_eq!(
                places(&text, |block| block.digits.places),
                naive(&text, |byte| byte.is_ascii_digit())
            );
            assert_eq!(places(&text, |block| block.marks), naive(&text, |byte| matches!(byte, b':' | b'=')));
        }
    }

    #[test]
    fn rows_are_found_wherever_they_stand() {
        for start in 0..130 {
            for length in 0..20 {
                let text = format!("{} {} {}", "ab,".repeat(start), "7".repeat(length), "cd,".repeat(30));
                let at = 3 * start + 1;
                let starts = if length > 0 { vec![at] } else { vec![] };
                assert_eq!(places(text.as_bytes(), |block| block.digits.starts()), starts, "{text}");
                // Near the end of a block rows are given that may be long enough.
                let is_inside = at % BLOCK + 16 < BLOCK;
                let long = places(text.as_bytes(), |block| block.digits.starts() & block.digits.rows(13));
                let exact = places(text.as_bytes(), |block| block.digits.exact_rows(4));
                if is_inside {
                    assert_eq!(long == starts && length > 0, length >= 13, "{text}");
                    assert_eq!(exact == starts && length > 0, length == 4, "{text}");
                } else {
                    assert!(length < 13 || long == starts, "{text}");
                    assert!(length != 4 || exact == starts, "{text}");
                }
            }
        }
    }
}
