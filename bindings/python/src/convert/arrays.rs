//! Arrays and single values of numpy, pandas and whatever speaks their protocol (`shape`, slices, `tolist`).
//! None of these packages is imported. Not for writing what is inside: see `walk`.

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PySlice, PyTuple};

/// How many items are taken out of an array at once: more than any sensible `limits.nodes` allows.
const ITEMS: isize = 1 << 16;

/// What is inside an array.
pub(super) enum Content<'py> {
    /// The items of one dimension, or the value of none, as built-in values.
    Made(Bound<'py, PyAny>),
    /// So many parts, each to be asked for: rows, or points in time, which `tolist` makes integers of.
    Parts(usize),
}

/// What is inside, without making more of it than a line can hold.
pub(super) fn content<'py>(array: Borrowed<'_, 'py, PyAny>) -> PyResult<Content<'py>> {
    let dimensions = match array.getattr("shape") {
        Ok(shape) => shape.cast_into::<PyTuple>()?.len(),
        // An array of the standard library.
        Err(_) => 1,
    };
    if dimensions == 0 {
        return Ok(Content::Made(array.call_method0("tolist")?));
    }
    let len = array.len()?;
    if dimensions > 1 || is_of_time(array) {
        return Ok(Content::Parts(len));
    }
    let slice = PySlice::new(array.py(), 0, ITEMS, 1);
    let items = by_place(array).get_item(slice)?.call_method0("tolist")?.cast_into::<PyList>()?;
    if len > items.len() {
        items.append("[truncated]")?;
    }
    Ok(Content::Made(items.into_any()))
}

/// One part of an array.
pub(super) fn part<'py>(array: Borrowed<'_, 'py, PyAny>, index: usize) -> PyResult<Bound<'py, PyAny>> {
    by_place(array).get_item(index)
}

/// A point in time of numpy: `item()` where that is a date, the text where it is but a count of units.
pub(super) fn instant<'py>(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let item = value.call_method0("item")?;
    if item.is_instance_of::<PyInt>() { Ok(value.str()?.into_any()) } else { Ok(item) }
}

/// A duration of numpy in seconds; months and years, which have no length, as text.
pub(super) fn duration<'py>(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let item = value.call_method0("item")?;
    if !item.is_instance_of::<PyInt>() {
        return Ok(item);
    }
    let second = value.get_type().call1((1, "s"))?;
    match value.div(second) {
        Ok(seconds) => seconds.call_method0("item"),
        Err(_) => Ok(value.str()?.into_any()),
    }
}

/// What takes a place as index: pandas' series take a label themselves.
fn by_place<'py>(array: Borrowed<'_, 'py, PyAny>) -> Bound<'py, PyAny> {
    array.getattr("iloc").unwrap_or_else(|_| array.to_owned())
}

fn is_of_time(array: Borrowed<'_, '_, PyAny>) -> bool {
    let kind = array.getattr("dtype").and_then(|dtype| dtype.getattr("kind")?.extract::<String>());
    kind.is_ok_and(|kind| kind == "M" || kind == "m")
}
