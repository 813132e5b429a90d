//! Objects of known classes: what is written in the place of a date, an enum, an exception and all
//! others, and which fields a dataclass or a model shows.
//! Not for writing the fields, which may be of any class in turn: see `walk`.

use super::arrays;
use super::destination::Destination;
use super::guarded::Guarded;
use super::kinds::{self, Class, Kind};
use super::origin;
use super::text::{bounded_text, made_text};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};

/// What is written in the place of an object.
pub(super) enum Instead<'py> {
    /// A value of any class.
    Value(Bound<'py, PyAny>),
    /// A text that a user's code may have made.
    Text(Bound<'py, PyString>),
}

/// What stands for an object that has no members of its own, or the marker when its code threw.
pub(super) fn instead_of<'py>(
    value: Borrowed<'_, 'py, PyAny>,
    class: Class,
    guarded: &mut Guarded,
) -> Result<Instead<'py>, &'static str> {
    let standard = class.standard;
    match class.kind {
        Kind::Enum => replaced(guarded, standard, || value.getattr("_value_")),
        Kind::Scalar => replaced(guarded, standard, || value.call_method0("item")),
        Kind::Instant => replaced(guarded, standard, || arrays::instant(value)),
        Kind::Period => replaced(guarded, standard, || arrays::duration(value)),
        Kind::Duration => replaced(guarded, standard, || value.call_method0("total_seconds")),
        Kind::Text => guarded.text(value, standard).map(Instead::Text),
        Kind::Time => guarded.run_unless(standard, || rfc3339(value)).map(Instead::Text),
        _ => guarded.repr(value, standard).map(Instead::Text),
    }
}

/// What stands for a value of the same class again is shown as text, so that no chain of
/// replacements can go on for ever.
fn replaced<'py>(
    guarded: &mut Guarded,
    standard: bool,
    read: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
) -> Result<Instead<'py>, &'static str> {
    let inner = guarded.run_unless(standard, read)?;
    if matches!(kinds::class(inner.as_borrowed()).kind, Kind::Enum | Kind::Scalar) {
        let standard = origin::says_repr(&inner.get_type());
        return guarded.repr(inner.as_borrowed(), standard).map(Instead::Text);
    }
    Ok(Instead::Value(inner))
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
pub(super) fn exception<D: Destination>(to: &mut D, value: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if !to.begin_map() {
        return;
    }
    if to.more() {
        to.key("type");
        to.str(&type_name(&value.get_type()));
    }
    if to.more() {
        to.key("message");
        made_text(to, guarded.text(value, true));
    }
    to.end_map();
}

/// A class's qualified name; built-in ones go without their module.
pub(crate) fn type_name(class: &Bound<'_, PyType>) -> String {
    let name = class.qualname().map(|name| bounded_text(&name)).unwrap_or_default();
    match class.module() {
        Ok(module) if module != "builtins" && module != "__main__" => {
            format!("{}.{name}", bounded_text(&module))
        }
        _ => name,
    }
}

/// The names of a dataclass's fields, those that its repr shows.
pub(super) fn dataclass_fields<'py>(
    value: Borrowed<'_, 'py, PyAny>,
    guarded: &mut Guarded,
) -> Result<impl Iterator<Item = Bound<'py, PyAny>> + use<'py>, &'static str> {
    let fields = guarded.run_library(|| {
        Ok(origin::attribute(&value.get_type(), "__dataclass_fields__")?.cast_into::<PyDict>()?)
    })?;
    let real = origin::loaded(value.py(), "dataclasses").and_then(|module| module.getattr("_FIELD").ok());
    let shown = fields.into_iter().filter(move |(_, field)| shown(field, real.as_ref()));
    Ok(shown.map(|(name, _)| name))
}

/// A field proper (no class variable, no init-only one) that the class lets its repr show.
fn shown(field: &Bound<'_, PyAny>, real: Option<&Bound<'_, PyAny>>) -> bool {
    let proper = match (field.getattr("_field_type"), real) {
        (Ok(kind), Some(real)) => kind.is(real),
        _ => true,
    };
    proper && field.getattr("repr").and_then(|repr| repr.is_truthy()).unwrap_or(true)
}

/// What a pydantic model declares of its fields, by name: version 2, its first releases, version 1.
pub(super) fn pydantic_fields<'py>(class: &Bound<'py, PyType>) -> Option<Bound<'py, PyDict>> {
    ["__pydantic_fields__", "model_fields", "__fields__"]
        .into_iter()
        .find_map(|name| origin::attribute(class, name).ok()?.cast_into::<PyDict>().ok())
}

/// Whether a field may be seen: neither `Field(repr=False)` nor `Field(exclude=True)` says otherwise.
pub(super) fn pydantic_shows(declared: &Bound<'_, PyDict>, name: &Bound<'_, PyAny>) -> bool {
    let Some(field) = declared.get_item(name).ok().flatten() else { return true };
    // Version 1 keeps it one step further down.
    let info = field.getattr("field_info").unwrap_or(field);
    let is = |name: &str, truth: bool| {
        info.getattr(name).is_ok_and(|found| found.extract::<bool>().is_ok_and(|found| found == truth))
    };
    !is("repr", false) && !is("exclude", true)
}

/// The object's `__dict__`, if it has one; no user code runs.
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
