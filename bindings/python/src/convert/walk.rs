//! Containers and objects, walked value by value. Everything here is the cold path.
//! Not for exact scalars, which `scalars` writes at once.

use super::arrays::{self, Content};
use super::destination::Destination;
use super::guarded::Guarded;
use super::keys::write_key;
use super::kinds::{self, Class, Kind};
use super::objects::{self, Instead};
use super::tape::Tape;
use super::{origin, scalars, text};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyIterator, PySet, PyString, PyTuple};
use vigie_core::AttributeWriter;

/// Stands in the place of a container inside itself.
const CIRCULAR: &str = "[circular]";

/// Writes one value behind a key that was written already.
///
/// `guarded` carries the record's time budget and an interruption that a user's code raised.
#[inline]
pub(crate) fn value<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !scalars::scalar(to, value) {
        any(to, value, guarded);
    }
}

/// Writes a value of any class.
#[cold]
fn any<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if to.masked() {
        // The text is never shown, because the mask stands in its place.
        return to.str("");
    }
    Python::attach(|_| of_class(to, value, kinds::class(value), guarded));
}

fn of_class<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, class: Class, guarded: &mut Guarded) {
    match class.kind {
        Kind::Str => text::write(to, value),
        Kind::Int => scalars::int(to, value),
        // SAFETY: the kind says that it is a float or derives from it.
        Kind::Float => to.float(unsafe { ffi::PyFloat_AS_DOUBLE(value.as_ptr()) }),
        Kind::Dict => once(to, value, guarded, dict),
        Kind::List => once(to, value, guarded, list),
        Kind::Tuple => once(to, value, guarded, tuple),
        Kind::Set => once(to, value, guarded, iterable),
        Kind::NamedTuple => once(to, value, guarded, named_tuple),
        Kind::Array => once(to, value, guarded, array),
        Kind::Missing => to.null(),
        Kind::Mapping => once(to, value, guarded, mapping),
        Kind::Dataclass => once(to, value, guarded, dataclass),
        Kind::Pydantic => once(to, value, guarded, pydantic),
        Kind::Bytes | Kind::ByteArray | Kind::MemoryView => scalars::raw_bytes(to, value, guarded),
        Kind::Exception => objects::exception(to, value, guarded),
        _ => match objects::instead_of(value, class, guarded) {
            Ok(Instead::Value(inner)) => self::value(to, inner.as_borrowed(), guarded),
            Ok(Instead::Text(made)) => to.str(&text::bounded_text(&made)),
            Err(marker) => to.marker(marker),
        },
    }
}

/// Enters a container unless it is open already further up.
fn once<'py, D: Destination>(
    to: &mut D,
    value: Borrowed<'_, 'py, PyAny>,
    guarded: &mut Guarded,
    enter: fn(&mut D, Borrowed<'_, 'py, PyAny>, &mut Guarded),
) {
    let address = value.as_ptr() as usize;
    if guarded.open.contains(&address) {
        return to.marker(CIRCULAR);
    }
    guarded.open.push(address);
    enter(to, value, guarded);
    guarded.open.pop();
}

/// A dict or a subclass, by its built-in storage.
fn dict<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if to.begin_map() {
        pyo3::sync::critical_section::with_critical_section(&value.to_owned(), || {
            members(to, value, guarded, |_| true);
        });
        to.end_map();
    }
}

