//! Attributes noted down as they came, to be encoded only if nobody knows them yet.
//!
//! Not for lines: a series is looked up a million times for each time it is created, and the look-up needs
//! neither escapes nor masks, only the same bytes for the same labels.

const KEY: u8 = b'k';
const TEXT: u8 = b's';
const INT: u8 = b'i';
const BOOL: u8 = b'b';

/// From here on a draft is encoded after all: limits on memory are the writer's matter.
const LONGEST: usize = 8 * 1024;

/// One thing that was noted.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    Key(&'a str),
    Text(&'a str),
    Int(i64),
    Bool(bool),
}

/// Notes a key.
#[inline]
pub(super) fn note_key(out: &mut Vec<u8>, key: &str) {
    note(out, KEY, key);
}

/// Notes a text; false when the draft would become too long.
#[inline]
pub(super) fn note_text(out: &mut Vec<u8>, text: &str) -> bool {
    let fits = out.len() + text.len() <= LONGEST;
    if fits {
        note(out, TEXT, text);
    }
    fits
}

/// Notes an integer.
#[inline]
pub(super) fn note_int(out: &mut Vec<u8>, value: i64) {
    out.push(INT);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Notes a truth value.
#[inline]
pub(super) fn note_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(&[BOOL, u8::from(value)]);
}

#[inline]
fn note(out: &mut Vec<u8>, tag: u8, text: &str) {
    let [a, b, c, d] = (text.len() as u32).to_le_bytes();
    out.reserve(5 + text.len());
    out.extend_from_slice(&[tag, a, b, c, d]);
    out.extend_from_slice(text.as_bytes());
}

/// What was noted, in order.
pub(super) fn pieces(draft: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = draft;
    std::iter::from_fn(move || {
        let (piece, tail) = first(rest)?;
        rest = tail;
        Some(piece)
    })
}

fn first(draft: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    let (tag, rest) = draft.split_first()?;
    match *tag {
        INT => rest.split_first_chunk().map(|(value, tail)| (Piece::Int(i64::from_le_bytes(*value)), tail)),
        BOOL => rest.split_first().map(|(value, tail)| (Piece::Bool(*value != 0), tail)),
        tag => {
            let (length, rest) = rest.split_first_chunk()?;
            let (text, tail) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            let text = std::str::from_utf8(text).ok()?;
            Some((if tag == KEY { Piece::Key(text) } else { Piece::Text(text) }, tail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_comes_back() {
        let mut draft = Vec::new();
        note_key(&mut draft, "kk");
        assert!(note_text(&mut draft, "é\0k"));
        note_int(&mut draft, i64::MIN);
        note_bool(&mut draft, true);
        note_key(&mut draft, "");
        let back: Vec<_> = pieces(&draft).collect();
        let expected =
            [Piece::Key("kk"), Piece::Text("é\0k"), Piece::Int(i64::MIN), Piece::Bool(true), Piece::Key("")];
        assert_eq!(back, expected);
        assert!(!note_text(&mut draft, &"x".repeat(LONGEST)));
    }
}
