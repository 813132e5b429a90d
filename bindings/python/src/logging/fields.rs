//! What a record of `logging` consists of, read from its `__dict__` as it lies there.
//! Not for what becomes of it: see `record`.

use crate::convert::{is_text, with_text};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use std::ptr;

/// The members that a record gets from `LogRecord.__init__`, in that order, so that most are found where they are expected;
/// then those that formatters, queues and Vigie add. Everything else came by `extra`.
const NAMES: [&str; 26] = [
    "name",
    "msg",
    "args",
    "levelname",
    "levelno",
    "pathname",
    "filename",
    "module",
    "exc_info",
    "exc_text",
    "stack_info",
    "lineno",
    "funcName",
    "created",
    "msecs",
    "relativeCreated",
    "thread",
    "threadName",
    "processName",
    "process",
    "taskName",
    "message",
    "asctime",
    "_vigie_context",
    // These two are structlog's, where the standard library's logging writes its records.
    "_logger",
    "_name",
];

/// A member, by its place in [`NAMES`].
#[derive(Clone, Copy)]
pub(super) enum Field {
    Name = 0,
    Msg = 1,
    Args = 2,
    LevelName = 3,
    LevelNo = 4,
    PathName = 5,
    ExcInfo = 8,
    ExcText = 9,
    StackInfo = 10,
    LineNo = 11,
    FuncName = 12,
    Created = 13,
    Context = 23,
    StructlogsLogger = 24,
}

/// The names as the interpreter's own strings: keys of records are mostly these very objects.
struct Names {
    strings: [Py<PyString>; NAMES.len()],
    hashes: [ffi::Py_hash_t; NAMES.len()],
}

fn names(py: Python<'_>) -> &'static Names {
    static INTERNED: PyOnceLock<Names> = PyOnceLock::new();
    INTERNED.get_or_init(py, || {
        let strings = NAMES.map(|name| PyString::intern(py, name).unbind());
        // SAFETY: they are live strings, which have a hash.
        let hashes = strings.each_ref().map(|name| unsafe { ffi::PyObject_Hash(name.as_ptr()) });
        Names { strings, hashes }
    })
}

impl Names {
    /// The place of a key among the names. A string keeps its hash, so that this compares numbers.
    fn place(&self, key: Borrowed<'_, '_, PyAny>) -> Option<usize> {
        if !is_text(key) {
            return None;
        }
        // SAFETY: it is a live string.
        let hash = unsafe { ffi::PyObject_Hash(key.as_ptr()) };
        let at = self.hashes.iter().position(|known| *known == hash)?;
        with_text(key, |key| NAMES.get(at) == Some(&key)).then_some(at)
    }
}

/// The members of one record.
pub(super) struct Fields<'py> {
    dict: Bound<'py, PyDict>,
    values: [Option<Bound<'py, PyAny>>; NAMES.len()],
    /// Where the first member stands that came by `extra`.
    extra: Option<ffi::Py_ssize_t>,
    /// Whether another one follows it.
    is_mixed: bool,
}

impl<'py> Fields<'py> {
    /// Reads a record; of an object that is none and has no `__dict__`, what it has of a record's attributes.
    pub(super) fn of(record: Borrowed<'_, 'py, PyAny>) -> Option<Self> {
        let py = record.py();
        // SAFETY: the object is alive; a new reference or null with an exception comes back.
        let dict = unsafe {
            Bound::from_owned_ptr_or_err(py, ffi::PyObject_GenericGetDict(record.as_ptr(), ptr::null_mut()))
        };
        let dict = match dict.ok().and_then(|dict| dict.cast_into::<PyDict>().ok()) {
            Some(dict) => dict,
            None => of_slots(record)?,
        };
        let mut fields =
            Self { dict: dict.clone(), values: [const { None }; NAMES.len()], extra: None, is_mixed: false };
        pyo3::sync::critical_section::with_critical_section(&dict, || fields.read(py));
        Some(fields)
    }

    fn read(&mut self, py: Python<'py>) {
        let names = names(py);
        let mut expected = 0;
        let mut position: ffi::Py_ssize_t = 0;
        let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
        loop {
            let before = position;
            // SAFETY: it is a dict; no Python code runs in this loop, so key and value stay borrowed from it.
            if unsafe { ffi::PyDict_Next(self.dict.as_ptr(), &mut position, &mut key, &mut value) } == 0 {
                return;
            }
            let found = match names.strings.get(expected) {
                Some(name) if name.as_ptr() == key => Some(expected),
                // SAFETY: as above.
                _ => names.place(unsafe { Borrowed::from_ptr(py, key) }),
            };
            match found {
                Some(at) => {
                    expected = at + 1;
                    self.is_mixed |= self.extra.is_some();
                    if let Some(slot) = self.values.get_mut(at) {
                        // SAFETY: as above; this makes a reference of our own.
                        *slot = Some(unsafe { Bound::from_borrowed_ptr(py, value) });
                    }
                }
                None => {
                    self.extra.get_or_insert(before);
                }
            }
        }
    }

    /// A member that is there and is not None.
    pub(super) fn get(&self, field: Field) -> Option<Borrowed<'_, 'py, PyAny>> {
        self.values.get(field as usize)?.as_ref().filter(|value| !value.is_none()).map(Bound::as_borrowed)
    }

    /// Shows each member that came by `extra`, in order.
    pub(super) fn each_extra(
        &self,
        mut show: impl FnMut(Borrowed<'_, 'py, PyAny>, Borrowed<'_, 'py, PyAny>),
    ) {
        let Some(mut position) = self.extra else { return };
        let py = self.dict.py();
        let names = names(py);
        let (mut key, mut value) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: it is a dict. The position only grows, so a dict that user code changes meanwhile ends the walk
        // early at worst; the references below keep key and value alive.
        while unsafe { ffi::PyDict_Next(self.dict.as_ptr(), &mut position, &mut key, &mut value) } != 0 {
            // SAFETY: both are live, borrowed from the dict.
            let (key, value) =
                unsafe { (Bound::from_borrowed_ptr(py, key), Bound::from_borrowed_ptr(py, value)) };
            if !self.is_mixed || names.place(key.as_borrowed()).is_none() {
                show(key.as_borrowed(), value.as_borrowed());
            }
        }
    }
}

/// A dict of what an object without one has of a record.
#[cold]
fn of_slots<'py>(record: Borrowed<'_, 'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    let dict = PyDict::new(record.py());
    for name in &names(record.py()).strings {
        if let Ok(value) = record.getattr(name.bind(record.py())) {
            dict.set_item(name, value).ok()?;
        }
    }
    (!dict.is_empty()).then_some(dict)
}
