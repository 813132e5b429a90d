//! Records that are on the disk on their way to the far side: the part of the books that is written later.

use super::progress::Progress;
use crate::stats::{Books, DropReason};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// What became of records that an exporter called delivered and kept.
#[derive(Debug, Default)]
pub struct Onward {
    state: Mutex<State>,
    changed: Condvar,
    progress: Progress,
}

#[derive(Debug, Default)]
struct State {
    /// Kept and not sent yet.
    waiting: u64,
    /// Taken over from processes that are gone.
    adopted: u64,
    dropped: [u64; DropReason::ALL.len()],
    /// The last attempt to send failed.
    troubled: bool,
    /// When something arrived at last.
    last_sent: Option<SystemTime>,
}

impl Onward {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records of this process are kept.
    pub fn kept(&self, records: u64) {
        self.locked().waiting += records;
    }

    /// Records of a process that is gone are taken over.
    pub fn adopted(&self, records: u64) {
        let mut state = self.locked();
        state.waiting += records;
        state.adopted += records;
    }

    /// Kept records arrived.
    pub fn sent(&self, records: u64) {
        let mut state = self.locked();
        state.waiting = state.waiting.saturating_sub(records);
        state.troubled = false;
        if records > 0 {
            state.last_sent = Some(SystemTime::now());
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Kept records will not arrive.
    pub fn lost(&self, reason: DropReason, records: u64) {
        let mut state = self.locked();
        state.waiting = state.waiting.saturating_sub(records);
        if let Some(slot) = state.dropped.get_mut(reason as usize) {
            *slot += records;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// An attempt to send failed; there will be others.
    pub fn troubled(&self) {
        self.locked().troubled = true;
        self.changed.notify_all();
    }

    /// Where attempts to send tell what went wrong.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// When something arrived at last.
    pub(super) fn last_sent(&self) -> Option<SystemTime> {
        self.locked().last_sent
    }

    /// Whether the last attempt to send failed.
    pub(super) fn is_troubled(&self) -> bool {
        self.locked().troubled
    }

    /// Waits until all that is kept has arrived, as long as attempts to send it succeed.
    pub(super) fn wait_until_sent(&self, deadline: Instant) {
        let mut state = self.locked();
        while state.waiting > 0 && !state.troubled {
            let left = deadline.saturating_duration_since(Instant::now()).min(Duration::from_millis(100));
            if left.is_zero() {
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Brings the books of what was called delivered up to date.
    pub(super) fn enter(&self, books: &mut Books) {
        let state = self.locked();
        books.accepted += state.adopted;
        books.delivered += state.adopted;
        books.spooled += state.waiting;
        let later = state.waiting + state.dropped.iter().sum::<u64>();
        books.delivered = books.delivered.saturating_sub(later);
        books.dropped.iter_mut().zip(state.dropped).for_each(|(slot, lost)| *slot += lost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_balance_whatever_became_of_what_was_kept() {
        let onward = Onward::default();
        onward.kept(10);
        onward.adopted(5);
        onward.sent(4);
        onward.lost(DropReason::Rejected, 3);
        let mut books = Books { accepted: 12, delivered: 10, queued: 2, ..Books::default() };
        onward.enter(&mut books);
        assert_eq!((books.accepted, books.delivered, books.spooled, books.queued), (17, 4, 8, 2));
        assert_eq!(books.accepted, books.delivered + books.spooled + books.queued + books.dropped_total());
    }

    #[test]
    fn the_wait_ends_when_all_is_sent_when_sending_fails_and_at_its_deadline() {
        let onward = Onward::default();
        let soon = |millis| Instant::now() + Duration::from_millis(millis);
        onward.wait_until_sent(soon(60_000));
        onward.kept(1);
        let began = Instant::now();
        onward.wait_until_sent(soon(30));
        assert!(began.elapsed() >= Duration::from_millis(30));
        onward.troubled();
        onward.wait_until_sent(soon(60_000));
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
