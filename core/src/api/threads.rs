//! Which thread made a record, for records that tell it.
//!
//! Not for threads of the SDK's own.

use crate::generation;
use crate::model::thread::Thread;
use crate::platform;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What records tell of their thread.
#[derive(Debug, Clone, Default)]
pub enum Threads {
    /// Nothing.
    #[default]
    Untold,
    /// The one that makes them.
    Own,
    /// This one, whoever makes them.
    Fixed(Arc<Thread>),
}

thread_local! {
    /// What the thread is called, and the generation in which that was found: a forked child has another number.
    static CURRENT: RefCell<Option<(u64, Arc<Thread>)>> = const { RefCell::new(None) };
}

impl Threads {
    /// The thread that a record made now tells.
    #[inline]
    #[must_use]
    pub fn told(&self) -> Option<Arc<Thread>> {
        match self {
            Self::Untold => None,
            Self::Own => Some(current()),
            Self::Fixed(thread) => Some(Arc::clone(thread)),
        }
    }
}

fn current() -> Arc<Thread> {
    let known = CURRENT.try_with(|known| {
        let mut known = known.try_borrow_mut().ok()?;
        let generation = generation::current();
        match &*known {
            Some((found_in, thread)) if *found_in == generation => Some(Arc::clone(thread)),
            _ => Some(Arc::clone(&known.insert((generation, Arc::new(found()))).1)),
        }
    });
    // While a thread ends it is asked anew for every record.
    known.ok().flatten().unwrap_or_else(|| Arc::new(found()))
}

/// As the operating system knows it; else by the order in which threads were asked.
#[cold]
fn found() -> Thread {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let (id, name) = platform::thread().unwrap_or_default();
    let id = id.unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed));
    let rusts = std::thread::current();
    Thread::new(id, rusts.name().unwrap_or(&name))
}

/// Says what the host calls the thread that calls this, from now on.
pub fn name_thread(id: u64, name: &str) {
    let _ = CURRENT.try_with(|known| {
        let Ok(mut known) = known.try_borrow_mut() else { return };
        let generation = generation::current();
        let is_known = known.as_ref().is_some_and(|(found_in, thread)| {
            *found_in == generation && thread.id == id && *thread.name == *name
        });
        if !is_known {
            *known = Some((generation, Arc::new(Thread::new(id, name))));
        }
    });
}

/// Runs `work`, which makes records on behalf of another thread.
pub fn on_behalf_of<T>(thread: &Arc<Thread>, work: impl FnOnce() -> T) -> T {
    let put =
        |new| CURRENT.try_with(|known| Some(std::mem::replace(&mut *known.try_borrow_mut().ok()?, new)));
    let before = put(Some((generation::current(), Arc::clone(thread))));
    let result = work();
    let _ = put(before.ok().flatten().flatten());
    result
}
