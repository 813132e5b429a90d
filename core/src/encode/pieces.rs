//! Short pieces of a record, appended by a copy of fixed length of which the beginning is kept: a call that copies a
//! few bytes costs more than what is copied too much.

/// Pieces up to this length are copied so.
const SHORT: usize = 32;

/// Appends the first `length` bytes of `bytes`.
#[inline(always)]
pub(super) fn append_start<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N], length: usize) {
    let end = out.len() + length;
    out.extend_from_slice(bytes);
    out.truncate(end);
}

/// Appends `length` bytes, at least `N` and at most twice as many, that begin with `first` and end with `last`.
#[inline(always)]
pub(super) fn append_ends<const N: usize>(out: &mut Vec<u8>, first: &[u8; N], last: &[u8; N], length: usize) {
    append_start(out, first, length.saturating_sub(N));
    out.extend_from_slice(last);
}

/// Puts bytes at a place that is known when this is compiled.
#[inline(always)]
pub(super) fn put<const N: usize>(into: &mut [u8], at: usize, bytes: &[u8; N]) {
    if let Some(place) = into.get_mut(at..at + N) {
        place.copy_from_slice(bytes);
    }
}

/// Appends a word, which is short.
#[inline(always)]
pub(super) fn append_word(out: &mut Vec<u8>, word: &str) {
    let word = word.as_bytes();
    if word.len() <= 8
        && let (Some(first), Some(last)) = (word.first_chunk(), word.last_chunk())
    {
        append_ends::<4>(out, first, last, word.len());
    } else {
        out.extend_from_slice(word);
    }
}

/// Appends a text, which mostly is short.
#[inline(always)]
pub(super) fn append_text(out: &mut Vec<u8>, text: &[u8]) {
    match text.len() {
        length @ 4..=8 => {
            if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
                append_ends::<4>(out, first, last, length);
            }
        }
        length @ 9..=16 => {
            if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
                append_ends::<8>(out, first, last, length);
            }
        }
        _ => out.extend_from_slice(text),
    }
}

/// Bytes that are appended again and again.
#[derive(Debug)]
pub(super) struct Piece {
    whole: Box<[u8]>,
    /// The same if it is short, and then what is not looked at.
    start: [u8; SHORT],
}

impl Piece {
    /// Keeps `bytes`.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let mut start = [0; SHORT];
        start.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
        Self { whole: bytes.into(), start }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.whole
    }

    /// Appends them.
    #[inline(always)]
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        if self.whole.len() <= SHORT {
            append_start(out, &self.start, self.whole.len());
        } else {
            out.extend_from_slice(&self.whole);
        }
    }

    /// Appends all but the first byte of them.
    #[inline(always)]
    pub(super) fn append_behind_first(&self, out: &mut Vec<u8>) {
        let [_, start @ ..] = &self.start;
        match self.whole.len() {
            1..=SHORT => append_start(out, start, self.whole.len() - 1),
            _ => out.extend_from_slice(self.whole.get(1..).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_length_are_appended_whole() {
        for length in 0..80_u8 {
            let bytes: Vec<u8> = (0..length).collect();
            let mut out = b"before".to_vec();
            let piece = Piece::new(bytes.clone());
            piece.append(&mut out);
            out.extend_from_slice(b"behind");
            piece.append_behind_first(&mut out);
            let behind = bytes.get(1..).unwrap_or_default();
            assert_eq!(out, [&b"before"[..], &bytes, b"behind", behind].concat());
        }
    }

    #[test]
    fn texts_of_every_length_are_appended_whole() {
        for length in 0..40_u8 {
            let text: Vec<u8> = (0..length).collect();
            let mut out = b"before".to_vec();
            append_text(&mut out, &text);
            assert_eq!(out, [b"before".as_slice(), &text].concat());
        }
    }

    #[test]
    fn both_ends_make_the_whole() {
        for length in 8..=16 {
            let bytes = b"0123456789abcdef".get(..length).unwrap();
            let mut out = b"before".to_vec();
            append_ends::<8>(&mut out, bytes.first_chunk().unwrap(), bytes.last_chunk().unwrap(), length);
            assert_eq!(out, [&b"before"[..], bytes].concat());
        }
    }
}
