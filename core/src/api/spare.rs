//! Memory of finished records, kept by the thread for its next ones.
//!
//! Not for sharing between threads: what one thread frees here, it uses again.

use crate::model::attributes::Attributes;
use std::cell::Cell;

/// A record longer than this is not kept: one huge record must not hold memory for ever.
const KEPT_BYTES: usize = 64 * 1024;

/// What encoding one record needs.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) own: Attributes,
    pub(super) record: Vec<u8>,
}

thread_local! {
    static SPARE: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// The thread's spare one, or a new one while that is in use further up the stack.
    #[inline]
    pub(super) fn take() -> Box<Self> {
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Empties it and gives it back to the thread.
    #[inline]
    pub(super) fn give_back(mut self: Box<Self>) {
        if self.record.capacity() + self.own.bytes.capacity() > KEPT_BYTES {
            return;
        }
        self.own.clear();
        self.record.clear();
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
    }
}
