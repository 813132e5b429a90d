//! Header carriers of any shape: mappings, and lists of pairs as ASGI has them.
//! Not for what the headers mean: the core knows that, and which ones there are.

use crate::convert::{Guarded, with_text_of};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use std::ops::Range;
use std::ptr;
use vigie_core::model::propagation;

/// What a walk does with one pair.
type Visit<'v> = dyn FnMut(Borrowed<'_, '_, PyAny>, Borrowed<'_, '_, PyAny>, &mut Guarded) + 'v;

/// The header that the core reads under this name. CGI and WSGI give headers as `HTTP_X_NAME`.
#[inline]
fn field(name: &str) -> Option<&'static propagation::Field> {
    propagation::field(name).or_else(|| {
        let name = name.strip_prefix("HTTP_")?;
        propagation::field(&name.replace('_', "-"))
    })
}

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

/// The members of a mapping as texts.
#[cold]
pub(crate) fn texts(mapping: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> Vec<(String, String)> {
    Python::attach(|_| {
        let mut pairs = Vec::new();
        each(mapping, guarded, &mut |key, value, guarded| {
            let key = with_text_of(key, guarded, str::to_owned);
            pairs.push((key, with_text_of(value, guarded, str::to_owned)));
        });
        pairs
    })
}

/// Headers of interest that a plain carrier may hold; one with more is read by [`Headers`].
const MOST_PLAIN: usize = 4;

/// `base` with what the headers of a plain dict of plain texts say on top, without copies; None when
/// the carrier is of another shape, which [`Headers`] reads.
pub(crate) fn read_plain(
    carrier: Borrowed<'_, '_, PyAny>,
    base: &vigie_core::Context,
) -> Option<vigie_core::Context> {
    let dict = carrier.cast_exact::<PyDict>().ok()?;
    // The values are borrowed from the dict: nobody may change it meanwhile, and no Python code runs.
    with_critical_section(dict.as_any(), || {
        let mut pairs = [("", ""); MOST_PLAIN];
        let mut count = 0;
        let mut position: ffi::Py_ssize_t = 0;
        let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the object is a dict, and nothing below changes it.
        while unsafe { ffi::PyDict_Next(dict.as_ptr(), &mut position, &mut key, &mut value) } != 0 {
            // SAFETY: both are live, borrowed from the dict.
            let (key, value) =
                unsafe { (Borrowed::from_ptr(dict.py(), key), Borrowed::from_ptr(dict.py(), value)) };
            let Some(field) = field(plain(key)?) else { continue };
            *pairs.get_mut(count)? = (field.name, plain(value)?);
            count += 1;
        }
        Some(vigie_core::host::global().extract_headers(base, propagation::Headers::new(pairs.get(..count)?)))
    })
}

/// The text of an exact `str` without lone surrogates.
#[inline]
fn plain<'a>(text: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    text.cast_exact::<PyString>().ok()?;
    crate::convert::utf8(text)
}

/// All values of the headers that the core reads, copied once into one piece of memory.
#[derive(Default)]
pub(crate) struct Headers {
    text: String,
    /// The header's lower-case name, and where its value is in `text`.
    values: Vec<(&'static str, Range<usize>)>,
}

impl Headers {
    pub(crate) fn of(carrier: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> Self {
        let mut headers = Self::default();
        each(carrier, guarded, &mut |key, value, guarded| {
            if let Some(field) = text(key, field).flatten() {
                headers.take(field.name, value, guarded);
            }
        });
        headers
    }

    /// Takes one value, or all of a list, in which some HTTP libraries keep repeated headers.
    fn take(&mut self, name: &'static str, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
        if self.push(name, value) {
            return;
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for value in guarded.collect(|| value.try_iter()) {
                self.push(name, value.as_borrowed());
            }
        }
    }

    fn push(&mut self, name: &'static str, value: Borrowed<'_, '_, PyAny>) -> bool {
        let start = self.text.len();
        let copied = text(value, |value| self.text.push_str(value)).is_some();
        if copied {
            self.values.push((name, start..self.text.len()));
        }
        copied
    }

    /// `base` with what the headers say on top.
    pub(crate) fn read(&self, base: &vigie_core::Context) -> vigie_core::Context {
        let pairs: Vec<(&str, &str)> = self
            .values
            .iter()
            .filter_map(|(name, range)| Some((*name, self.text.get(range.clone())?)))
            .collect();
        vigie_core::host::global().extract_headers(base, propagation::Headers::new(&pairs))
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
