//! Header carriers of any shape: mappings, and lists of pairs as ASGI has them.
//! Not for what the headers mean: the core knows that.

use crate::convert::Guarded;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

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

/// The headers of interest, collected once: lower-case name and all values.
#[derive(Default)]
pub(crate) struct Headers(Vec<(String, String)>);

/// A name longer than every header that the core asks for is not kept.
const LONGEST_NAME: usize = 32;

impl Headers {
    pub(crate) fn of(carrier: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> Self {
        let mut headers = Self::default();
        each(carrier, guarded, &mut |key, value, guarded| {
            let name = text(key, |name| {
                (name.len() <= LONGEST_NAME).then(|| name.to_ascii_lowercase())
            });
            if let Some(name) = name.flatten() {
                headers.take(&name, value, guarded);
            }
        });
        headers
    }

    /// One value, or all of a list (WSGI and HTTP libraries that keep repeated headers apart).
    fn take(&mut self, name: &str, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
        if let Some(value) = text(value, str::to_owned) {
            self.0.push((name.to_owned(), value));
        } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for value in guarded.collect(|| value.try_iter()) {
                if let Some(value) = text(value.as_borrowed(), str::to_owned) {
                    self.0.push((name.to_owned(), value));
                }
            }
        }
    }

    /// All values of a header, by its lower-case name.
    pub(crate) fn get(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
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
