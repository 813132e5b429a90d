//! Containers and objects, walked value by value. Everything here is the cold path.
//! Not for exact scalars: see `convert::scalar`.

use super::kinds::{self, Kind};
use super::{Guarded, Sink, scalars, text};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyFrozenSet, PyIterator, PySet, PyString, PyTuple};

/// Stands for a container inside itself.
const CIRCULAR: &str = "[circular]";

/// Writes a value of any class.
#[cold]
pub(super) fn any<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if sink.masked() {
        // Never shown: what stands here is the mask.
        return sink.str("");
    }
    Python::attach(|_| of_kind(sink, value, kinds::kind(value), guarded));
}

fn of_kind<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, kind: Kind, guarded: &mut Guarded) {
    match kind {
        Kind::Str => text::write(sink, value),
        Kind::Int => scalars::int(sink, value),
        // SAFETY: the kind says that it is a float or derives from it.
        Kind::Float => sink.float(unsafe { ffi::PyFloat_AS_DOUBLE(value.as_ptr()) }),
        Kind::Dict => once(sink, value, guarded, dict),
        Kind::List => once(sink, value, guarded, list),
        Kind::Tuple => once(sink, value, guarded, tuple),
        Kind::Set => once(sink, value, guarded, iterable),
        Kind::NamedTuple => once(sink, value, guarded, named_tuple),
        Kind::Mapping => once(sink, value, guarded, mapping),
        Kind::Dataclass => once(sink, value, guarded, super::objects::dataclass),
        Kind::Pydantic => once(sink, value, guarded, super::objects::pydantic),
        _ => super::objects::leaf(sink, value, kind, guarded),
    }
}

/// Writes a replacement of a value, which may be of any class in turn.
pub(super) fn again<S: Sink>(sink: &mut S, value: &Bound<'_, PyAny>, guarded: &mut Guarded) {
    super::value(sink, value.as_borrowed(), guarded);
}

/// Enters a container unless it is open already further up.
fn once<'py, S: Sink>(
    sink: &mut S,
    value: Borrowed<'_, 'py, PyAny>,
    guarded: &mut Guarded,
    enter: fn(&mut S, Borrowed<'_, 'py, PyAny>, &mut Guarded),
) {
    let address = value.as_ptr() as usize;
    if guarded.open.contains(&address) {
        return sink.marker(CIRCULAR);
    }
    guarded.open.push(address);
    enter(sink, value, guarded);
    guarded.open.pop();
}

/// A dict or a subclass, by its built-in storage.
fn dict<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if sink.begin_map() {
        pyo3::sync::critical_section::with_critical_section(&value.to_owned(), || {
            members(sink, value, guarded);
        });
        sink.end_map();
    }
}

/// The members of a dict or a subclass.
pub(super) fn members<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let mut position: ffi::Py_ssize_t = 0;
    let (mut key, mut item) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the object is a dict. The position only grows, so a dict that user code changes
    // meanwhile ends the walk early at worst; the references below keep key and value alive.
    while unsafe { ffi::PyDict_Next(value.as_ptr(), &mut position, &mut key, &mut item) } != 0 {
        // SAFETY: both are live, borrowed from the dict.
        let (key, item) = unsafe {
            (Bound::from_borrowed_ptr(value.py(), key), Bound::from_borrowed_ptr(value.py(), item))
        };
        if !sink.more() {
            return;
        }
        write_key(sink, key.as_borrowed(), guarded);
        super::value(sink, item.as_borrowed(), guarded);
    }
}

/// A key of any class: JSON has only strings.
pub(super) fn write_key<S: Sink>(sink: &mut S, key: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    // SAFETY: the object is alive.
    if unsafe { ffi::PyUnicode_Check(key.as_ptr()) } != 0 {
        return text::write_key(sink, key);
    }
    if key.is_none() {
        return sink.key("null");
    }
    if let Ok(truth) = key.extract::<bool>() {
        return sink.key(if truth { "true" } else { "false" });
    }
    let key = match kinds::kind(key) {
        // By value, like an enum in a value's place.
        Kind::Enum => {
            guarded.run(|| key.getattr("_value_")).and_then(|value| guarded.text(value.as_borrowed()))
        }
        _ => guarded.text(key),
    };
    match key {
        Ok(key) => sink.key(&text::bounded_text(&key)),
        Err(marker) => sink.key(marker),
    }
}

