//! The first records of a kind in each second, and then one in so many, each with how many it stands for.
//!
//! Not for what a kind is: whoever asks has its key.

use super::plan::PerSecond;
use std::sync::{Mutex, PoisonError};

const SECOND_NS: i64 = 1_000_000_000;

/// Kinds that share a lock, and a place of the table.
const WAYS: usize = 8;

/// Places of the table: 4096 kinds are remembered.
const SETS: usize = 512;

/// One kind.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    key: u64,
    /// When its second began.
    since_ns: i64,
    /// How many came in it; 0 for a place that is free.
    seen: u64,
    /// How many were left out since one was kept.
    left_out: u64,
}

/// All kinds, within a bound: of those that fall on one place the one goes whose second began first.
#[derive(Debug)]
pub(super) struct Buckets {
    plan: PerSecond,
    sets: Box<[Mutex<[Bucket; WAYS]>]>,
}

impl Buckets {
    pub(super) fn new(plan: PerSecond) -> Self {
        Self { plan, sets: (0..SETS).map(|_| Mutex::default()).collect() }
    }

    /// Whether one more of the kind is kept: then how many it stands for, those left out before it included.
    pub(super) fn offer(&self, key: u64, now_ns: i64) -> Option<u64> {
        let place = usize::try_from(key % SETS as u64).unwrap_or_default();
        let set = self.sets.get(place)?;
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = bucket(&mut set, key)?;
        // Another thread's record may be a little older than the second's first one.
        if bucket.seen == 0 || bucket.since_ns.abs_diff(now_ns) >= SECOND_NS.unsigned_abs() {
            (bucket.since_ns, bucket.seen) = (now_ns, 0);
        }
        bucket.seen += 1;
        let behind = bucket.seen.saturating_sub(self.plan.first);
        if behind == 0 || self.plan.then_one_in.is_some_and(|each| behind.is_multiple_of(each)) {
            return Some(1 + std::mem::take(&mut bucket.left_out));
        }
        bucket.left_out += 1;
        None
    }
}

/// The bucket of a kind: its own, one that is free, or the oldest.
fn bucket(set: &mut [Bucket; WAYS], key: u64) -> Option<&mut Bucket> {
    let known = set.iter().position(|bucket| bucket.key == key && bucket.seen > 0);
    let place = known.or_else(|| {
        let oldest = |(_, bucket): &(usize, &Bucket)| (bucket.seen > 0, bucket.since_ns);
        set.iter().enumerate().min_by_key(oldest).map(|(place, _)| place)
    })?;
    let bucket = set.get_mut(place)?;
    if known.is_none() {
        *bucket = Bucket { key, ..Bucket::default() };
    }
    Some(bucket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn the_first_of_a_second_are_kept_and_then_one_in_so_many() {
        let buckets = Buckets::new(PerSecond { first: 2, then_one_in: Some(3) });
        let offered = |at_ns| buckets.offer(7, at_ns);
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(offered), [Some(1), Some(1), None, None, Some(3), None, None]);
        // The next second begins with what the last one left.
        assert_eq!(offered(SECOND_NS), Some(3));
        assert_eq!(offered(SECOND_NS - 1), Some(1), "a little older, by another thread's clock");
        assert_eq!(buckets.offer(8, 0), Some(1), "another kind");
    }

    #[test]
    fn eight_threads_keep_exactly_what_is_allowed_and_weights_sum_up() {
        let (first, each, threads, offers) = (100, 10, 8, 5_000);
        let buckets = Buckets::new(PerSecond { first, then_one_in: Some(each) });
        let (kept, weights) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..offers {
                        if let Some(weight) = buckets.offer(1, 5) {
                            kept.fetch_add(1, Ordering::Relaxed);
                            weights.fetch_add(weight, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let offered = threads * offers;
        assert_eq!(kept.into_inner(), first + (offered - first) / each);
        assert_eq!(weights.into_inner(), offered - (offered - first) % each);
    }

    #[test]
    fn many_kinds_take_no_more_room_and_the_oldest_goes() {
        let buckets = Buckets::new(PerSecond { first: 1, then_one_in: None });
        let same_place = |number: u64| number * SETS as u64;
        for number in 0..WAYS as u64 {
            let at_ns = number.cast_signed();
            assert_eq!(buckets.offer(same_place(number), at_ns), Some(1));
            assert_eq!(buckets.offer(same_place(number), at_ns), None);
        }
        assert_eq!(buckets.offer(same_place(99), 50), Some(1));
        assert_eq!(buckets.offer(same_place(1), 51), None, "still known");
        assert_eq!(buckets.offer(same_place(0), 52), Some(1), "forgotten");
    }
}
