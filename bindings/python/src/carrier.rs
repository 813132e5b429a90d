//! Header carriers of any shape: mappings, and lists of pairs as ASGI has them.
//! Not for what the headers mean: the core knows that.

use crate::convert::Guarded;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use std::ops::Range;
use std::ptr;
use vigie_core::model::propagation;

/// What a walk does with one pair.
type Visit<'v> = dyn FnMut(Borrowed<'_, '_, PyAny>, Borrowed<'_, '_, PyAny>, &mut Guarded) + 'v;

/// Visits the pairs of a mapping or of an iterable of pairs; anything else has none.
pub(crate) fn each(carrier: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded, visit: &mut Visit<'_>) {
    if let Ok(dict) = carrier.cast_exact::<PyDict>() {
        for (key, value) in dict.to_owned().iter() {
            visit(key.as_borrowed(), value.as_borrowed(), guarded);
        }
        return;
    }
    let items = guarded.collect(|| {
        let pairs = match carrier.getattr("items") {
            Ok(items) => items.call0()?,
            Err(_) => carrier.to_owned(),
        };
        pairs.try_iter()
    });
    for item in items {
        if let Ok((key, value)) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() {
            visit(key.as_borrowed(), value.as_borrowed(), guarded);
        }
    }
}

/// The headers that the core reads, in the order of [`NAMES`].
const NAMES: [&str; 4] = ["traceparent", "tracestate", "baggage", "x-correlation-id"];

/// `base` with what the headers of a plain dict of plain texts say on top, without copies; nothing
/// when the carrier is of another shape.
pub(crate) fn read_plain(
    carrier: Borrowed<'_, '_, PyAny>,
    base: &vigie_core::Context,
) -> Option<vigie_core::Context> {
    let dict = carrier.cast_exact::<PyDict>().ok()?;
    // The values are borrowed from the dict: nobody may change it meanwhile, and no Python code runs.
    with_critical_section(dict.as_any(), || {
        let mut found: [Option<&str>; NAMES.len()] = [None; NAMES.len()];
        let mut position: ffi::Py_ssize_t = 0;
        let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the object is a dict, and nothing below changes it.
        while unsafe { ffi::PyDict_Next(dict.as_ptr(), &mut position, &mut key, &mut value) } != 0 {
            // SAFETY: both are live, borrowed from the dict.
            let (key, value) =
                unsafe { (Borrowed::from_ptr(dict.py(), key), Borrowed::from_ptr(dict.py(), value)) };
            let name = plain(key)?;
            let Some(header) = header(name) else { continue };
            let slot = found.get_mut(header).filter(|slot| slot.is_none())?;
            *slot = Some(plain(value)?);
        }
        let [traceparent, tracestate, baggage, correlation_id] = found.each_ref().map(Option::as_slice);
        let headers = propagation::Headers { traceparent, tracestate, baggage, correlation_id };
        Some(vigie_core::global().extract_headers(base, &headers))
    })
}

/// The text of an exact `str` without lone surrogates.
#[inline]
fn plain<'a>(text: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    text.cast_exact::<PyString>().ok()?;
    crate::convert::utf8(text)
}

/// The index of a header among [`NAMES`], in any case.
#[inline]
fn header(name: &str) -> Option<usize> {
    // The lengths differ, so that one comparison is enough.
    let index = match name.len() {
        11 => 0,
        10 => 1,
        7 => 2,
        16 => 3,
        _ => return None,
    };
    NAMES.get(index).filter(|known| known.eq_ignore_ascii_case(name)).map(|_| index)
}

/// All values of those headers, copied once into one piece of memory.
#[derive(Default)]
pub(crate) struct Headers {
    text: String,
    /// Which header, and where its value is in `text`.
    values: Vec<(usize, Range<usize>)>,
}

impl Headers {
    pub(crate) fn of(carrier: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> Self {
        let mut headers = Self::default();
        each(carrier, guarded, &mut |key, value, guarded| {
            if let Some(header) = text(key, header).flatten() {
                headers.take(header, value, guarded);
            }
        });
        headers
    }

    /// One value, or all of a list (WSGI and HTTP libraries that keep repeated headers apart).
    fn take(&mut self, header: usize, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
        if self.push(header, value) {
            return;
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for value in guarded.collect(|| value.try_iter()) {
                self.push(header, value.as_borrowed());
            }
        }
    }

    fn push(&mut self, header: usize, value: Borrowed<'_, '_, PyAny>) -> bool {
        let start = self.text.len();
        let copied = text(value, |value| self.text.push_str(value)).is_some();
        if copied {
            self.values.push((header, start..self.text.len()));
        }
        copied
    }

    /// `base` with what the headers say on top.
    pub(crate) fn read(&self, base: &vigie_core::Context) -> vigie_core::Context {
        let mut all: [Vec<&str>; NAMES.len()] = Default::default();
        for (header, range) in &self.values {
            if let (Some(values), Some(value)) = (all.get_mut(*header), self.text.get(range.clone())) {
                values.push(value);
            }
        }
        let [traceparent, tracestate, baggage, correlation_id] = &all;
        let headers = propagation::Headers { traceparent, tracestate, baggage, correlation_id };
        vigie_core::global().extract_headers(base, &headers)
    }
}

/// Lends a `str` or `bytes` (Latin-1, as HTTP has it).
fn text<T>(value: Borrowed<'_, '_, PyAny>, lend: impl FnOnce(&str) -> T) -> Option<T> {
    if value.is_instance_of::<PyString>() {
        return Some(crate::convert::with_text(value, lend));
    }
    let bytes = value.cast::<PyBytes>().ok()?;
    let latin1: String = bytes.as_bytes().iter().copied().map(char::from).collect();
    Some(lend(&latin1))
}
