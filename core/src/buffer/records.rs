//! Encoded records one behind the other, with the end and the signal of each.

use crate::model::signal::{Signal, SignalSet};

/// Where a record ends, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Offset behind its last byte. Buffers are far smaller than what 32 bits can address.
    offset: u32,
    signal: Signal,
}

/// Encoded records in one piece of memory.
#[derive(Debug, Clone, Default)]
pub struct Records {
    bytes: Vec<u8>,
    ends: Vec<End>,
}

impl Records {
    /// Appends a finished record.
    #[inline]
    pub fn push(&mut self, signal: Signal, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.end(signal);
    }

    /// Appends the record that `encode` appends to the bytes; where it appends nothing there is none.
    #[inline]
    pub fn encode(&mut self, signal: Signal, encode: impl FnOnce(&mut Vec<u8>)) {
        let before = self.bytes.len();
        encode(&mut self.bytes);
        if self.bytes.len() > before {
            self.end(signal);
        }
    }

    #[inline]
    fn end(&mut self, signal: Signal) {
        self.ends.push(End { offset: self.bytes.len() as u32, signal });
    }

    /// All of them.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        Batch { bytes: &self.bytes, ends: &self.ends, start: 0 }
    }

    /// How many bytes they take.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets them and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// How much memory they hold, used or not.
    #[must_use]
    pub fn capacity_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<End>()
    }
}

/// Consecutive records, lent to an exporter.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    bytes: &'a [u8],
    ends: &'a [End],
    /// The offset that `bytes` begins at, in the numbers of `ends`.
    start: u32,
}

impl<'a> Batch<'a> {
    /// The records, one directly behind the other.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Each record with its signal.
    pub fn records(&self) -> impl Iterator<Item = (Signal, &'a [u8])> + use<'a> {
        let Self { bytes, ends, mut start } = *self;
        let origin = start;
        ends.iter().map(move |end| {
            let record = bytes.get((start - origin) as usize..(end.offset - origin) as usize);
            start = end.offset;
            (end.signal, record.unwrap_or_default())
        })
    }

    /// How many records lie wholly within the first `bytes` bytes, and where the last of them ends.
    #[must_use]
    pub fn whole_within(&self, bytes: usize) -> (u64, usize) {
        let fits = |end: &End| (end.offset - self.start) as usize <= bytes;
        let whole = self.ends.partition_point(fits);
        let last = whole.checked_sub(1).and_then(|last| self.ends.get(last));
        (whole as u64, last.map_or(0, |end| (end.offset - self.start) as usize))
    }

    /// The batch in pieces of at most `records` whole records and `bytes` bytes; a larger record is a piece alone.
    pub fn pieces(&self, records: u64, bytes: usize) -> impl Iterator<Item = Batch<'a>> + use<'a> {
        let mut rest = *self;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (fitting, _) = rest.whole_within(bytes);
            let (piece, behind) = rest.split_at(fitting.min(records).max(1));
            rest = behind;
            Some(piece)
        })
    }

    /// The runs of consecutive records whose signals are wanted.
    pub fn runs(&self, wanted: SignalSet) -> impl Iterator<Item = Batch<'a>> + use<'a> {
        let mut rest = *self;
        std::iter::from_fn(move || {
            let unwanted = rest.ends.iter().take_while(|end| !wanted.has(end.signal)).count();
            let (_, behind) = rest.split_at(unwanted as u64);
            let length = behind.ends.iter().take_while(|end| wanted.has(end.signal)).count();
            let (run, behind) = behind.split_at(length as u64);
            rest = behind;
            (!run.is_empty()).then_some(run)
        })
    }

    /// The first `records` and the others.
    #[must_use]
    pub fn split_at(&self, records: u64) -> (Self, Self) {
        let records = usize::try_from(records).unwrap_or(usize::MAX);
        let (first, others) = self.ends.split_at_checked(records).unwrap_or((self.ends, &[]));
        let middle = first.last().map_or(self.start, |end| end.offset);
        let (front, back) =
            self.bytes.split_at_checked((middle - self.start) as usize).unwrap_or((self.bytes, &[]));
        let front = Self { bytes: front, ends: first, start: self.start };
        (front, Self { bytes: back, ends: others, start: middle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> Records {
        let mut records = Records::default();
        records.push(Signal::Logs, b"a\n");
        records.push(Signal::Spans, b"bb");
        records.push(Signal::Spans, b"");
        records.encode(Signal::Logs, |out| out.extend_from_slice(b"cccccccccc"));
        records.encode(Signal::Metrics, |_| ());
        records.push(Signal::Logs, b"d");
        records
    }

    fn texts<'a>(batches: impl Iterator<Item = Batch<'a>>) -> Vec<(&'a [u8], u64)> {
        batches.map(|batch| (batch.bytes(), batch.len())).collect()
    }

    #[test]
    fn records_are_what_was_put_in() {
        let records = records();
        let all: Vec<_> = records.batch().records().collect();
        let (logs, spans) = (Signal::Logs, Signal::Spans);
        assert_eq!(
            all,
            [(logs, &b"a\n"[..]), (spans, b"bb"), (spans, b""), (logs, b"cccccccccc"), (logs, b"d")]
        );
        let last = records.batch().pieces(u64::MAX, 1).last().unwrap();
        assert_eq!(last.records().collect::<Vec<_>>(), [(logs, &b"d"[..])]);
    }

    #[test]
    fn pieces_end_at_records() {
        let records = records();
        assert_eq!(
            texts(records.batch().pieces(u64::MAX, 5)),
            [(&b"a\nbb"[..], 3), (b"cccccccccc", 1), (b"d", 1)]
        );
        assert_eq!(texts(records.batch().pieces(u64::MAX, usize::MAX)), [(&b"a\nbbccccccccccd"[..], 5)]);
        let by_two = [(&b"a\nbb"[..], 2), (b"cccccccccc", 2), (b"d", 1)];
        assert_eq!(texts(records.batch().pieces(2, usize::MAX)), by_two);
    }

    #[test]
    fn runs_leave_out_what_is_not_wanted() {
        let records = records();
        assert_eq!(texts(records.batch().runs(SignalSet::LOGS)), [(&b"a\n"[..], 1), (b"ccccccccccd", 2)]);
        assert_eq!(texts(records.batch().runs(SignalSet::ALL)), [(&b"a\nbbccccccccccd"[..], 5)]);
        assert!(texts(records.batch().runs(SignalSet::default())).is_empty());
    }

    #[test]
    fn a_cut_counts_whole_records_only() {
        let records = records();
        let batch = records.batch();
        assert_eq!(batch.whole_within(0), (0, 0));
        assert_eq!(batch.whole_within(3), (1, 2));
        assert_eq!(batch.whole_within(4), (3, 4));
        assert_eq!(batch.whole_within(100), (5, 15));
    }
}
