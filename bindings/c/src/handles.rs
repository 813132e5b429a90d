//! The numbers that C holds instead of pointers: a slot's place and a tag that tells its owners apart.
//! Not for which span is current: see `context`.
//!
//! A look-up takes no lock, so that a child of `fork` can read what a thread of its parent was
//! changing. Spans of the parent serve the child as parents, and only as that.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use arc_swap::ArcSwapOption;
use vigie_core::{Context, Logger, Span, global};

use crate::error::{Failure, VIGIE_E_LIMIT};
use crate::meter::Series;

const CHUNK: usize = 256;
const CHUNKS: usize = 512;
/// Spans open at a time; beyond it the oldest is taken for leaked and ended.
const OPEN_SPANS: usize = 10_000;

/// What a handle stands for; a span's changing part is kept beside it.
pub(crate) enum Held {
    Span(Context),
    Context(Context),
    Logger(Logger),
    Series(Series),
}

pub(crate) struct Entry {
    tag: u32,
    generation: u64,
    pub(crate) held: Held,
}

#[derive(Default)]
struct Slot {
    tag: AtomicU32,
    entry: ArcSwapOption<Entry>,
    span: Mutex<Option<(u32, Span)>>,
}

type Chunk = Vec<Slot>;

static SLOTS: [ArcSwapOption<Chunk>; CHUNKS] = [const { ArcSwapOption::const_empty() }; CHUNKS];
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

/// A poisoned lock protects the same plain data as before.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The slot of an index; its chunk exists once any index of it was given out.
fn slot<T>(index: usize, look: impl FnOnce(&Slot) -> T) -> Option<T> {
    let chunk = SLOTS.get(index / CHUNK)?.load();
    Some(look(chunk.as_ref()?.get(index % CHUNK)?))
}

fn parts(handle: u64) -> Option<(u32, usize)> {
    let index = usize::try_from(handle & u64::from(u32::MAX)).ok()?.checked_sub(1)?;
    Some(((handle >> 32) as u32, index))
}

fn handle_of(tag: u32, index: usize) -> u64 {
    u64::from(tag) << 32 | (index as u64 + 1)
}

/// The ledger of this generation. After fork the inherited one may be locked for ever, so the
/// free slots are counted anew: those without an entry that no lost thread was working on.
fn ledger() -> Arc<Ledger> {
    loop {
        let seen = LEDGER.load_full();
        let generation = global().generation();
        if let Some(ledger) = seen.as_ref().filter(|ledger| ledger.generation == generation) {
            return Arc::clone(ledger);
        }
        let free = if seen.is_some() { unused() } else { Vec::new() };
        let state = Mutex::new(LedgerState { free, ..LedgerState::default() });
        LEDGER.compare_and_swap(&seen, Some(Arc::new(Ledger { generation, state })));
    }
}

fn unused() -> Vec<usize> {
    let is_unused = |slot: &Slot| {
        let idle = !matches!(slot.span.try_lock(), Err(TryLockError::WouldBlock));
        idle && slot.entry.load().is_none()
    };
    (0..USED.load(Ordering::Acquire)).filter(|index| slot(*index, is_unused) == Some(true)).collect()
}

fn fresh_slot() -> Result<usize, Failure> {
    let index = USED.fetch_add(1, Ordering::AcqRel);
    let Some(chunk) = SLOTS.get(index / CHUNK) else {
        USED.store(CHUNK * CHUNKS, Ordering::Release);
        return Err(Failure::new(VIGIE_E_LIMIT, format!("more than {} handles at a time", CHUNK * CHUNKS)));
    };
    if chunk.load().is_none() {
        let slots = Arc::new((0..CHUNK).map(|_| Slot::default()).collect::<Chunk>());
        chunk.compare_and_swap(&None::<Arc<Chunk>>, Some(slots));
    }
    Ok(index)
}

/// Gives `held` a handle.
pub(crate) fn insert(held: Held) -> Result<u64, Failure> {
    insert_with(held, None)
}

/// Gives an open span a handle. At the cap the oldest open one is ended with `vigie.leaked`.
pub(crate) fn insert_span(span: Span) -> Result<u64, Failure> {
    insert_with(Held::Span(span.context().clone()), Some(span))
}

