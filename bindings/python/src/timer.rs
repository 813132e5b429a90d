//! The context manager of `Histogram.time`. Not for spans, which measure themselves.

use crate::host;
use crate::lock::Lock;
use crate::meter::BoundHistogram;
use pyo3::prelude::*;
use std::time::Instant;

/// Records how long its block took. Made by ``Histogram.time``.
#[pyclass(frozen, module = "vigie", name = "Timer")]
pub(crate) struct Timer {
    bound: Py<BoundHistogram>,
    per_second: f64,
    started: Lock<Option<Instant>>,
}

impl Timer {
    pub(crate) fn new(bound: Py<BoundHistogram>, unit: &str) -> Self {
        let per_second = match unit {
            "ms" => 1e3,
            "us" => 1e6,
            "ns" => 1e9,
            _ => 1.0,
        };
        Self { bound, per_second, started: Lock::new(None) }
    }
}

#[pymethods]
impl Timer {
    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        host::begin(slf.py());
        slf.get().started.with(|started| *started = Some(Instant::now()));
        slf
    }

    #[pyo3(signature = (exc_type, exc, traceback, /))]
    fn __exit__(
        &self,
        exc_type: &Bound<'_, PyAny>,
        exc: &Bound<'_, PyAny>,
        traceback: &Bound<'_, PyAny>,
    ) -> bool {
        let _ = (exc_type, exc, traceback);
        if let Some(started) = self.started.with(Option::take) {
            self.bound.get().core.record(started.elapsed().as_secs_f64() * self.per_second);
        }
        false
    }
}