/// The members of a dict or a subclass whose keys are shown.
fn members<D: Destination>(
    to: &mut D,
    value: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
    shown: impl Fn(&Bound<'_, PyAny>) -> bool,
) {
    let mut position: ffi::Py_ssize_t = 0;
    let (mut key, mut item) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the object is a dict. The position only grows, so a dict that user code changes
    // meanwhile ends the walk early at worst; the references below keep key and value alive.
    while unsafe { ffi::PyDict_Next(value.as_ptr(), &mut position, &mut key, &mut item) } != 0 {
        // SAFETY: both are live, borrowed from the dict.
        let (key, item) = unsafe {
            (Bound::from_borrowed_ptr(value.py(), key), Bound::from_borrowed_ptr(value.py(), item))
        };
        if !to.more() {
            return;
        }
        if shown(&key) {
            write_key(to, key.as_borrowed(), guarded);
            self::value(to, item.as_borrowed(), guarded);
        }
    }
}

/// A list or a subclass, by its built-in storage.
fn list<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !to.begin_list() {
        return;
    }
    let mut index = 0;
    // The length is read again each time: user code may change the list meanwhile.
    // SAFETY: the object is a list.
    while index < unsafe { ffi::PyList_GET_SIZE(value.as_ptr()) } && to.more() {
        // SAFETY: as above; the reference keeps the item alive while it is written.
        let item = unsafe { ffi::PyList_GetItem(value.as_ptr(), index) };
        // SAFETY: a borrowed reference, or null when another thread made the list shorter.
        let Some(item) = (unsafe { Bound::from_borrowed_ptr_or_opt(value.py(), item) }) else {
            // SAFETY: the thread is attached.
            unsafe { ffi::PyErr_Clear() };
            break;
        };
        self::value(to, item.as_borrowed(), guarded);
        index += 1;
    }
    to.end_list();
}

/// A tuple or a subclass, by its built-in storage.
fn tuple<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !to.begin_list() {
        return;
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        for item in items.iter_borrowed() {
            if !to.more() {
                break;
            }
            self::value(to, item, guarded);
        }
    }
    to.end_list();
}

/// A set, by iteration: the user's code runs only for a subclass, and only that costs budget.
fn iterable<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let own = value.is_exact_instance_of::<PySet>() || value.is_exact_instance_of::<PyFrozenSet>();
    let mut items = match guarded.run_unless(own, || value.try_iter()) {
        Ok(items) => items,
        Err(marker) => return to.marker(marker),
    };
    if !to.begin_list() {
        return;
    }
    while to.more() {
        match guarded.run_unless(own, || items.next().transpose()) {
            Ok(Some(item)) => self::value(to, item.as_borrowed(), guarded),
            Ok(None) => break,
            Err(marker) => {
                to.marker(marker);
                break;
            }
        }
    }
    to.end_list();
}

/// An array of whatever package, by its protocol.
fn array<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let standard = kinds::class(value).standard;
    let parts = match guarded.run_unless(standard, || arrays::content(value)) {
        Ok(Content::Parts(parts)) => parts,
        Ok(Content::Made(made)) => return self::value(to, made.as_borrowed(), guarded),
        Err(marker) => return to.marker(marker),
    };
    if !to.begin_list() {
        return;
    }
    for index in 0..parts {
        if !to.more() {
            break;
        }
        match guarded.run_unless(standard, || arrays::part(value, index)) {
            Ok(part) => self::value(to, part.as_borrowed(), guarded),
            Err(marker) => {
                to.marker(marker);
                break;
            }
        }
    }
    to.end_list();
}

/// A tuple with field names: the names are read from the class.
fn named_tuple<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let names =
        guarded.run_library(|| Ok(origin::attribute(&value.get_type(), "_fields")?.cast_into::<PyTuple>()?));
    let (Ok(names), Ok(items)) = (names, value.cast::<PyTuple>()) else {
        return tuple(to, value, guarded);
    };
    if !to.begin_map() {
        return;
    }
    for (name, item) in names.iter_borrowed().zip(items.iter_borrowed()) {
        if !to.more() {
            break;
        }
        write_key(to, name, guarded);
        self::value(to, item, guarded);
    }
    to.end_map();
}

/// A mapping that is no dict, by its `items()`.
fn mapping<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let standard = kinds::class(value).standard;
    match guarded.run_unless(standard, || value.call_method0("items")?.try_iter()) {
        Err(marker) => to.marker(marker),
        Ok(items) => {
            if to.begin_map() {
                pairs(to, items, standard, guarded);
                to.end_map();
            }
        }
    }
}