fn insert_with(held: Held, span: Option<Span>) -> Result<u64, Failure> {
    let ledger = ledger();
    let free = locked(&ledger.state).free.pop();
    let index = match free {
        Some(index) => index,
        None => fresh_slot()?,
    };
    let is_span = span.is_some();
    let generation = ledger.generation;
    let handle = slot(index, |slot| {
        let tag = slot.tag.fetch_add(1, Ordering::AcqRel).wrapping_add(1).max(1);
        *locked(&slot.span) = span.map(|span| (tag, span));
        slot.entry.store(Some(Arc::new(Entry { tag, generation, held })));
        handle_of(tag, index)
    })
    .ok_or_else(Failure::panicked)?;
    if is_span {
        opened(&ledger, handle);
    }
    Ok(handle)
}

fn opened(ledger: &Ledger, handle: u64) {
    let mut state = locked(&ledger.state);
    state.open.push_back(handle);
    state.open_count += 1;
    // Ended spans stay in the queue until then: looking each one up now and then costs less than
    // searching the queue at every end.
    if state.open.len() > 2 * state.open_count.max(512) {
        state.open.retain(|handle| look_up(*handle).is_ok());
    }
}

/// Ends the oldest open span when there are as many as there may be.
pub(crate) fn make_room_for_a_span() {
    let ledger = ledger();
    let mut state = locked(&ledger.state);
    if state.open_count < OPEN_SPANS {
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
pub(crate) fn look_up(handle: u64) -> Result<Arc<Entry>, Failure> {
    parts(handle)
        .and_then(|(tag, index)| {
            let entry = slot(index, |slot| slot.entry.load_full())??;
            (entry.tag == tag).then_some(entry)
        })
        .ok_or(Failure::handle(NOT_LIVE))
}

/// Works on an open span of this process.
pub(crate) fn with_span<T>(handle: u64, work: impl FnOnce(&mut Span) -> T) -> Result<T, Failure> {
    let index = own_span(handle)?;
    slot(index, |slot| {
        let mut span = locked(&slot.span);
        match span.as_mut() {
            Some((tag, span)) if handle_of(*tag, index) == handle => Ok(work(span)),
            _ => Err(Failure::handle(NOT_LIVE)),
        }
    })
    .unwrap_or_else(|| Err(Failure::handle(NOT_LIVE)))
}

fn own_span(handle: u64) -> Result<usize, Failure> {
    let entry = look_up(handle)?;
    if !matches!(entry.held, Held::Span(_)) {
        return Err(Failure::handle("handle: not that of a span"));
    }
    if entry.generation != global().generation() {
        return Err(Failure::handle("handle: the span was started before fork or before shutdown"));
    }
    parts(handle).map(|(_, index)| index).ok_or(Failure::handle(NOT_LIVE))
}

/// Takes an open span of this process out; of two callers one gets it.
pub(crate) fn take_span(handle: u64) -> Result<Span, Failure> {
    let index = own_span(handle)?;
    let span = slot(index, |slot| {
        let mut held = locked(&slot.span);
        let is_this = held.as_ref().is_some_and(|(tag, _)| handle_of(*tag, index) == handle);
        if !is_this {
            return None;
        }
        slot.entry.store(None);
        held.take().map(|(_, span)| span)
    })
    .flatten()
    .ok_or(Failure::handle(NOT_LIVE))?;
    let ledger = ledger();
    let mut state = locked(&ledger.state);
    state.open_count = state.open_count.saturating_sub(1);
    state.free.push(index);
    Ok(span)
}

/// Gives up a handle that is not an open span's.
pub(crate) fn release(handle: u64) -> Result<(), Failure> {
    let entry = look_up(handle)?;
    let (_, index) = parts(handle).ok_or(Failure::handle(NOT_LIVE))?;
    let taken = slot(index, |slot| {
        let before = slot.entry.compare_and_swap(&entry, None);
        before.as_ref().is_some_and(|before| Arc::ptr_eq(before, &entry))
    });
    if taken != Some(true) {
        return Err(Failure::handle(NOT_LIVE));
    }
    locked(&ledger().state).free.push(index);
    Ok(())
}

/// The open spans of this generation, oldest first.
pub(crate) fn open_spans() -> Vec<u64> {
    locked(&ledger().state).open.iter().copied().collect()
}

#[cfg(test)]
#[path = "handles_tests.rs"]
mod tests;
