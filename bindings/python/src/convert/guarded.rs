//! Calls into users' code (`__repr__`, `__str__`, `__iter__`, properties) made harmless: what
//! they throw is swallowed, and a record that spent its budget makes no further call. A call that
//! runs is never interrupted: the interpreter has no safe way to do that.
//! The standard library's code is guarded too, but neither costs budget nor is refused for want of it.

use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString};
use std::time::{Duration, Instant};

/// How long the users' code of one record may run, all calls together.
const BUDGET: Duration = Duration::from_millis(2);

/// How many bytes are kept of a text that a user's code made.
pub(crate) const TEXT_CAP: usize = 8 * 1024;

/// How many items are taken from a user's iterator: more headers or members than any request has.
const ITEMS: usize = 4096;

/// Stands for a value whose own code threw.
const THREW: &str = "[getter threw]";
/// Stands for a value that came after the budget was spent.
const OVER_BUDGET: &str = "[over budget]";

/// The state of one record: time spent in users' code, an interruption that waits.
#[derive(Debug, Default)]
pub(crate) struct Guarded {
    spent: Duration,
    interrupted: Option<PyErr>,
    /// The addresses of the containers that are open, by which a cycle is noticed.
    pub(super) open: Vec<usize>,
}

impl Guarded {
    /// A fresh budget.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { spent: Duration::ZERO, interrupted: None, open: Vec::new() }
    }

    /// Runs a user's code; on failure gives the marker to write instead.
    pub(super) fn run<T>(&mut self, code: impl FnOnce() -> PyResult<T>) -> Result<T, &'static str> {
        if self.spent >= BUDGET {
            return Err(OVER_BUDGET);
        }
        let start = Instant::now();
        let result = code();
        self.spent += start.elapsed();
        result.map_err(|error| {
            self.keep_interruption(error);
            THREW
        })
    }

    /// Runs code that is a user's unless it is the `standard` library's.
    pub(super) fn run_unless<T>(
        &mut self,
        standard: bool,
        code: impl FnOnce() -> PyResult<T>,
    ) -> Result<T, &'static str> {
        if standard { self.run_library(code) } else { self.run(code) }
    }

    /// Runs a user's code for its effect alone, whatever time it takes: the effect is what was asked for.
    pub(crate) fn ignore<T>(&mut self, code: impl FnOnce() -> PyResult<T>) {
        let _ = self.run_library(code);
    }

    /// All items of a user's iterator, or those before it failed; at most [`ITEMS`]. Time is no limit:
    /// the items are headers or links, and without one of them a trace is torn.
    pub(crate) fn collect<'py>(
        &mut self,
        iterator: impl FnOnce() -> PyResult<Bound<'py, PyIterator>>,
    ) -> Vec<Bound<'py, PyAny>> {
        let mut items = Vec::new();
        let Ok(mut iterator) = self.run_library(iterator) else { return items };
        while items.len() < ITEMS {
            match self.run_library(|| iterator.next().transpose()) {
                Ok(Some(item)) => items.push(item),
                Ok(None) | Err(_) => break,
            }
        }
        items
    }

    /// Runs code that has no budget: the standard library's, which may call users' code in turn, and
    /// what a record is worth nothing without, such as an error's message.
    pub(crate) fn run_library<T>(&mut self, code: impl FnOnce() -> PyResult<T>) -> Result<T, &'static str> {
        code().map_err(|error| {
            self.keep_interruption(error);
            THREW
        })
    }

    /// Remembers an exception that must reach the user's program and drops any other.
    fn keep_interruption(&mut self, error: PyErr) {
        Python::attach(|py| {
            let interrupts =
                error.is_instance_of::<PyKeyboardInterrupt>(py) || error.is_instance_of::<PySystemExit>(py);
            if interrupts && self.interrupted.is_none() {
                self.interrupted = Some(error);
            }
        });
    }

    /// `str(value)`.
    pub(super) fn text<'py>(
        &mut self,
        value: Borrowed<'_, 'py, PyAny>,
        standard: bool,
    ) -> Result<Bound<'py, PyString>, &'static str> {
        self.run_unless(standard, || value.str())
    }

    /// `repr(value)`.
    pub(super) fn repr<'py>(
        &mut self,
        value: Borrowed<'_, 'py, PyAny>,
        standard: bool,
    ) -> Result<Bound<'py, PyString>, &'static str> {
        self.run_unless(standard, || value.repr())
    }

    /// Hands on an interruption (KeyboardInterrupt, SystemExit) that users' code raised.
    #[inline]
    pub(crate) fn finish(self) -> PyResult<()> {
        match self.interrupted {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }
}
