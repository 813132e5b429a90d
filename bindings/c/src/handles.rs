//! The numbers that C holds instead of pointers: a slot's place and a tag that tells its owners apart.
//! Not for which span is current: see `context`.
//!
//! A look-up takes no lock, so that a child of `fork` can read what a thread of its parent was
//! changing. Spans of the parent serve the child as parents, and only as that.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwapOption, Guard};
use vigie_core::Span;
use vigie_core::host::global;

use crate::error::{Failure, VIGIE_E_LIMIT};
use crate::held::{Entry, Held};
use crate::slots::{self, Slot, slot};

/// How many spans may be open at a time, whatever `limits.open_spans` says: the slots serve contexts,
/// loggers and series too.
const MOST_OPEN_SPANS: usize = slots::MOST / 4 * 3;

static USED: AtomicUsize = AtomicUsize::new(0);
static LEDGER: ArcSwapOption<Ledger> = ArcSwapOption::const_empty();

/// Which slots are free and which spans are open, in order of their start.
struct Ledger {
    generation: u64,
    state: Mutex<LedgerState>,
}

#[derive(Default)]
struct LedgerState {
    free: Vec<usize>,
    open: VecDeque<u64>,
    open_count: usize,
}

fn parts(handle: u64) -> Option<(u32, usize)> {
    let index = usize::try_from(handle & u64::from(u32::MAX)).ok()?.checked_sub(1)?;
    Some(((handle >> 32) as u32, index))
}

fn handle_of(tag: u32, index: usize) -> u64 {
    u64::from(tag) << 32 | (index as u64 + 1)
}

impl Ledger {
    /// The ledger of this generation. After fork the inherited one may be locked for ever, so the
    /// free slots are counted anew.
    fn present() -> Arc<Self> {
        loop {
            let seen = LEDGER.load();
            let generation = global().generation();
            if let Some(ledger) = seen.as_ref().filter(|ledger| ledger.generation == generation) {
                return Arc::clone(ledger);
            }
            let free = if seen.is_some() { unused() } else { Vec::new() };
            let state = Mutex::new(LedgerState { free, ..LedgerState::default() });
            LEDGER.compare_and_swap(&*seen, Some(Arc::new(Self { generation, state })));
        }
    }

    fn state(&self) -> MutexGuard<'_, LedgerState> {
        // A panic under the lock leaves plain data, which is as good as before.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A slot for a new owner. A list that was made while slots changed owners may name a slot twice, or
    /// one that is taken: whether it is free is known once it could be claimed.
    fn claim(&self) -> Result<(usize, &'static Slot), Failure> {
        loop {
            let free = self.state().free.pop();
            let index = free.unwrap_or_else(|| USED.fetch_add(1, Ordering::AcqRel));
            let Some(slot) = slots::open(index) else {
                USED.store(slots::MOST, Ordering::Release);
                return Err(Failure::new(
                    VIGIE_E_LIMIT,
                    format!("more than {} handles at a time", slots::MOST),
                ));
            };
            if slot.claim() {
                return Ok((index, slot));
            }
        }
    }
}

fn unused() -> Vec<usize> {
    (0..USED.load(Ordering::Acquire)).filter(|index| slot(*index).is_some_and(Slot::is_unused)).collect()
}

/// Gives `held` a handle.
pub(crate) fn insert(held: Held) -> Result<u64, Failure> {
    insert_with(held, None)
}

/// Gives an open span a handle.
pub(crate) fn insert_span(span: Span) -> Result<u64, Failure> {
    insert_with(Held::Span(span.context().clone()), Some(span))
}

fn insert_with(held: Held, span: Option<Span>) -> Result<u64, Failure> {
    let ledger = Ledger::present();
    let (index, slot) = ledger.claim()?;
    let is_span = span.is_some();
    let tag = slot.next_tag();
    let handle = handle_of(tag, index);
    *slot.span() = span.map(|span| (tag, span));
    slot.entry.store(Some(Arc::new(Entry { tag, generation: ledger.generation, held })));
    if is_span {
        opened(&ledger, handle);
    }
    Ok(handle)
}

fn opened(ledger: &Ledger, handle: u64) {
    let mut state = ledger.state();
    state.open.push_back(handle);
    state.open_count += 1;
    // Ended spans stay in the queue until then: looking each one up now and then costs less than
    // searching the queue at every end.
    if state.open.len() > 2 * state.open_count.max(512) {
        state.open.retain(|handle| look_up(*handle).is_ok());
    }
}

