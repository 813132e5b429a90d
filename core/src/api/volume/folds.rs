//! Records that are equal and come within a window: the first is written at once, the others are counted.
//!
//! Not for what makes records equal: whoever asks has their key.

use super::repeats::Repeats;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Parts of the table, each with a lock of its own.
const SHARDS: usize = 16;

/// Windows that a part holds open: 1024 in all.
const MOST_OPEN: usize = 64;

/// A window, which a record that was written has opened.
#[derive(Debug)]
struct Window {
    since_ns: i64,
    repeats: Option<Repeats>,
}

/// What becomes of a record.
#[derive(Debug)]
pub(super) enum Offered {
    /// It is written. Other windows came to their end with it.
    First(Vec<Repeats>),
    /// It is counted.
    Repeat,
}

type Windows = HashMap<u64, Window, foldhash::fast::RandomState>;

/// The windows that are open.
#[derive(Debug)]
pub(super) struct Folds {
    window_ns: u64,
    shards: Box<[Mutex<Windows>]>,
}

impl Folds {
    pub(super) fn new(window: Duration) -> Self {
        let window_ns = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX);
        Self { window_ns, shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// One more record with this key; `keep` makes what is kept of the first that repeats another.
    pub(super) fn offer(
        &self,
        key: u64,
        now_ns: i64,
        weight: f64,
        keep: impl FnOnce() -> Repeats,
    ) -> Offered {
        let place = usize::try_from(key % SHARDS as u64).unwrap_or_default();
        let Some(shard) = self.shards.get(place) else { return Offered::First(Vec::new()) };
        let mut windows = locked(shard);
        if let Some(window) = windows.get_mut(&key)
            && !self.is_over(window, now_ns)
        {
            window.repeats.get_or_insert_with(keep).add(now_ns, weight);
            return Offered::Repeat;
        }
        let mut ended: Vec<Repeats> =
            windows.remove(&key).and_then(|window| window.repeats).into_iter().collect();
        if windows.len() >= MOST_OPEN {
            ended.extend(self.make_room(&mut windows, now_ns));
        }
        windows.insert(key, Window { since_ns: now_ns, repeats: None });
        Offered::First(ended)
    }

    /// What the windows that are over have counted; or all of them, which then go on.
    pub(super) fn take(&self, is_all: bool, now_ns: i64) -> Vec<Repeats> {
        let mut ended = Vec::new();
        for shard in &self.shards {
            let mut windows = locked(shard);
            if is_all {
                ended.extend(windows.values_mut().filter_map(|window| window.repeats.take()));
            } else {
                ended.extend(self.take_over(&mut windows, now_ns));
            }
        }
        ended.sort_by(|one, other| one.order().cmp(&other.order()));
        ended
    }

    fn is_over(&self, window: &Window, now_ns: i64) -> bool {
        window.since_ns.abs_diff(now_ns) >= self.window_ns
    }

    fn take_over(&self, windows: &mut Windows, now_ns: i64) -> Vec<Repeats> {
        let over = windows.extract_if(|_, window| self.is_over(window, now_ns));
        over.filter_map(|(_, window)| window.repeats).collect()
    }

    /// Closes the windows that are over, or the oldest one where none is.
    fn make_room(&self, windows: &mut Windows, now_ns: i64) -> Vec<Repeats> {
        let mut ended = self.take_over(windows, now_ns);
        if windows.len() >= MOST_OPEN
            && let Some(oldest) =
                windows.iter().min_by_key(|(_, window)| window.since_ns).map(|(key, _)| *key)
        {
            ended.extend(windows.remove(&oldest).and_then(|window| window.repeats));
        }
        ended
    }
}

fn locked(shard: &Mutex<Windows>) -> MutexGuard<'_, Windows> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::Severity;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn kept(number: u64) -> Repeats {
        Repeats::new(Severity::INFO, "shop", &format!("m{number}"), "")
    }

    fn count(repeats: &[Repeats]) -> u64 {
        repeats.iter().map(Repeats::count).sum()
    }

    #[test]
    fn a_window_ends_with_the_next_record_behind_it_or_when_it_is_asked_for() {
        let folds = Folds::new(Duration::from_nanos(10));
        let offer = |at_ns| match folds.offer(1, at_ns, 1.0, || kept(1)) {
            Offered::First(ended) => Some(count(&ended)),
            Offered::Repeat => None,
        };
        assert_eq!([0, 1, 9, 10].map(offer), [Some(0), None, None, Some(2)]);
        assert_eq!([11, 12].map(offer), [None; 2]);
        assert_eq!(count(&folds.take(false, 19)), 0);
        assert_eq!(count(&folds.take(true, 19)), 2);
        assert_eq!(offer(19), None, "the window goes on");
        assert_eq!(count(&folds.take(false, 20)), 1);
        assert_eq!(offer(21), Some(0));
    }

    #[test]
    fn whatever_many_threads_fold_is_told_exactly_also_when_there_is_no_room() {
        let folds = Folds::new(Duration::from_secs(5));
        let (written, told) = (AtomicU64::new(0), AtomicU64::new(0));
        let (threads, keys, rounds) = (8, 3_000_u64, 4);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for number in (0..keys * rounds).map(|number| number / rounds) {
                        if let Offered::First(ended) = folds.offer(number, 7, 1.0, || kept(number)) {
                            written.fetch_add(1, Ordering::Relaxed);
                            told.fetch_add(count(&ended), Ordering::Relaxed);
                        }
                        let open: usize = folds.shards.iter().map(|shard| locked(shard).len()).max().unwrap();
                        assert!(open <= MOST_OPEN);
                    }
                });
            }
        });
        told.fetch_add(count(&folds.take(true, 7)), Ordering::Relaxed);
        assert_eq!(written.into_inner() + told.into_inner(), threads * keys * rounds);
    }
}
