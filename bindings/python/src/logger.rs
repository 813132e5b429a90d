//! The class `Logger` and `get_logger`. Not for what a line looks like: the core encodes it.

use crate::convert::{Guarded, is_text, text_of, utf8, utf16, with_text_of};
use crate::keywords::Keywords;
use crate::names::Plans;
use crate::raw::{Call, Entry, Methods, none};
use crate::{current, error, host, levels, threads};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::ffi::CStr;
use vigie_core::{AttributeWriter, Severity};

/// Writes log records under one name. Made by ``get_logger``; immutable, shared freely.
///
/// Every method that writes takes the same arguments. ``message`` is a ``str``, which may be a template
/// with ``{holes}`` that attributes fill, or any object, whose ``str()`` is written; it is empty unless
/// given. Further positional arguments are kept as the list ``args``. ``exc_info`` is an exception, the
/// triple of ``sys.exc_info()``, a dict with ``type``, ``message`` and ``stack``, or True for the
/// exception that is being handled. All other keyword arguments are attributes, of any type.
///
/// The methods return None. They raise nothing; what ``str()`` or a getter of an attribute raises is
/// swallowed, KeyboardInterrupt and SystemExit excepted. Severities are those of the OpenTelemetry logs
/// data model (section "Field: SeverityNumber").
///
/// >>> import vigie
/// >>> log = vigie.get_logger("shop.cart")
/// >>> log.info("order {order_id} placed", order_id=42, event="order.placed")
#[pyclass(frozen, module = "vigie", name = "Logger")]
pub(crate) struct Logger {
    core: vigie_core::Logger,
}

impl Logger {
    /// The core's logger.
    pub(crate) fn core(&self) -> &vigie_core::Logger {
        &self.core
    }
}

#[pymethods]
impl Logger {
    /// The logger's name: the value of ``logger`` in every line (OpenTelemetry: instrumentation scope name).
    #[getter]
    fn name(&self) -> &str {
        self.core.name()
    }

    /// The logger itself: it is immutable.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    /// The logger itself: it is immutable, and objects that hold one may be copied.
    #[pyo3(signature = (memo, /))]
    fn __deepcopy__<'py>(slf: Bound<'py, Self>, memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        let _ = memo;
        slf
    }

    /// A logger is pickled by its name and what it is bound to, as records show that, so that objects
    /// that hold one may go to another process.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String, String))> {
        let again = py.import("vigie._native")?.getattr("bound_logger")?;
        Ok((again, (self.core.name().to_owned(), self.core.bound_json())))
    }

    fn __repr__(&self) -> String {
        format!("<vigie.Logger {:?}>", self.core.name())
    }
}

static PLANS: Plans = Plans::new(&["exc_info"]);
const EXC_INFO: u8 = 0;
static BIND_PLANS: Plans = Plans::new(&[]);

/// Writes one record; the message stands at `at` among the positional arguments.
#[inline]
fn record(
    call: Call<'_>,
    logger: &vigie_core::Logger,
    severity: Severity,
    at: usize,
    handles: bool,
) -> PyResult<*mut ffi::PyObject> {
    host::begin(call.py());
    if !logger.enabled(severity) {
        return none();
    }
    let current = current::get(call.py());
    let made;
    let mut guarded = Guarded::new();
    let Some(mut record) = logger.record(severity) else { return none() };
    record.set_context(current.context());
    match call.arg(at) {
        Some(text) if is_text(text) => match utf8(text) {
            Some(text) => record.template(text),
            None => record.template_utf16_lossy(&utf16(text)),
        },
        // An object's text is data, and data is never a template.
        Some(object) => {
            made = text_of(object, &mut guarded);
            record.message(&made);
        }
        None => record.message(""),
    }
    let keywords = Keywords::of(call, &PLANS);
    {
        let mut writer = record.attributes();
        keywords.write(&mut writer, &mut guarded);
        if call.positional() > at + 1 {
            surplus(call, &mut writer, at + 1, &mut guarded);
        }
    }
    let thrown = match keywords.option(EXC_INFO) {
        Some(given) => error::from_exc_info(given, Some(record.error_scribe()), &mut guarded),
        None if handles => error::current(&record, &mut guarded),
        None => None,
    };
    if let Some(thrown) = thrown {
        record.error(thrown);
    }
    threads::tell(call.py(), &record);
    record.emit();
    guarded.finish()?;
    none()
}