/// Ends the oldest open span, taken for leaked, when there are as many as there may be.
pub(crate) fn make_room_for_a_span() {
    let limit = usize::try_from(global().open_spans_limit()).unwrap_or(usize::MAX).min(MOST_OPEN_SPANS);
    let ledger = Ledger::present();
    let mut state = ledger.state();
    if state.open_count < limit {
        return;
    }
    let mut oldest = None;
    while oldest.is_none()
        && let Some(next) = state.open.pop_front()
    {
        oldest = look_up(next).is_ok().then_some(next);
    }
    drop(state);
    // Dropping a span that was not ended marks it as leaked; another thread may be ending it.
    let _leaked = oldest.map(take_span);
}

const NOT_LIVE: &str = "handle: ended, released or never given out";

/// The entry of a live handle.
pub(crate) struct Live(Guard<Option<Arc<Entry>>>);

impl Live {
    pub(crate) fn held(&self) -> Option<&Held> {
        self.0.as_ref().map(|entry| &entry.held)
    }
}

/// Finds what a handle stands for.
pub(crate) fn look_up(handle: u64) -> Result<Live, Failure> {
    live(handle).map(|(_, _, live)| live).ok_or(Failure::handle(NOT_LIVE))
}

/// Whether what the handle was given for is there, for less than a look-up. 0 is nothing.
pub(crate) fn is_live(handle: u64) -> bool {
    parts(handle).is_some_and(|(tag, index)| slot(index).is_some_and(|slot| slot.has_owner(tag)))
}

fn live(handle: u64) -> Option<(usize, &'static Slot, Live)> {
    #[cfg(feature = "failpoint")]
    crate::failpoint::at_handle(handle);
    let (tag, index) = parts(handle)?;
    let slot = slot(index)?;
    let entry = slot.entry.load();
    (entry.as_ref()?.tag == tag).then_some((index, slot, Live(entry)))
}

/// The slot of an open span of this process.
fn own_span(handle: u64) -> Result<(usize, &'static Slot), Failure> {
    let (index, slot, live) = live(handle).ok_or(Failure::handle(NOT_LIVE))?;
    let entry = live.0.as_ref().ok_or(Failure::handle(NOT_LIVE))?;
    if !matches!(entry.held, Held::Span(_)) {
        return Err(Failure::handle("handle: not that of a span"));
    }
    if entry.generation != global().generation() {
        return Err(Failure::handle("handle: the span was started before fork or before shutdown"));
    }
    Ok((index, slot))
}

/// Works on an open span of this process.
pub(crate) fn with_span<T>(handle: u64, work: impl FnOnce(&mut Span) -> T) -> Result<T, Failure> {
    let (index, slot) = own_span(handle)?;
    match slot.span().as_mut() {
        Some((tag, span)) if handle_of(*tag, index) == handle => Ok(work(span)),
        _ => Err(Failure::handle(NOT_LIVE)),
    }
}

/// Takes an open span of this process out; of two callers one gets it.
pub(crate) fn take_span(handle: u64) -> Result<Span, Failure> {
    let (index, slot) = own_span(handle)?;
    let taken = {
        let mut held = slot.span();
        if held.as_ref().is_none_or(|(tag, _)| handle_of(*tag, index) != handle) {
            return Err(Failure::handle(NOT_LIVE));
        }
        slot.entry.store(None);
        held.take()
    };
    slot.unclaim();
    let ledger = Ledger::present();
    let mut state = ledger.state();
    state.open_count = state.open_count.saturating_sub(1);
    state.free.push(index);
    taken.map(|(_, span)| span).ok_or(Failure::handle(NOT_LIVE))
}

/// Gives up a handle that is not an open span's.
pub(crate) fn release(handle: u64) -> Result<(), Failure> {
    let (index, slot, live) = live(handle).ok_or(Failure::handle(NOT_LIVE))?;
    if matches!(live.held(), Some(Held::Span(_))) {
        return Err(Failure::handle("handle: a span's, which vigie_span_end takes"));
    }
    let before = slot.entry.compare_and_swap(&*live.0, None);
    let is_ours = match (&*before, &*live.0) {
        (Some(before), Some(ours)) => Arc::ptr_eq(before, ours),
        _ => false,
    };
    if !is_ours {
        return Err(Failure::handle(NOT_LIVE));
    }
    slot.unclaim();
    Ledger::present().state().free.push(index);
    Ok(())
}

/// The open spans of this generation, oldest first.
pub(crate) fn open_spans() -> Vec<u64> {
    Ledger::present().state().open.iter().copied().collect()
}

#[cfg(test)]
#[path = "handles_tests.rs"]
mod tests;
