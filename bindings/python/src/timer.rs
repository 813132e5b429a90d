//! `time`, the method of histograms, and the context manager that it gives.

use crate::convert::{self, Guarded};
use crate::host;
use crate::lock::Lock;
use crate::meter::{BoundHistogram, Histogram};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::time::Instant;

/// Records how long its block took, however it was left. Made by ``Histogram.time``.
#[pyclass(frozen, module = "vigie", name = "Timer")]
pub(crate) struct Timer {
    bound: Py<BoundHistogram>,
    per_second: f64,
    started: Lock<Option<Instant>>,
}

impl Timer {
    fn new(bound: Py<BoundHistogram>, unit: &str) -> Self {
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
    /// Begins to measure.
    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        host::begin(slf.py());
        slf.get().started.with(|started| *started = Some(Instant::now()));
        slf
    }

    /// Records the time since ``__enter__``. An exception goes on.
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

#[pymethods]
impl Histogram {
    /// A context manager that records how long its block took.
    ///
    /// The time is in the instrument's unit where that is ``ms``, ``us`` or ``ns``, in seconds otherwise;
    /// it comes from a clock that never goes back. Raises nothing.
    #[pyo3(signature = (**attributes))]
    fn time(slf: Bound<'_, Self>, attributes: Option<Bound<'_, PyDict>>) -> PyResult<Timer> {
        let mut guarded = Guarded::new();
        let bound = slf.get().core.bind(|writer| {
            if let Some(attributes) = &attributes {
                convert::members_of(writer, attributes.as_any().as_borrowed(), &mut guarded);
            }
        });
        guarded.finish()?;
        let unit = bound.unit().to_owned();
        Ok(Timer::new(Py::new(slf.py(), BoundHistogram { core: bound })?, &unit))
    }
}

#[pymethods]
impl BoundHistogram {
    /// A context manager that records how long its block took.
    fn time(slf: Bound<'_, Self>) -> Timer {
        let unit = slf.get().core.unit().to_owned();
        Timer::new(slf.unbind(), &unit)
    }
}
