//! The keyword names of a call site, resolved once: a compiled call passes the same tuple object
//! each time. Not for the values: see `keywords`.

use crate::convert::with_text;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use vigie_core::host::Key;

/// One keyword: an attribute, or an option of the function itself by its index.
pub(crate) enum Name {
    /// The attribute's key.
    Attribute(Arc<Key>),
    /// An attribute of a tuple made for one call: its key is the thread's to know.
    Given,
    /// The position in the function's list of options.
    Option(u8),
}

/// The names of one call site, in call order.
pub(crate) struct Plan {
    tuple: *mut ffi::PyObject,
    epoch: u64,
    pub(crate) names: Box<[Name]>,
    /// Whether any name is an option.
    pub(crate) has_options: bool,
}

/// Call sites that one function remembers. Sites beyond that resolve their names at each call.
const SLOTS: usize = 1 << 12;
/// The table is half full at most, so that a probe stays short.
const REMEMBERED: usize = SLOTS / 2;
/// How many slots are looked at for one site.
const PROBES: usize = 8;
/// Plans replaced after a reconfiguration stay allocated, since another thread may still read
/// them; this bounds how many.
const RETIRED: usize = 1 << 14;

/// The plans of one function, found by the address of the tuple of names.
///
/// Nothing is ever removed: a plan holds a reference to its tuple, so an address stays its own.
pub(crate) struct Plans {
    slots: [AtomicPtr<Plan>; SLOTS],
    used: AtomicUsize,
    retired: AtomicUsize,
    misses: AtomicUsize,
    options: &'static [&'static str],
}

/// The plan of a call.
pub(crate) enum Found {
    /// It is remembered, for as long as the process lives.
    Remembered(&'static Plan),
    /// It was made for this call only.
    Made(Plan),
}

impl std::ops::Deref for Found {
    type Target = Plan;

    #[inline]
    fn deref(&self) -> &Plan {
        match self {
            Self::Remembered(plan) => plan,
            Self::Made(plan) => plan,
        }
    }
}

impl Plans {
    /// A table without plans. Keywords with a name in `options` are the function's own.
    pub(crate) const fn new(options: &'static [&'static str]) -> Self {
        Self {
            slots: [const { AtomicPtr::new(ptr::null_mut()) }; SLOTS],
            used: AtomicUsize::new(0),
            retired: AtomicUsize::new(0),
            misses: AtomicUsize::new(0),
            options,
        }
    }

    /// The plan for a tuple of names (never null), under the rules of `epoch`.
    #[inline]
    pub(crate) fn find(&'static self, py: Python<'_>, names: *mut ffi::PyObject, epoch: u64) -> Found {
        let home = home(names);
        for probe in 0..PROBES {
            let Some(slot) = self.slots.get((home + probe) % SLOTS) else { break };
            let plan = slot.load(Ordering::Acquire);
            // SAFETY: a pointer in a slot came from a leaked box and is never freed.
            let Some(plan) = (unsafe { plan.as_ref() }) else { break };
            if plan.tuple == names {
                if plan.epoch == epoch {
                    return Found::Remembered(plan);
                }
                break;
            }
        }
        self.miss(py, names, epoch)
    }

    #[cold]
    fn miss(&'static self, py: Python<'_>, names: *mut ffi::PyObject, epoch: u64) -> Found {
        // A call with `**names` brings a new tuple each time, so the table is searched only now and then.
        let worth_asking = self.used.load(Ordering::Relaxed) < REMEMBERED
            && self.misses.fetch_add(1, Ordering::Relaxed).is_multiple_of(4);
        let stays = worth_asking && is_constant(py, names);
        let plan = self.resolve(py, names, epoch, stays);
        if stays { self.remember(plan) } else { Found::Made(plan) }
    }

    /// Keys are resolved for a tuple that stays: it takes as long as five records.
    fn resolve(&self, py: Python<'_>, names: *mut ffi::PyObject, epoch: u64, stays: bool) -> Plan {
        // SAFETY: the interpreter passes a live tuple of str.
        let tuple: Borrowed<'_, '_, PyTuple> = unsafe { Borrowed::from_ptr(py, names).cast_unchecked() };
        let resolved: Box<[Name]> = tuple
            .iter_borrowed()
            .map(|name| {
                with_text(name, |name| match self.options.iter().position(|option| *option == name) {
                    Some(index) => Name::Option(u8::try_from(index).unwrap_or(u8::MAX)),
                    None if stays => Name::Attribute(vigie_core::host::global().key(name)),
                    None => Name::Given,
                })
            })
            .collect();
        let has_options = resolved.iter().any(|name| matches!(name, Name::Option(_)));
        Plan { tuple: names, epoch, names: resolved, has_options }
    }

    fn remember(&'static self, plan: Plan) -> Found {
        let names = plan.tuple;
        for probe in 0..PROBES {
            let Some(slot) = self.slots.get((home(names) + probe) % SLOTS) else { break };
            let old = slot.load(Ordering::Acquire);
            // SAFETY: as in `find`.
            let replaces = match unsafe { old.as_ref() } {
                None => false,
                Some(old) if old.tuple == names => true,
                Some(_) => continue,
            };
            let (count, bound) = if replaces { (&self.retired, RETIRED) } else { (&self.used, REMEMBERED) };
            if count.fetch_add(1, Ordering::Relaxed) >= bound {
                break;
            }
            let new = Box::into_raw(Box::new(plan));
            if slot.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // Another thread was faster. The plan of this thread serves its own call.
                // SAFETY: nobody else has seen the pointer.
                return Found::Made(*unsafe { Box::from_raw(new) });
            }
            if !replaces {
                // SAFETY: the tuple is alive; the plan keeps it so.
                unsafe { ffi::Py_INCREF(names) };
            }
            // SAFETY: leaked on purpose, see the type.
            return Found::Remembered(unsafe { &*new });
        }
        Found::Made(plan)
    }
}

#[inline]
fn home(names: *mut ffi::PyObject) -> usize {
    // The low four bits of an address are zero; the multiplication spreads neighbours over the table.
    ((names as usize >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize) >> 20) % SLOTS
}

/// Whether the tuple is a constant of the code that makes the call, not one made for it.
fn is_constant(py: Python<'_>, names: *mut ffi::PyObject) -> bool {
    // SAFETY: the thread is attached; frame, code and constants are new or borrowed references
    // that are checked for null.
    unsafe {
        let frame = ffi::PyEval_GetFrame();
        if frame.is_null() {
            return false;
        }
        let code = Bound::from_owned_ptr(py, ffi::PyFrame_GetCode(frame).cast());
        let Ok(constants) = code.getattr("co_consts") else { return false };
        let Ok(constants) = constants.cast_into::<PyTuple>() else { return false };
        constants.iter_borrowed().any(|constant| constant.as_ptr() == names)
    }
}

// SAFETY: the tuple is only compared by address; keys are immutable.
unsafe impl Sync for Plan {}
// SAFETY: as above.
unsafe impl Send for Plan {}
