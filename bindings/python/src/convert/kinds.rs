//! Which conversion a class gets, found once per class.
//! Not for the conversions themselves: see `walk`.

use super::origin;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How an instance is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `str`, `int`, `float` and subclasses: their built-in part, without their own code.
    Str,
    Int,
    Float,
    /// `dict`, `list`, `tuple` and subclasses: their built-in storage.
    Dict,
    List,
    Tuple,
    /// A tuple with field names: a map.
    NamedTuple,
    Set,
    Bytes,
    ByteArray,
    MemoryView,
    /// Iterated through `items()`.
    Mapping,
    /// Fields by name.
    Dataclass,
    /// The instance dict of a pydantic model.
    Pydantic,
    /// Its value.
    Enum,
    /// `isoformat()`, with `Z` for UTC.
    Time,
    /// Seconds.
    Duration,
    /// `str()`, which is exact and short for these classes (Decimal, UUID, paths, fractions).
    Text,
    /// `item()`: a numpy scalar as the built-in value.
    Scalar,
    /// numpy's `datetime64` and `timedelta64`.
    Instant,
    Period,
    /// What has `shape` and `tolist`, and the standard library's arrays.
    Array,
    /// pandas' words for a value that is missing.
    Missing,
    /// Type and message.
    Exception,
    /// `repr()`, for whatever else there is.
    Other,
}

/// What is known of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) kind: Kind,
    /// Whether the code that the conversion runs is the standard library's, which is never cut by time.
    pub(super) standard: bool,
}

/// Classes of the standard library and of well-known packages, looked up only if their module
/// was imported: an instance cannot exist otherwise.
const KNOWN: [(&str, &str, Kind); 18] = [
    ("enum", "Enum", Kind::Enum),
    // It derives from `datetime`.
    ("pandas._libs.tslibs.nattype", "NaTType", Kind::Missing),
    ("pandas._libs.missing", "NAType", Kind::Missing),
    ("datetime", "date", Kind::Time),
    ("datetime", "time", Kind::Time),
    ("datetime", "timedelta", Kind::Duration),
    ("decimal", "Decimal", Kind::Text),
    ("_pydecimal", "Decimal", Kind::Text),
    ("fractions", "Fraction", Kind::Text),
    ("uuid", "UUID", Kind::Text),
    ("pathlib", "PurePath", Kind::Text),
    ("numpy", "datetime64", Kind::Instant),
    ("numpy", "timedelta64", Kind::Period),
    ("numpy", "generic", Kind::Scalar),
    ("array", "array", Kind::Array),
    ("pydantic.main", "BaseModel", Kind::Pydantic),
    ("pydantic.v1.main", "BaseModel", Kind::Pydantic),
    ("collections.abc", "Mapping", Kind::Mapping),
];

/// How many classes are remembered. A program that makes classes without end pays for the look-up
/// each time.
const REMEMBERED: usize = 1024;

/// From the address of a class to its kind. The class is kept alive, so that no other gets its address.
type Table = Mutex<HashMap<usize, (Class, Py<PyType>)>>;
static TABLE: PyOnceLock<Table> = PyOnceLock::new();

/// What is known of the value's class.
pub(super) fn class(value: Borrowed<'_, '_, PyAny>) -> Class {
    let class = value.get_type();
    let table = TABLE.get_or_init(value.py(), || Mutex::new(HashMap::new()));
    let address = class.as_ptr() as usize;
    // No Python code runs while the table is locked.
    if let Some((known, _)) = table.lock().unwrap_or_else(PoisonError::into_inner).get(&address) {
        return *known;
    }
    let kind = classify(&class);
    let found = Class { kind, standard: is_standard(&class, kind) };
    let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
    if table.len() < REMEMBERED {
        table.insert(address, (found, class.unbind()));
    }
    found
}

