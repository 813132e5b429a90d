//! Where the things behind handles are kept: slots that never move and are never unmapped.
//! Not for giving handles out and taking them back: see `handles`.

use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use arc_swap::ArcSwapOption;
use vigie_core::Span;

use crate::held::Entry;

const CHUNK: usize = 256;
const CHUNKS: usize = 512;
/// Handles that can be live at a time.
pub(crate) const MOST: usize = CHUNK * CHUNKS;

type Chunk = [Slot; CHUNK];

/// A place for one thing; what differs between its owners in time is the tag.
pub(crate) struct Slot {
    claimed: AtomicBool,
    tag: AtomicU32,
    pub(crate) entry: ArcSwapOption<Entry>,
    span: Mutex<Option<(u32, Span)>>,
}

impl Slot {
    const fn new() -> Self {
        Self {
            claimed: AtomicBool::new(false),
            tag: AtomicU32::new(0),
            entry: ArcSwapOption::const_empty(),
            span: Mutex::new(None),
        }
    }

    /// Takes the slot for one owner; false when it has one.
    pub(crate) fn claim(&self) -> bool {
        self.claimed.compare_exchange(false, true, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Lets the next owner in. The tag moves on, so that nothing takes the last owner for a present one.
    pub(crate) fn unclaim(&self) {
        self.next_tag();
        self.claimed.store(false, Ordering::Release);
    }

    /// Whether the owner of this tag has it still.
    pub(crate) fn has_owner(&self, tag: u32) -> bool {
        self.tag.load(Ordering::Acquire) == tag
    }

    /// The tag of the next owner, never 0.
    pub(crate) fn next_tag(&self) -> u32 {
        loop {
            let tag = self.tag.fetch_add(1, Ordering::AcqRel).wrapping_add(1);
            if tag != 0 {
                return tag;
            }
        }
    }

    /// The open span in it, and the tag of that span's owner.
    pub(crate) fn span(&self) -> MutexGuard<'_, Option<(u32, Span)>> {
        // A poisoned lock protects the same plain data as before.
        self.span.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it can have a new owner. After fork a slot may be locked by a thread that is lost.
    pub(crate) fn is_unused(&self) -> bool {
        let stuck = matches!(self.span.try_lock(), Err(TryLockError::WouldBlock));
        !stuck && !self.claimed.load(Ordering::Acquire)
    }
}

static SLOTS: [AtomicPtr<Chunk>; CHUNKS] = [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS];

/// The slot of an index, if [`open`] ever made it.
pub(crate) fn slot(index: usize) -> Option<&'static Slot> {
    let chunk = SLOTS.get(index / CHUNK)?.load(Ordering::Acquire);
    // SAFETY: null, or a chunk that `open` leaked for the life of the process after filling it.
    let chunk = unsafe { chunk.as_ref() }?;
    chunk.get(index % CHUNK)
}

/// The slot of an index that is used for the first time; nothing beyond [`MOST`].
pub(crate) fn open(index: usize) -> Option<&'static Slot> {
    let chunk = SLOTS.get(index / CHUNK)?;
    if chunk.load(Ordering::Acquire).is_null() {
        let fresh = Box::into_raw(Box::new([const { Slot::new() }; CHUNK]));
        let placed = chunk.compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire);
        if placed.is_err() {
            // SAFETY: made by `Box::into_raw` above and published to nobody.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
    slot(index)
}
