//! The ids of records: UUIDs of version 7 (RFC 9562) that name a segment and the place of a record in it. They take no
//! room, and are the same whenever the record is sent, by whatever process.

use crate::model::ids::IdGenerator;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the ids of a segment's records have in common: all but the last 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentId(u128);

const VERSION: u64 = 7 << 12;
const VARIANT: u64 = 1 << 63;

impl SegmentId {
    /// A new one: the time in milliseconds and 42 random bits.
    pub(super) fn new() -> Self {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let random = u64::from_be_bytes(IdGenerator::random().span_id().to_bytes());
        let high = time << 16 | VERSION | random & 0xfff;
        let low = VARIANT | (random >> 12 & 0x3fff_ffff) << 32;
        Self(u128::from(high) << 64 | u128::from(low))
    }

    /// The one that was kept.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self(u128::from_be_bytes(bytes.try_into().ok()?)))
    }

    /// As it is kept.
    pub(super) const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The id of the record at an offset. Segments are far smaller than what 32 bits can address.
    pub(super) fn of_record(self, offset: u64) -> String {
        let id = self.0 | u128::from(offset as u32);
        let part = |shift: u32, bits: u32| id >> shift & ((1 << bits) - 1);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 32),
            part(80, 16),
            part(64, 16),
            part(48, 16),
            part(0, 48)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn records_have_ids_of_their_own_which_are_uuids_in_the_order_of_the_records() {
        let (first, second) = (SegmentId::new(), SegmentId::new());
        let mut ids: Vec<String> = [0, 40, 41, 4 << 20].map(|offset| first.of_record(offset)).into();
        assert!(ids.is_sorted());
        ids.push(second.of_record(40));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 5);
        for id in ids {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            let (version, variant) = (id.as_bytes()[14], id.as_bytes()[19]);
            assert!(version == b'7' && b"89ab".contains(&variant), "{id}");
        }
    }

    #[test]
    fn what_was_kept_names_the_same_records() {
        let id = SegmentId::new();
        assert_eq!(SegmentId::read(&id.to_bytes()), Some(id));
        assert_eq!(SegmentId::read(b"short"), None);
    }

    #[test]
    fn the_time_is_in_front() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let id = SegmentId::new().of_record(0).replace('-', "");
        let time = u64::from_str_radix(&id[..12], 16).unwrap();
        assert!((now..now + 60_000).contains(&time), "{id}");
    }
}
