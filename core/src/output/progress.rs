//! What is told of a batch on its way, and of the attempts to get it there.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What an exporter and the threads that wait for it tell each other while a batch is on its way.
#[derive(Debug, Default)]
pub struct Progress {
    moves: AtomicU64,
    ended: AtomicBool,
    failed: AtomicU64,
    failure: Mutex<Option<Failure>>,
}

/// What went wrong at last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In words for people, without credentials.
    pub what: String,
    /// When.
    pub at: SystemTime,
}

impl Progress {
    /// The far side has accepted something, if only a part of the batch. Who waits for it goes on waiting.
    pub fn moved(&self) {
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the output was closed: an exporter that waits for its far side gives up what is not accepted by now.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// An attempt failed, in words for people that hold no credentials.
    pub fn failed(&self, what: impl Into<String>) {
        let failure = Failure { what: what.into(), at: SystemTime::now() };
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    /// An attempt did not succeed, or in part only.
    pub(super) fn attempt_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    /// How many attempts did not succeed.
    pub(super) fn failed_attempts(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// What went wrong at last.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A number that changes whenever the far side moves.
    pub(super) fn so_far(&self) -> u64 {
        self.moves.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}
