//! Reading the columns of a batch in the order in which JavaScript wrote them.
//! Not for what the numbers mean: see `convert` and `batch`.

use crate::text::{Piece, Text};

/// The 64 bits that two integers were cut from, the upper half first.
#[inline]
pub fn long(high: i32, low: i32) -> u64 {
    (u64::from(high as u32) << 32) | u64::from(low as u32)
}

/// A count or place.
#[inline]
pub fn size(number: i32) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// A place in the columns. What is missing reads as zero or empty: JavaScript wrote it, but nothing here may fail.
pub struct Reader<'a> {
    ints: std::slice::Iter<'a, i32>,
    nums: std::slice::Iter<'a, f64>,
    text: &'a Text,
    at: usize,
    stacks: &'a [u16],
    /// Where pieces are decoded.
    room: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub fn new(ints: &'a [i32], nums: &'a [f64], text: &'a Text, stacks: &'a [u16]) -> Self {
        Self { ints: ints.iter(), nums: nums.iter(), text, at: 0, stacks, room: Vec::new() }
    }

    /// The next integer; nothing at the end.
    #[inline]
    pub fn next(&mut self) -> Option<i32> {
        self.ints.next().copied()
    }

    /// The next integer.
    #[inline]
    pub fn int(&mut self) -> i32 {
        self.next().unwrap_or_default()
    }

    /// The next integer as a count or place.
    #[inline]
    pub fn size(&mut self) -> usize {
        size(self.int())
    }

    /// The next `N` integers, which stand where `wire` says.
    #[inline]
    pub fn ints<const N: usize>(&mut self) -> &'a [i32; N] {
        let (taken, rest) = self.ints.as_slice().split_first_chunk().unwrap_or((const { &[0; N] }, &[]));
        self.ints = rest.iter();
        taken
    }

    /// The next double.
    #[inline]
    pub fn num(&mut self) -> f64 {
        self.nums.next().copied().unwrap_or_default()
    }

    /// The next `count` doubles.
    pub fn many(&mut self, count: usize) -> &'a [f64] {
        let all = self.nums.as_slice();
        let (taken, rest) = all.split_at_checked(count).unwrap_or((all, &[]));
        self.nums = rest.iter();
        taken
    }

    /// The next text; its length is the next integer.
    #[inline]
    pub fn piece(&mut self) -> Piece<'a> {
        let length = self.size();
        self.piece_of(length)
    }

    /// The next text, ready to use unless it is ill-formed: see [`Piece::decoded`].
    #[inline]
    pub fn decoded(&mut self) -> Result<&str, &'a [u16]> {
        let piece = self.piece();
        piece.decoded(&mut self.room)
    }

    /// The next text, of a length read before.
    #[inline]
    pub fn piece_of(&mut self, length: usize) -> Piece<'a> {
        let piece = self.text.piece(self.at, length);
        self.at = self.at.saturating_add(length);
        piece
    }

    /// The stack of an error; its length is the next integer.
    pub fn stack(&mut self) -> Piece<'a> {
        let length = self.size();
        let (taken, rest) = self.stacks.split_at_checked(length).unwrap_or((self.stacks, &[]));
        self.stacks = rest;
        Piece::Wide(taken)
    }

    /// The next `length` bytes, four to an integer.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let words = length.div_ceil(4);
        let mut bytes: Vec<u8> = self.ints.by_ref().take(words).flat_map(|word| word.to_ne_bytes()).collect();
        bytes.truncate(length);
        bytes
    }
}
