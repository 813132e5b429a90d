//! Objects of known classes: dataclasses, models, dates, enums, exceptions, and all others.
//! Not for built-in containers: see `walk`.

use super::kinds::{self, Kind};
use super::walk::{again, instance_dict, made_text, members, raw_bytes, write_key};
use super::{Guarded, Sink};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// A value without members of its own.
pub(super) fn leaf<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, kind: Kind, guarded: &mut Guarded) {
    match kind {
        Kind::Bytes | Kind::ByteArray | Kind::MemoryView => raw_bytes(sink, value, guarded),
        Kind::Enum => replaced(sink, guarded, |_| value.getattr("_value_")),
        Kind::Scalar => replaced(sink, guarded, |_| value.call_method0("item")),
        Kind::Duration => replaced(sink, guarded, |_| value.call_method0("total_seconds")),
        Kind::Text => made_text(sink, guarded.text(value)),
        Kind::Time => made_text(sink, guarded.run(|| rfc3339(value))),
        Kind::Exception => exception(sink, value, guarded),
        _ => made_text(sink, guarded.repr(value)),
    }
}

/// Writes what the value stands for. What stands for a value of the same class again is shown
/// as text, so that no chain of replacements can go on for ever.
fn replaced<'py, S: Sink>(
    sink: &mut S,
    guarded: &mut Guarded,
    read: impl FnOnce(()) -> PyResult<Bound<'py, PyAny>>,
) {
    match guarded.run(|| read(())) {
        Err(marker) => sink.marker(marker),
        Ok(inner) if matches!(kinds::kind(inner.as_borrowed()), Kind::Enum | Kind::Scalar) => {
            made_text(sink, guarded.repr(inner.as_borrowed()));
        }
        Ok(inner) => again(sink, &inner, guarded),
    }
}

/// RFC 3339 where the value has a zone; without one there is no zone to write, and none is
/// made up: `isoformat` as it stands. A point in time has six decimals always, as JavaScript's dates
/// and the line's own timestamp have in every language.
fn rfc3339<'py>(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
    let precision = PyDict::new(value.py());
    if value.hasattr("timestamp")? {
        precision.set_item("timespec", "microseconds")?;
    }
    let text = value.call_method("isoformat", (), Some(&precision))?.cast_into::<PyString>()?;
    let zulu = text.to_str()?.strip_suffix("+00:00").map(|local| format!("{local}Z"));
    Ok(zulu.map_or(text, |zulu| PyString::new(value.py(), &zulu)))
}

/// An exception as a value: type and message. Its stack belongs to `exc_info`.
fn exception<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !sink.begin_map() {
        return;
    }
    if sink.more() {
        sink.key("type");
        sink.str(&crate::error::type_name(&value.get_type()));
    }
    if sink.more() {
        sink.key("message");
        made_text(sink, guarded.text(value));
    }
    sink.end_map();
}

/// The fields of a dataclass, those that its repr shows.
pub(super) fn dataclass<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    let fields =
        guarded.run(|| Ok(value.get_type().getattr("__dataclass_fields__")?.cast_into::<PyDict>()?));
    let fields = match fields {
        Ok(fields) => fields,
        Err(marker) => return sink.marker(marker),
    };
    if !sink.begin_map() {
        return;
    }
    let real = kinds::loaded(value.py(), "dataclasses").and_then(|module| module.getattr("_FIELD").ok());
    for (name, field) in fields.iter() {
        if !shown(&field, real.as_ref()) {
            continue;
        }
        if !sink.more() {
            break;
        }
        write_key(sink, name.as_borrowed(), guarded);
        let content = guarded.run(|| value.getattr(name.cast::<PyString>()?));
        match content {
            Ok(content) => again(sink, &content, guarded),
            Err(marker) => sink.marker(marker),
        }
    }
    sink.end_map();
}

/// A field proper (no class variable, no init-only one) that the class lets its repr show.
fn shown(field: &Bound<'_, PyAny>, real: Option<&Bound<'_, PyAny>>) -> bool {
    let proper = match (field.getattr("_field_type"), real) {
        (Ok(kind), Some(real)) => kind.is(real),
        _ => true,
    };
    proper && field.getattr("repr").and_then(|repr| repr.is_truthy()).unwrap_or(true)
}

/// The fields of a pydantic model: its instance dict, without running validators or properties.
pub(super) fn pydantic<S: Sink>(sink: &mut S, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    match instance_dict(value) {
        Some(fields) if sink.begin_map() => {
            members(sink, fields.as_any().as_borrowed(), guarded);
            sink.end_map();
        }
        Some(_) => {}
        None => made_text(sink, guarded.repr(value)),
    }
}
