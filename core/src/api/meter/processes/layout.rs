//! The form of a file of cells: 64-bit words, a head and then one record for each series.
//!
//! A record is its size, a checksum of its identity, the identity, the cells. The size is written last, so that a
//! process that is killed leaves whole records and no others.

/// What a file begins with: this, the version, a number of the file's own, nothing.
pub(crate) const HEAD_WORDS: usize = 4;
const MAGIC: u64 = u64::from_le_bytes(*b"VIGIECEL");
const VERSION: u64 = 1;

/// The size and the checksum.
const RECORD_HEAD_WORDS: usize = 2;

/// The identity and the cells of one series.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// All but the cells: the same words for the same series in every file.
    pub(crate) key: &'a [u64],
    pub(crate) cells: &'a [u64],
}

impl Record<'_> {
    /// The identity, unless it is damaged.
    pub(crate) fn identity(&self) -> Option<Vec<u8>> {
        let length = (self.key.first()? >> 32) as usize;
        let text = self.key.get(RECORD_HEAD_WORDS..)?;
        let mut identity: Vec<u8> = text.iter().flat_map(|word| word.to_le_bytes()).collect();
        identity.truncate(length);
        (self.key.get(1) == Some(&checksum(&identity))).then_some(identity)
    }
}

/// The head of a file.
pub(crate) fn head(number: u64) -> [u64; HEAD_WORDS] {
    [MAGIC, VERSION, number, 0]
}

/// The number of a file that is one of ours.
pub(crate) fn number(words: &[u64]) -> Option<u64> {
    match words.get(..HEAD_WORDS) {
        Some([MAGIC, VERSION, number, _]) => Some(*number),
        _ => None,
    }
}

/// A record with empty cells.
pub(crate) fn record(identity: &[u8], cells: usize) -> Vec<u64> {
    let text = packed(identity);
    let size = RECORD_HEAD_WORDS + text.len() + cells;
    let mut words = vec![size as u64 | (identity.len() as u64) << 32, checksum(identity)];
    words.extend(text);
    words.resize(size, 0);
    words
}

/// What fills a part that is too small for the next record.
pub(crate) fn filler(size: usize) -> u64 {
    size as u64
}

/// Where the cells of a record begin.
pub(crate) fn cells_at(identity: &[u8]) -> usize {
    RECORD_HEAD_WORDS + identity.len().div_ceil(8)
}

/// The records of a file, up to where one cannot be whole.
pub(crate) fn records(words: &[u64]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = if number(words).is_some() { words.get(HEAD_WORDS..).unwrap_or_default() } else { &[] };
    std::iter::from_fn(move || {
        loop {
            let first = *rest.first()?;
            let (size, length) = ((first & u64::from(u32::MAX)) as usize, (first >> 32) as usize);
            let record = rest.get(..size).filter(|record| !record.is_empty())?;
            rest = rest.get(size..)?;
            if length == 0 {
                continue;
            }
            let (key, cells) = record.split_at_checked(RECORD_HEAD_WORDS + length.div_ceil(8))?;
            return Some(Record { key, cells });
        }
    })
}

/// Bytes as words, the last one filled up.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u64> {
    let word = |part: &[u8]| {
        let mut word = [0; 8];
        word.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
        u64::from_le_bytes(word)
    };
    bytes.chunks(8).map(word).collect()
}

/// Words from bytes, without what is left over.
pub(crate) fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// FNV-1a: short, and the same in every version of everything.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u64> {
        let mut words = head(7).to_vec();
        words.extend(record(b"first series", 3));
        words.extend([filler(2), 99]);
        words.extend(record(b"12345678", 1));
        words.extend([0; 10]);
        words
    }

    #[test]
    fn records_come_back() {
        let words = file();
        assert_eq!(number(&words), Some(7));
        let found: Vec<_> = records(&words).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].identity().unwrap().as_slice(), found[0].cells),
            (&b"first series"[..], &[0, 0, 0][..])
        );
        assert_eq!((found[1].identity().unwrap().as_slice(), found[1].cells.len()), (&b"12345678"[..], 1));
    }

    #[test]
    fn what_is_damaged_is_no_series() {
        let words = file();
        for length in 0..words.len() {
            assert!(records(&words[..length]).count() <= 2);
        }
        for place in 0..words.len() {
            for bit in 0..64 {
                let mut damaged = words.clone();
                damaged[place] ^= 1 << bit;
                let identities: Vec<_> = records(&damaged).filter_map(|record| record.identity()).collect();
                assert!(identities.iter().all(|one| one == b"first series" || one == b"12345678"));
            }
        }
        assert_eq!(records(&[u64::MAX; 100]).count(), 0);
    }
}
