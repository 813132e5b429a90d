//! What stands above a span in its process: it is read as current in the place of one that has ended.
//! Not for reading the current one: see `current`.

use crate::tracer::{Span, State};
use pyo3::ffi;
use pyo3::prelude::*;
use std::sync::atomic::Ordering;

impl Span {
    /// Whether the span has not ended yet.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// The nearest span above that is open.
    #[cold]
    pub(crate) fn open_above<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Self>> {
        let mut next = self.above(py);
        while let Some(above) = next {
            if above.get().is_open() {
                return Some(above);
            }
            next = above.get().above(py);
        }
        None
    }

    fn above<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Self>> {
        let above = self.state.with(|state| state.above.as_ref().map(|above| above.clone_ref(py)));
        above.and_then(|above| above.into_bound(py).cast_into::<Self>().ok())
    }

    /// Keeps nothing that has ended, or tasks that start each other one after the other would keep
    /// all their spans.
    #[cold]
    pub(crate) fn let_go(&self, py: Python<'_>) {
        let above = self.open_above(py).map(|above| above.into_any().unbind());
        let ended = self.state.with(|state| std::mem::replace(&mut state.above, above));
        drop(ended.map(|ended| ended.into_bound(py)));
    }
}

impl State {
    /// Whether the span above has ended before this one. Runs no Python code.
    #[inline]
    pub(crate) fn is_under_an_ended_one(&self, py: Python<'_>) -> bool {
        let Some(above) = &self.above else { return false };
        // SAFETY: what stands above a span is a span: `current` gives nothing else.
        !unsafe { above.bind_borrowed(py).cast_unchecked::<Span>() }.get().is_open()
    }
}

impl Drop for Span {
    /// Lets go of the spans above one by one: freeing each inside the one below could overflow the stack.
    fn drop(&mut self) {
        let mut next = self.state.get_mut().above.take();
        while let Some(above) = next {
            // SAFETY: the interpreter frees objects on attached threads only.
            let above = above.into_bound(unsafe { Python::assume_attached() });
            next = None;
            // SAFETY: the object is alive.
            let alone = unsafe { ffi::Py_REFCNT(above.as_ptr()) } == 1;
            if alone && let Ok(last) = above.cast::<Self>() {
                next = last.get().state.with(|state| state.above.take());
            }
        }
    }
}
