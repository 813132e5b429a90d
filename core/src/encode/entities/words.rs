//! Pieces of a text that stand alone.

/// The runs of bytes that `is_part` takes, with the place where each begins. A run that is longer than `longest` is none.
pub(super) fn runs(
    text: &str,
    longest: usize,
    is_part: impl Fn(u8) -> bool,
) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.as_bytes().get(from..)?;
            let start = from + rest.iter().position(|byte| is_part(*byte))?;
            let behind = text.as_bytes().get(start..)?;
            let length = behind.iter().position(|byte| !is_part(*byte)).unwrap_or(behind.len());
            from = start + length;
            if let Some(run) = text.get(start..from).filter(|run| run.len() <= longest) {
                return Some((start, run));
            }
        }
    })
}

/// The byte before a place.
pub(super) fn before(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at.checked_sub(1)?).copied()
}

/// The byte at a place.
pub(super) fn at(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// Whether a byte belongs to a word. Letters beyond ASCII do.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A text without the punctuation behind it, which belongs to the sentence around it. A closing bracket belongs to what was
/// opened within the text.
pub(super) fn without_tail(text: &str) -> &str {
    let mut kept = text;
    while let Some(last) = kept.bytes().last() {
        let opening = match last {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' => 0,
            _ => break,
        };
        if opening != 0
            && kept.bytes().filter(|b| *b == opening).count() >= kept.bytes().filter(|b| *b == last).count()
        {
            break;
        }
        kept = kept.get(..kept.len() - 1).unwrap_or_default();
    }
    kept
}
