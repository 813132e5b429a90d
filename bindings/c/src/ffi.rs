//! The one frame around every exported function: panics end here, failures become codes.
//! Not for converting arguments: see `convert`.

use std::cell::Cell;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use vigie_core::host::{global, guard};

use crate::error::{Failure, remember};

/// What an exported function returns, and how it says that it failed.
pub(crate) trait Answer {
    fn failed(code: i32) -> Self;
}

impl Answer for i32 {
    fn failed(code: i32) -> Self {
        code
    }
}

impl Answer for usize {
    fn failed(_code: i32) -> Self {
        0
    }
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Runs the body of an exported function; nothing unwinds out of it.
#[inline]
pub(crate) fn ffi<T: Answer>(body: impl FnOnce() -> Result<T, Failure>) -> T {
    // One look-up of the thread's own: in a shared library each one is a call.
    let outcome = DEPTH.with(|depth| {
        depth.set(depth.get() + 1);
        let outcome = guard(Err(Failure::panicked()), body);
        depth.set(depth.get() - 1);
        outcome
    });
    outcome.unwrap_or_else(|failure| T::failed(remember(failure)))
}

static READY: AtomicBool = AtomicBool::new(false);

/// Initialises from the environment if nothing did; the first thing that each recording call does.
#[inline]
pub(crate) fn ready() {
    if !READY.load(Ordering::Relaxed) {
        first_use();
    }
}

#[cold]
fn first_use() {
    hooks();
    global().ensure();
    READY.store(true, Ordering::Relaxed);
}

/// Installs what the process needs of us, once.
pub(crate) fn hooks() {
    static DONE: AtomicBool = AtomicBool::new(false);
    if !DONE.swap(true, Ordering::AcqRel) {
        vigie_host::lend_memory();
        vigie_host::install();
        quiet_panics();
    }
}

/// The default hook prints a backtrace to the host's stderr even for a panic that is contained.
fn quiet_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if DEPTH.get() == 0 {
            previous(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{VIGIE_E_ARG, VIGIE_E_PANIC, VIGIE_OK, last};

    #[test]
    fn a_panic_becomes_a_code_and_a_text() {
        quiet_panics();
        let code: i32 = ffi(|| panic!("inside"));
        assert_eq!(code, VIGIE_E_PANIC);
        assert!(last().contains("contained"));
        assert_eq!(ffi::<usize>(|| panic!("inside")), 0);
        assert_eq!(DEPTH.get(), 0);
    }

    #[test]
    fn success_keeps_the_last_error() {
        assert_eq!(ffi::<i32>(|| Err(Failure::argument("first"))), VIGIE_E_ARG);
        assert_eq!(ffi(|| Ok(VIGIE_OK)), VIGIE_OK);
        assert_eq!(last(), "first");
    }
}