/// Members from an iterator of pairs.
fn pairs<D: Destination>(
    to: &mut D,
    mut items: Bound<'_, PyIterator>,
    standard: bool,
    guarded: &mut Guarded,
) {
    while to.more() {
        let pair = guarded.run_unless(standard, || match items.next() {
            Some(pair) => Ok(Some(pair?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?)),
            None => Ok(None),
        });
        match pair {
            Ok(Some((key, item))) => {
                write_key(to, key.as_borrowed(), guarded);
                self::value(to, item.as_borrowed(), guarded);
            }
            Ok(None) => break,
            Err(marker) => {
                to.key(marker);
                to.marker(marker);
                break;
            }
        }
    }
}

/// The fields of a dataclass, those that its repr shows.
fn dataclass<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let standard = kinds::class(value).standard;
    let names = match objects::dataclass_fields(value, guarded) {
        Ok(names) => names,
        Err(marker) => return to.marker(marker),
    };
    if !to.begin_map() {
        return;
    }
    for name in names {
        if !to.more() {
            break;
        }
        write_key(to, name.as_borrowed(), guarded);
        let content = guarded.run_unless(standard, || value.getattr(name.cast::<PyString>()?));
        match content {
            Ok(content) => self::value(to, content.as_borrowed(), guarded),
            Err(marker) => to.marker(marker),
        }
    }
    to.end_map();
}

/// The fields of a pydantic model that it shows: its instance dict, without running validators or
/// properties.
fn pydantic<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    match objects::instance_dict(value) {
        Some(fields) if to.begin_map() => {
            let declared = objects::pydantic_fields(&value.get_type());
            members(to, fields.as_any().as_borrowed(), guarded, |name| {
                declared.as_ref().is_none_or(|declared| objects::pydantic_shows(declared, name))
            });
            to.end_map();
        }
        Some(_) => {}
        None => text::made_text(to, guarded.repr(value, false)),
    }
}

/// Writes the members of a dict or another mapping as members of what is open at the destination.
#[cold]
pub(crate) fn members_of<D: Destination>(
    to: &mut D,
    mapping: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) {
    Python::attach(|_| {
        if mapping.is_instance_of::<PyDict>() {
            members(to, mapping, guarded, |_| true);
            return;
        }
        let standard = kinds::class(mapping).standard;
        if let Ok(items) = guarded.run_unless(standard, || mapping.call_method0("items")?.try_iter()) {
            pairs(to, items, standard, guarded);
        }
    });
}

/// Writes what an exception carries beside its message: what was set on it, names with a leading
/// underscore excepted, and its notes.
#[cold]
pub(crate) fn error_data<D: Destination>(to: &mut D, error: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let Some(data) = objects::instance_dict(error) else { return };
    members(to, data.as_any().as_borrowed(), guarded, |name| {
        !text::is_text(name.as_borrowed())
            || text::with_text(name.as_borrowed(), |name| !name.starts_with('_'))
    });
    if let Ok(Some(notes)) = data.get_item("__notes__") {
        to.key("notes");
        value(to, notes.as_borrowed(), guarded);
    }
}

/// Writes one member, whatever key and value are.
#[inline]
pub(crate) fn member(
    to: &mut AttributeWriter<'_>,
    key: Borrowed<'_, '_, PyAny>,
    member: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) {
    if text::is_text(key) {
        text::text_key(to, key);
    } else {
        Python::attach(|_| write_key(to, key, guarded));
    }
    value(to, member, guarded);
}

/// Records one member, whatever key and value are.
#[cold]
pub(crate) fn tape_of(
    key: Borrowed<'_, '_, PyAny>,
    member: Borrowed<'_, '_, PyAny>,
    guarded: &mut Guarded,
) -> Tape {
    let mut tape = Tape::new();
    Python::attach(|_| write_key(&mut tape, key, guarded));
    value(&mut tape, member, guarded);
    tape
}