/// A list or a subclass, by its built-in storage.
fn list<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !sink.begin_list() {
        return;
    }
    let mut index = 0;
    // The length is read again each time: user code may change the list meanwhile.
    // SAFETY: the object is a list.
    while index < unsafe { ffi::PyList_GET_SIZE(value.as_ptr()) } && sink.more() {
        // SAFETY: as above; the reference keeps the item alive while it is written.
        let item = unsafe { ffi::PyList_GetItem(value.as_ptr(), index) };
        // SAFETY: a borrowed reference, or null when another thread made the list shorter.
        let Some(item) = (unsafe { Bound::from_borrowed_ptr_or_opt(value.py(), item) }) else {
            // SAFETY: the thread is attached.
            unsafe { ffi::PyErr_Clear() };
            break;
        };
        super::value(sink, item.as_borrowed(), guarded);
        index += 1;
    }
    sink.end_list();
}

/// A tuple or a subclass, by its built-in storage.
fn tuple<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !sink.begin_list() {
        return;
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        for item in items.iter_borrowed() {
            if !sink.more() {
                break;
            }
            super::value(sink, item, guarded);
        }
    }
    sink.end_list();
}

/// A set, by iteration: the user's code runs only for a subclass, and only that costs budget.
fn iterable<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let own = value.is_exact_instance_of::<PySet>() || value.is_exact_instance_of::<PyFrozenSet>();
    let mut items = match guarded.run_unless(own, || value.try_iter()) {
        Ok(items) => items,
        Err(marker) => return sink.marker(marker),
    };
    if !sink.begin_list() {
        return;
    }
    while sink.more() {
        match guarded.run_unless(own, || items.next().transpose()) {
            Ok(Some(item)) => super::value(sink, item.as_borrowed(), guarded),
            Ok(None) => break,
            Err(marker) => {
                sink.marker(marker);
                break;
            }
        }
    }
    sink.end_list();
}

/// A tuple with field names: the names are read from the class.
fn named_tuple<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let names = guarded.run(|| Ok(value.get_type().getattr("_fields")?.cast_into::<PyTuple>()?));
    let (Ok(names), Ok(items)) = (names, value.cast::<PyTuple>()) else {
        return tuple(sink, value, guarded);
    };
    if !sink.begin_map() {
        return;
    }
    for (name, item) in names.iter_borrowed().zip(items.iter_borrowed()) {
        if !sink.more() {
            break;
        }
        write_key(sink, name, guarded);
        super::value(sink, item, guarded);
    }
    sink.end_map();
}

/// A mapping that is no dict, by its `items()`.
fn mapping<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    match guarded.run(|| value.call_method0("items")?.try_iter()) {
        Err(marker) => sink.marker(marker),
        Ok(items) => {
            if sink.begin_map() {
                pairs(sink, items, guarded);
                sink.end_map();
            }
        }
    }
}

/// Members from an iterator of pairs.
fn pairs<S: Sink>(sink: &mut S, mut items: Bound<'_, PyIterator>, guarded: &mut Guarded) {
    while sink.more() {
        let pair = guarded.run(|| match items.next() {
            Some(pair) => Ok(Some(pair?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?)),
            None => Ok(None),
        });
        match pair {
            Ok(Some((key, item))) => {
                write_key(sink, key.as_borrowed(), guarded);
                super::value(sink, item.as_borrowed(), guarded);
            }
            Ok(None) => break,
            Err(marker) => {
                sink.key(marker);
                sink.marker(marker);
                break;
            }
        }
    }
}

/// The members of a dict or another mapping, without a container around them.
pub(super) fn members_of<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if value.is_instance_of::<PyDict>() {
        members(sink, value, guarded);
    } else if let Ok(items) = guarded.run(|| value.call_method0("items")?.try_iter()) {
        pairs(sink, items, guarded);
    }
}

/// A text that a user's code made, or the marker in its place.
pub(super) fn made_text<S: Sink>(sink: &mut S, made: Result<Bound<'_, PyString>, &'static str>) {
    match made {
        Ok(made) => sink.str(&text::bounded_text(&made)),
        Err(marker) => sink.marker(marker),
    }
}

/// Raw bytes of `bytes`, `bytearray` or a contiguous `memoryview`.
pub(super) fn raw_bytes<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return sink.bytes(bytes.as_bytes());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        // SAFETY: the thread is attached and no Python code runs while the slice is in use.
        return sink.bytes(unsafe { bytes.as_bytes() });
    }
    let copied = guarded.run(|| Ok(value.call_method0("tobytes")?.cast_into::<PyBytes>()?));
    match copied {
        Ok(bytes) => sink.bytes(bytes.as_bytes()),
        Err(marker) => sink.marker(marker),
    }
}

/// Whether the object is a dict; the caller's other choice is to treat it as an object.
pub(super) fn instance_dict<'py>(value: Borrowed<'_, 'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    // SAFETY: the object is alive; a new reference or null comes back.
    let dict = unsafe {
        Bound::from_owned_ptr_or_err(
            value.py(),
            ffi::PyObject_GenericGetDict(value.as_ptr(), std::ptr::null_mut()),
        )
    };
    dict.ok()?.cast_into::<PyDict>().ok()
}
