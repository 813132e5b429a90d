//! What Python calls the thread that makes a record, for records that tell it.

use pyo3::prelude::*;
use vigie_core::LogRecord;
use vigie_core::host::name_thread;

/// Has a record that is made now tell the thread that makes it.
#[inline]
pub(crate) fn tell(py: Python<'_>, record: &LogRecord<'_>) {
    if record.tells_thread() {
        // Where Python cannot say it any more, the operating system's number is told.
        let _ = current(py);
    }
}

#[cold]
fn current(py: Python<'_>) -> PyResult<()> {
    let thread = py.import("threading")?.call_method0("current_thread")?;
    name(&thread.getattr("ident")?, &thread.getattr("name")?)
}

/// Has it tell the thread that a record of `logging` names, which may be written by another one.
#[inline]
pub(crate) fn tell_of(record: Borrowed<'_, '_, PyAny>, made: &LogRecord<'_>) {
    if made.tells_thread() && named(record).is_err() {
        tell(record.py(), made);
    }
}

#[cold]
fn named(record: Borrowed<'_, '_, PyAny>) -> PyResult<()> {
    name(&record.getattr("thread")?, &record.getattr("threadName")?)
}

fn name(id: &Bound<'_, PyAny>, name: &Bound<'_, PyAny>) -> PyResult<()> {
    name_thread(id.extract()?, &name.extract::<std::borrow::Cow<'_, str>>()?);
    Ok(())
}
