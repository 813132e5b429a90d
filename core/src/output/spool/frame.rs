//! One record in a segment: a mark, its length, its signal, a checksum, its bytes.

use crate::buffer::records::Records;
use crate::model::signal::Signal;

/// Where a record begins. Text in UTF-8 never has these bytes in this order.
const MARK: [u8; 4] = [0xf5, b'v', b'g', 0xf6];
/// The mark, the length and the signal, and behind them the checksum of the two and of the record.
const HEAD: usize = MARK.len() + 4 + 1;
const CHECKSUM: usize = 4;

/// Appends a record.
pub(super) fn write(out: &mut Vec<u8>, signal: Signal, record: &[u8]) {
    let length = (record.len() as u32).to_le_bytes();
    out.extend_from_slice(&MARK);
    out.extend_from_slice(&length);
    out.push(signal as u8);
    out.extend_from_slice(&checksum(&length, signal as u8, record).to_le_bytes());
    out.extend_from_slice(record);
}

fn checksum(length: &[u8], signal: u8, record: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(length);
    hasher.update(&[signal]);
    hasher.update(record);
    hasher.finalize()
}

/// What stands at the beginning of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'b> {
    /// A whole record; it takes so many bytes with what is around it.
    Record(Signal, &'b [u8], usize),
    /// Nothing, or the beginning of a record whose rest is not there.
    End,
    /// So many bytes that are no record, before one or the end.
    Damage(usize),
}

/// Looks at the beginning of `bytes`.
pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    match whole(bytes) {
        Some((signal, record)) => Found::Record(signal, record, HEAD + CHECKSUM + record.len()),
        None if bytes.is_empty() || is_torn(bytes) => Found::End,
        None => Found::Damage(behind_damage(bytes)),
    }
}

fn whole(bytes: &[u8]) -> Option<(Signal, &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let (length, signal) = head.strip_prefix(&MARK)?.split_at_checked(4)?;
    let (sum, rest) = rest.split_at_checked(CHECKSUM)?;
    let record = rest.get(..u32::from_le_bytes(length.try_into().ok()?) as usize)?;
    let code = *signal.first()?;
    let is_right = checksum(length, code, record).to_le_bytes() == sum;
    let signal = Signal::ALL.into_iter().find(|signal| *signal as u8 == code)?;
    is_right.then_some((signal, record))
}

/// Whether a record begins here that ends behind the bytes: the process ended while it wrote.
fn is_torn(bytes: &[u8]) -> bool {
    let known = bytes.len().min(MARK.len());
    let has_mark = bytes.get(..known) == MARK.get(..known);
    let length = bytes.get(MARK.len()..MARK.len() + 4).and_then(|length| length.try_into().ok());
    let length = length.map_or(0, |length| u32::from_le_bytes(length) as usize);
    has_mark && bytes.len() < HEAD + CHECKSUM + length && next_mark(bytes, 1).is_none()
}

/// How far it is to the next whole record, or to the end.
fn behind_damage(bytes: &[u8]) -> usize {
    let mut from = 1;
    while let Some(at) = next_mark(bytes, from) {
        if bytes.get(at..).and_then(whole).is_some() {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

fn next_mark(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, &MARK).map(|at| at + from)
}

/// Whole records read from a piece of a segment.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The records.
    pub(super) records: Records,
    /// Where each of them begins in the piece, what is around it included.
    pub(super) starts: Vec<usize>,
    /// How many bytes of the piece they took, damage included.
    pub(super) bytes: usize,
    /// Places at which something was that is no record.
    pub(super) damages: u64,
}

impl Read {
    /// Where the first `records` of them are over.
    pub(super) fn behind(&self, records: u64) -> usize {
        usize::try_from(records)
            .ok()
            .and_then(|records| self.starts.get(records))
            .map_or(self.bytes, |start| *start)
    }
}

/// Reads at most `most` records from the beginning of `bytes`.
pub(super) fn read(bytes: &[u8], most: u64) -> Read {
    let mut read = Read::default();
    while read.records.batch().len() < most {
        match find(bytes.get(read.bytes..).unwrap_or_default()) {
            Found::Record(signal, record, length) => {
                read.records.push(signal, record);
                read.starts.push(read.bytes);
                read.bytes += length;
            }
            Found::Damage(length) => {
                read.damages += 1;
                read.bytes += length;
            }
            Found::End => break,
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, Signal::Logs, b"one");
        write(&mut bytes, Signal::Spans, b"");
        write(&mut bytes, Signal::Metrics, &[0xf5, b'v', b'g', 0xf6, 1, 2]);
        bytes
    }

    fn texts(read: &Read) -> Vec<(Signal, Vec<u8>)> {
        read.records.batch().records().map(|(signal, record)| (signal, record.to_vec())).collect()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = three();
        let all = read(&bytes, u64::MAX);
        assert_eq!((all.bytes, all.damages), (bytes.len(), 0));
        let mark = vec![0xf5, b'v', b'g', 0xf6, 1, 2];
        let expected =
            [(Signal::Logs, b"one".to_vec()), (Signal::Spans, Vec::new()), (Signal::Metrics, mark)];
        assert_eq!(texts(&all), expected);
        assert_eq!(texts(&read(&bytes, 2)), expected[..2]);
        for records in 0..3 {
            let behind = read(&bytes[all.behind(records)..], u64::MAX);
            assert_eq!(texts(&behind), expected[records as usize..]);
        }
        assert_eq!(all.behind(3), bytes.len());
    }

    #[test]
    fn a_torn_end_is_the_end_and_no_damage() {
        let bytes = three();
        let second = HEAD + CHECKSUM + 3;
        for cut in 0..bytes.len() {
            let read = read(&bytes[..cut], u64::MAX);
            // The mark inside the last record makes its torn form look like damage; nothing is made up of it.
            assert!(read.damages == 0 || cut > second + HEAD + CHECKSUM, "{cut}");
            assert!(texts(&read).len() < 3);
        }
    }

    #[test]
    fn a_flipped_byte_costs_its_record_alone() {
        let whole = three();
        let all = texts(&read(&whole, u64::MAX));
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                let read = read(&bytes, u64::MAX);
                let left = texts(&read);
                assert!(
                    left.len() >= 2 && left.iter().all(|record| all.contains(record)),
                    "{at} {bit}: {left:?}"
                );
                assert!(read.damages <= 2);
            }
        }
    }
}