/// Whether the conversion of this kind runs the standard library's code alone.
fn is_standard(class: &Bound<'_, PyType>, kind: Kind) -> bool {
    match kind {
        Kind::Enum => origin::reads_plainly(class),
        Kind::Time => origin::is_library(class, "isoformat"),
        Kind::Duration => origin::is_library(class, "total_seconds"),
        Kind::Scalar | Kind::Instant | Kind::Period => origin::is_library(class, "item"),
        Kind::Array => origin::is_library(class, "tolist"),
        Kind::Text => origin::says_str(class),
        Kind::Dataclass => origin::holds_its_fields(class),
        // Its `items()` may be inherited and still iterate through the user's methods.
        Kind::Mapping => origin::is_of_the_standard_library(class),
        Kind::Other => origin::says_repr(class),
        _ => true,
    }
}

fn classify(class: &Bound<'_, PyType>) -> Kind {
    if let Some(kind) = KNOWN.iter().find(|known| is_a(class, known)).map(|known| known.2) {
        // A class may be an enum and an int at once, where the enum says more; numpy's float64 is a float,
        // which is read without a call.
        if !(kind == Kind::Scalar && builtin(class).is_some()) {
            return kind;
        }
    }
    if own(class, "__dataclass_fields__") {
        return Kind::Dataclass;
    }
    match builtin(class) {
        Some(Kind::Tuple) if own(class, "_fields") => Kind::NamedTuple,
        Some(kind) => kind,
        None if own(class, "tolist") && own(class, "shape") => Kind::Array,
        None => Kind::Other,
    }
}

/// Whether the class derives from a known one, by the method resolution order alone: no
/// `__subclasscheck__`, no `__class__` of the user's is asked.
fn is_a(class: &Bound<'_, PyType>, known: &(&str, &str, Kind)) -> bool {
    let (module, name, _) = *known;
    let Some(module) = origin::loaded(class.py(), module) else { return false };
    let Ok(base) = module.getattr(name) else { return false };
    let Ok(base) = base.cast::<PyType>() else { return false };
    // SAFETY: both are live type objects.
    unsafe { ffi::PyType_IsSubtype(class.as_ptr().cast(), base.as_ptr().cast()) != 0 }
}

/// The built-in class that it is or derives from.
fn builtin(class: &Bound<'_, PyType>) -> Option<Kind> {
    // SAFETY: all are live type objects; the addresses of the statics are constant.
    let derives =
        |base: *mut ffi::PyTypeObject| unsafe { ffi::PyType_IsSubtype(class.as_ptr().cast(), base) != 0 };
    let bases = [
        (&raw mut ffi::PyUnicode_Type, Kind::Str),
        (&raw mut ffi::PyLong_Type, Kind::Int),
        (&raw mut ffi::PyFloat_Type, Kind::Float),
        (&raw mut ffi::PyDict_Type, Kind::Dict),
        (&raw mut ffi::PyList_Type, Kind::List),
        (&raw mut ffi::PyTuple_Type, Kind::Tuple),
        (&raw mut ffi::PySet_Type, Kind::Set),
        (&raw mut ffi::PyFrozenSet_Type, Kind::Set),
        (&raw mut ffi::PyBytes_Type, Kind::Bytes),
        (&raw mut ffi::PyByteArray_Type, Kind::ByteArray),
        (&raw mut ffi::PyMemoryView_Type, Kind::MemoryView),
        (&raw mut ffi::PyDictProxy_Type, Kind::Mapping),
    ];
    if let Some(found) = bases.iter().find(|(base, _)| derives(*base)) {
        return Some(found.1);
    }
    // SAFETY: the interpreter sets this pointer before any module is loaded.
    let exception = unsafe { ffi::PyExc_BaseException };
    derives(exception.cast()).then_some(Kind::Exception)
}

/// Whether the class has an attribute of that name.
fn own(class: &Bound<'_, PyType>, name: &str) -> bool {
    origin::attribute(class, name).is_ok()
}
