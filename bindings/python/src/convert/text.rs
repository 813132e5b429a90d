//! Text in and out of Python strings, lone surrogates included.
//! Not for escaping, which the core does.

use super::destination::Destination;
use super::guarded::{Guarded, TEXT_CAP};
use super::origin;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// Longer strings are cut before they are encoded: every limit of the core is far below, and the
/// interpreter keeps the encoded copy of a non-ASCII string for as long as the string lives.
const LONGEST_CHARS: ffi::Py_ssize_t = 1 << 19;

/// The UTF-8 form of a `str`, or nothing when it holds a lone surrogate.
#[inline]
pub(crate) fn utf8<'a>(text: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    let mut size: ffi::Py_ssize_t = 0;
    // SAFETY: the object is a str (every caller checked) and outlives the borrow; the bytes
    // are its own or cached in it, and valid UTF-8 by contract.
    unsafe {
        let bytes = ffi::PyUnicode_AsUTF8AndSize(text.as_ptr(), &mut size);
        if bytes.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let bytes = std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(size).unwrap_or(0));
        Some(std::str::from_utf8_unchecked(bytes))
    }
}

/// Whether it is a `str` or an instance of a subclass.
#[inline]
pub(crate) fn is_text(value: Borrowed<'_, '_, PyAny>) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::PyUnicode_Check(value.as_ptr()) != 0 }
}

/// Writes a `str` as a value.
#[inline]
pub(super) fn write<D: Destination>(to: &mut D, text: Borrowed<'_, '_, PyAny>) {
    // SAFETY: the object is a str.
    let long = unsafe { ffi::PyUnicode_GET_LENGTH(text.as_ptr()) } > LONGEST_CHARS;
    if long {
        return write_long(to, text);
    }
    match utf8(text) {
        Some(text) => to.str(text),
        None => to.utf16(&utf16(text)),
    }
}

#[cold]
fn write_long<D: Destination>(to: &mut D, text: Borrowed<'_, '_, PyAny>) {
    let start = head(text, LONGEST_CHARS);
    match start.as_ref().and_then(|start| utf8(start.as_borrowed())) {
        Some(text) => to.str(text),
        None => to.utf16(&start.map(|start| utf16(start.as_borrowed())).unwrap_or_default()),
    }
}

/// Writes a key that [`is_text`]; no user code runs.
#[inline]
pub(crate) fn text_key<D: Destination>(to: &mut D, key: Borrowed<'_, '_, PyAny>) {
    match utf8(key) {
        Some(key) => to.key(key),
        None => to.key_utf16(&utf16(key)),
    }
}

/// The first `chars` characters of a `str`.
fn head<'py>(text: Borrowed<'_, 'py, PyAny>, chars: ffi::Py_ssize_t) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the object is a str; the result is a new reference or null.
    unsafe {
        let part = ffi::PyUnicode_Substring(text.as_ptr(), 0, chars);
        if part.is_null() {
            ffi::PyErr_Clear();
        }
        Bound::from_owned_ptr_or_opt(text.py(), part)
    }
}

/// The UTF-16 form of a `str`; lone surrogates stay what they are.
#[cold]
pub(crate) fn utf16(text: Borrowed<'_, '_, PyAny>) -> Vec<u16> {
    // SAFETY: the object is a str and both names are C strings; the result is new or null.
    let encoded = unsafe {
        let encoded =
            ffi::PyUnicode_AsEncodedString(text.as_ptr(), c"utf-16-le".as_ptr(), c"surrogatepass".as_ptr());
        if encoded.is_null() {
            ffi::PyErr_Clear();
        }
        Bound::from_owned_ptr_or_opt(text.py(), encoded)
    };
    let Some(encoded) = encoded else { return Vec::new() };
    let bytes = encoded.cast::<PyBytes>().map(|bytes| bytes.as_bytes()).unwrap_or_default();
    bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect()
}

/// Lends the text of a `str`; lone surrogates become U+FFFD.
#[inline]
pub(crate) fn with_text<T>(text: Borrowed<'_, '_, PyAny>, lend: impl FnOnce(&str) -> T) -> T {
    match utf8(text) {
        Some(text) => lend(text),
        None => lend(&String::from_utf16_lossy(&utf16(text))),
    }
}

/// Lends the text of any object: a `str` as it is, others in their guarded text form.
#[inline]
pub(crate) fn with_text_of<T>(
    value: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
    lend: impl FnOnce(&str) -> T,
) -> T {
    if is_text(value) {
        return with_text(value, lend);
    }
    lend(&text_of(value, guarded))
}

/// The text of any object, as `str()` gives it, guarded.
#[cold]
pub(crate) fn text_of(value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) -> String {
    let standard = origin::says_str(&value.get_type());
    guarded.text(value, standard).map_or_else(str::to_owned, |text| bounded_text(&text))
}

/// The text of an error, which is never left out for want of time; a marker where it has none.
#[cold]
pub(crate) fn text_of_error(
    value: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) -> Result<String, &'static str> {
    guarded.text(value, true).map(|text| bounded_text(&text))
}

/// The text of a string that a user's code made, cut at the cap for such texts.
pub(crate) fn bounded_text(text: &Bound<'_, PyString>) -> String {
    let cap = TEXT_CAP;
    let chars = ffi::Py_ssize_t::try_from(cap).unwrap_or(ffi::Py_ssize_t::MAX);
    let Some(start) = head(text.as_any().as_borrowed(), chars) else { return String::new() };
    let mut cut = with_text(start.as_borrowed(), str::to_owned);
    let mut kept = cut.len().min(cap);
    while !cut.is_char_boundary(kept) {
        kept -= 1;
    }
    let whole = kept == cut.len() && text.len().is_ok_and(|len| len <= cap);
    cut.truncate(kept);
    if !whole {
        cut.push_str("[truncated]");
    }
    cut
}

/// A text that a user's code made, or the marker in its place.
pub(super) fn made_text<D: Destination>(to: &mut D, made: Result<Bound<'_, PyString>, &'static str>) {
    match made {
        Ok(made) => to.str(&bounded_text(&made)),
        Err(marker) => to.marker(marker),
    }
}
