//! Header carriers of any shape: mappings, and lists of pairs as ASGI has them.
//! Not for what the headers mean: the core knows that, and which ones there are.

use crate::convert::{Guarded, with_text_of};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use std::borrow::Cow;
use std::ptr;
use vigie_core::model::propagation::{Headers, MOST_BYTES, Propagators, Role, Selection};

/// What a walk does with one pair.
type Visit<'v> = dyn FnMut(Borrowed<'_, '_, PyAny>, Borrowed<'_, '_, PyAny>, &mut Guarded) + 'v;

/// The name under which the core reads a header. CGI and WSGI give headers as `HTTP_X_NAME`.
#[inline]
fn known<'k>(propagators: &Propagators, name: &'k str) -> Option<Cow<'k, str>> {
    if let Some(key) = propagators.key(name) {
        return Some(Cow::Borrowed(key));
    }
    let header = name.strip_prefix("HTTP_")?.replace('_', "-");
    let field = propagators.field(&header)?;
    Some(if field.role == Role::Prefix { Cow::Owned(header) } else { Cow::Borrowed(field.name) })
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

/// Headers of interest that a plain carrier may hold; one with more is read by [`read_any`].
const MOST_PLAIN: usize = 6;

/// `base` with what the headers of a plain dict of plain texts say on top, without copies; None when
/// the carrier is of another shape, which [`read_any`] reads.
pub(crate) fn read_plain(
    carrier: Borrowed<'_, '_, PyAny>,
    base: &vigie_core::Context,
    public_endpoint: Option<bool>,
) -> Option<vigie_core::Context> {
    let dict = carrier.cast_exact::<PyDict>().ok()?;
    // The values are borrowed from the dict: nobody may change it meanwhile, and no Python code runs.
    vigie_core::host::global().reading(|reader| {
        let reader = reader.with_public_endpoint(public_endpoint);
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
                let name = match known(reader.propagators(), plain(key)?) {
                    None => continue,
                    Some(Cow::Borrowed(name)) => name,
                    Some(Cow::Owned(_)) => return None,
                };
                *pairs.get_mut(count)? = (name, plain(value)?);
                count += 1;
            }
            Some(reader.extract_headers(base, Headers::new(pairs.get(..count)?)))
        })
    })
}

/// The text of an exact `str` without lone surrogates.
#[inline]
fn plain<'a>(text: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    text.cast_exact::<PyString>().ok()?;
    crate::convert::utf8(text)
}

/// `base` with what the headers of any carrier say on top. Code of the carrier's own may run.
pub(crate) fn read_any(
    carrier: Borrowed<'_, '_, PyAny>,
    base: &vigie_core::Context,
    public_endpoint: Option<bool>,
    guarded: &mut Guarded,
) -> vigie_core::Context {
    vigie_core::host::global().reading(|reader| {
        let reader = reader.with_public_endpoint(public_endpoint);
        let mut collected = Collected { selection: Selection::of(reader.propagators()), pairs: Vec::new() };
        each(carrier, guarded, &mut |key, value, guarded| {
            text(key, |name| {
                if let Some(name) = known(reader.propagators(), name) {
                    collected.take(&name, value, guarded);
                }
            });
        });
        let pairs = collected.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        reader.extract_headers(base, Headers::new(&pairs.collect::<Vec<_>>()))
    })
}

/// Names and values of the headers that propagators read, copied.
struct Collected<'s> {
    selection: Selection<'s>,
    pairs: Vec<(String, String)>,
}

impl Collected<'_> {
    /// Takes one value, or all of a list, in which some HTTP libraries keep repeated headers.
    fn take(&mut self, name: &str, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
        if self.push(name, value) {
            return;
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for value in guarded.collect(|| value.try_iter()) {
                self.push(name, value.as_borrowed());
            }
        }
    }

    /// False for what is no text.
    fn push(&mut self, name: &str, value: Borrowed<'_, '_, PyAny>) -> bool {
        let selected = text(value, |value| {
            let selected = self.selection.take(name, value)?;
            Some((selected.name.to_owned(), selected.value.to_owned()))
        });
        let is_text = selected.is_some();
        self.pairs.extend(selected.flatten());
        is_text
    }
}

/// Puts a header into a list of pairs, as clients of Kafka have them, in the place of those of the same name: a
/// message that is sent on would otherwise name two parents. The name is bytes where the names in the list are.
pub(crate) fn put_pair(list: &Bound<'_, PyList>, name: &str, value: &str) -> PyResult<()> {
    let py = list.py();
    let mut has_bytes = false;
    for index in (0..list.len()).rev() {
        let Ok((key, _)) = list.get_item(index)?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
            continue;
        };
        has_bytes |= key.is_instance_of::<PyBytes>();
        if text(key.as_borrowed(), |key| key.eq_ignore_ascii_case(name)) == Some(true) {
            list.del_item(index)?;
        }
    }
    let value = PyBytes::new(py, value.as_bytes());
    if has_bytes {
        return list.append((PyBytes::new(py, name.as_bytes()), value));
    }
    list.append((name, value))
}

/// Lends a `str` or `bytes` (Latin-1, as HTTP has it).
fn text<T>(value: Borrowed<'_, '_, PyAny>, lend: impl FnOnce(&str) -> T) -> Option<T> {
    if value.is_instance_of::<PyString>() {
        return Some(crate::convert::with_text(value, lend));
    }
    let bytes = value.cast::<PyBytes>().ok()?;
    // Nobody reads more of a header.
    let bytes = bytes.as_bytes().get(..MOST_BYTES).unwrap_or(bytes.as_bytes());
    if bytes.is_ascii()
        && let Ok(ascii) = std::str::from_utf8(bytes)
    {
        return Some(lend(ascii));
    }
    let latin1: String = bytes.iter().copied().map(char::from).collect();
    Some(lend(&latin1))
}
