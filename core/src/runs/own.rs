//! Locks of which a panic is no reason to give them up.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic of somebody's attributes has left nothing half done.
pub(super) fn own<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