/// Writes the positional arguments behind the message, which have no name, as the list `args`.
#[cold]
fn surplus(call: Call<'_>, writer: &mut AttributeWriter<'_>, from: usize, guarded: &mut Guarded) {
    writer.key("args");
    if !writer.begin_list() {
        return;
    }
    for index in from..call.positional() {
        if !writer.more() {
            break;
        }
        if let Some(value) = call.arg(index) {
            crate::convert::value(writer, value, guarded);
        }
    }
    writer.end_list();
}

/// Defines the method of one severity.
macro_rules! level {
    ($entry:ident, $name:literal, $severity:ident, $handles:literal, $says:literal) => {
        struct $entry;

        impl Entry for $entry {
            const NAME: &'static CStr = $name;
            const DOC: &'static CStr = $says;

            #[inline]
            fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
                // SAFETY: registered on `Logger` below.
                let logger = unsafe { call.this::<Logger>() };
                record(call, &logger.core, Severity::$severity, 0, $handles)
            }
        }
    };
}

level!(Trace, c"trace", TRACE, false,
    c"trace($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nWrites a TRACE record (severity number 1): the finest detail.");
level!(Debug, c"debug", DEBUG, false,
    c"debug($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nWrites a DEBUG record (severity number 5): for developers.");
level!(Info, c"info", INFO, false,
    c"info($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nWrites an INFO record (severity number 9): something happened.");
level!(Warn, c"warn", WARN, false,
    c"warn($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nWrites a WARN record (severity number 13): something looks wrong.");
level!(
    Warning,
    c"warning",
    WARN,
    false,
    c"warning($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nThe same as ``warn``, by the name that the standard library uses."
);
level!(Error, c"error", ERROR, false,
    c"error($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nWrites an ERROR record (severity number 17): something failed.");
level!(Fatal, c"fatal", FATAL, false,
    c"fatal($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nWrites a FATAL record (severity number 21): the program cannot go on.");
level!(
    Critical,
    c"critical",
    FATAL,
    false,
    c"critical($self, message='', /, *args, exc_info=None, **attributes)\n--\n\nThe same as ``fatal``, by the name that the standard library uses."
);
level!(
    Exception,
    c"exception",
    ERROR,
    true,
    c"exception($self, message='', /, *args, exc_info=True, **attributes)\n--\n\n\
     Writes an ERROR record with the exception that is being handled, which ``exc_info`` may replace.\n\n\
     >>> import vigie\n\
     >>> try:\n\
     ...     1 / 0\n\
     ... except ZeroDivisionError:\n\
     ...     vigie.get_logger(\"calc\").exception(\"division failed\", divisor=0)\n"
);

/// `Logger.log(level, message, ...)`.
struct Log;

impl Entry for Log {
    const NAME: &'static CStr = c"log";
    const DOC: &'static CStr =
        c"log($self, level, message='', /, *args, exc_info=None, **attributes)\n--\n\n\
        Writes a record of a level known at run time.\n\n\
        ``level`` is a name (any case, with aliases such as ``warning``) or a number of the standard\n\
        library, such as ``logging.WARNING``; numbers between its levels lie between ours. Anything else\n\
        counts as INFO: a record is worth more than its level.\n\n\
        >>> import vigie\n\
        >>> vigie.get_logger(\"shop\").log(\"warn\", \"low stock of {sku}\", sku=\"A1\")\n";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Logger` below.
        let logger = unsafe { call.this::<Logger>() };
        record(call, &logger.core, call.arg(0).map_or(Severity::INFO, severity), 1, false)
    }
}

fn severity(level: Borrowed<'_, '_, PyAny>) -> Severity {
    if level.is_instance_of::<PyString>() {
        return crate::convert::with_text(level, |text| Severity::parse(text).unwrap_or(Severity::INFO));
    }
    match crate::convert::number(level) {
        Some(vigie_core::Number::Int(number)) => levels::severity(number),
        _ => Severity::INFO,
    }
}

/// `Logger.bind(...)`.
struct Bind;

impl Entry for Bind {
    const NAME: &'static CStr = c"bind";
    const DOC: &'static CStr = c"bind($self, /, **attributes)\n--\n\n\
        A logger of the same name whose records all carry these attributes.\n\n\
        An attribute of a record wins over a bound one with the same key. This logger stays as it is.\n\n\
        >>> import vigie\n\
        >>> log = vigie.get_logger(\"shop\").bind(tenant_id=\"acme\")\n\
        >>> log.info(\"hello\")\n";

    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Logger` below.
        let logger = unsafe { call.this::<Logger>() };
        let mut guarded = Guarded::new();
        let prepared = Keywords::of(call, &BIND_PLANS).prepare(&mut guarded);
        let core = logger.core.bind(|writer| prepared.write(writer));
        guarded.finish()?;
        Ok(Bound::new(call.py(), Logger { core })?.into_any().into_ptr())
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        Ok(call.this_object().into_ptr())
    }
}

/// A logger; the same name may be asked for as often as one likes.
///
/// ``name`` is a ``str``, the name of the caller's module when left out. Making a logger reads no
/// environment and starts no thread: that is left to the first record. Raises nothing.
///
/// >>> import vigie
/// >>> vigie.get_logger("shop.cart").name
/// 'shop.cart'
#[pyfunction]
#[pyo3(signature = (name=None, /))]
fn get_logger(py: Python<'_>, name: Option<&Bound<'_, PyAny>>) -> PyResult<Logger> {
    let mut guarded = Guarded::new();
    let core = match name {
        Some(name) => {
            with_text_of(name.as_borrowed(), &mut guarded, |name| vigie_core::host::global().logger(name))
        }
        None => vigie_core::host::global().logger(&caller_module(py)),
    };
    guarded.finish()?;
    Ok(Logger { core })
}

/// A logger as ``pickle`` took it apart: its name, and what it was bound to as the text of a JSON object.
#[pyfunction]
#[pyo3(signature = (name, attributes, /))]
fn bound_logger(name: &str, attributes: &str) -> Logger {
    let logger = vigie_core::host::global().logger(name);
    // What is no JSON binds nothing.
    Logger { core: logger.bind(|writer| drop(vigie_core::read_json(attributes.as_bytes(), writer))) }
}

/// `__name__` of the module whose code makes the call.
fn caller_module(py: Python<'_>) -> String {
    // SAFETY: the thread is attached; a borrowed reference or null comes back.
    let globals = unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyEval_GetGlobals()) };
    let name = globals
        .and_then(|globals| globals.cast_into::<PyDict>().ok())
        .and_then(|globals| globals.get_item("__name__").ok().flatten())
        .and_then(|name| name.cast_into::<PyString>().ok());
    name.map_or_else(
        || "root".to_owned(),
        |name| crate::convert::with_text(name.as_any().as_borrowed(), str::to_owned),
    )
}

/// Adds the class and the function to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Logger>()?;
    Methods::of::<Logger>(module.py())
        .add::<Trace>()?
        .add::<Debug>()?
        .add::<Info>()?
        .add::<Warn>()?
        .add::<Warning>()?
        .add::<Error>()?
        .add::<Fatal>()?
        .add::<Critical>()?
        .add::<Exception>()?
        .add::<Log>()?
        .add::<Bind>()?;
    module.add_function(wrap_pyfunction!(bound_logger, module)?)?;
    module.add_function(wrap_pyfunction!(get_logger, module)?)
}
