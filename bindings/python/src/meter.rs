//! The instrument classes: counter, up-down counter, gauge, histogram and their bound forms.
//! Not for making them: see `instruments`. Not for `time`, the method of histograms: see `timer`.

use crate::convert::{self, Guarded};
use crate::host;
use crate::keywords::Keywords;
use crate::names::Plans;
use crate::raw::{Call, Entry, Methods, none};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;
use vigie_core::Number;

static PLANS: Plans = Plans::new(&[]);

/// The measured number, the first argument. What is no number is counted and changes nothing.
#[inline]
fn measured(call: Call<'_>) -> Option<Number> {
    let number = call.arg(0).and_then(number_of);
    if number.is_none() {
        vigie_core::host::global().count_invalid_measurement();
    }
    number
}

/// The number that an object is: an `int`, a `float`, or of another class of numbers.
#[inline]
pub(crate) fn number_of(value: Borrowed<'_, '_, PyAny>) -> Option<Number> {
    convert::number(value).or_else(|| foreign(value))
}

/// A number of another class (Decimal, Fraction, numpy): what `float()` makes of it.
#[cold]
fn foreign(value: Borrowed<'_, '_, PyAny>) -> Option<Number> {
    Python::attach(|py| {
        // Text is no number, although `float()` would read one from it.
        // SAFETY: the object is alive.
        if unsafe { ffi::PyNumber_Check(value.as_ptr()) } == 0 {
            return None;
        }
        // SAFETY: the object is alive; a new reference, or null with an exception set, comes back.
        let float = unsafe { ffi::PyNumber_Float(value.as_ptr()) };
        // SAFETY: as above.
        let float = unsafe { Bound::from_owned_ptr_or_err(py, float) };
        float.ok().and_then(|float| float.extract::<f64>().ok()).map(Number::Float)
    })
}

/// Defines a class around an instrument of the core, with one updating method, and its bound form.
macro_rules! instrument {
    (
        $class:ident, $bound:ident, $name:literal, $bound_name:literal, $verb:ident, $verb_name:literal,
        $Update:ident, $Bind:ident, $BoundUpdate:ident,
        $class_doc:literal, $update_doc:literal, $bound_update_doc:literal
    ) => {
        #[doc = $class_doc]
        #[pyclass(frozen, module = "vigie", name = $name)]
        pub(crate) struct $class {
            pub(crate) core: vigie_core::$class,
        }

        /// The instrument for one set of attributes, made by ``bind``: an update looks nothing up.
        #[pyclass(frozen, module = "vigie", name = $bound_name)]
        pub(crate) struct $bound {
            pub(crate) core: vigie_core::$bound,
        }

        struct $Update;

        impl Entry for $Update {
            const NAME: &'static CStr = $verb_name;
            const DOC: &'static CStr = $update_doc;

            #[inline]
            fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
                host::begin(call.py());
                // SAFETY: registered on this class below.
                let instrument = unsafe { call.this::<$class>() };
                let mut guarded = Guarded::new();
                let keywords = Keywords::of(call, &PLANS);
                if let Some(number) = measured(call) {
                    instrument.core.$verb(number, |writer| keywords.write(writer, &mut guarded));
                }
                guarded.finish()?;
                none()
            }
        }

        struct $Bind;

        impl Entry for $Bind {
            const NAME: &'static CStr = c"bind";
            const DOC: &'static CStr = c"bind($self, /, **attributes)\n--\n\n\
                The series of these attributes, of any type, for updates that pass none. Raises nothing.\n";

            fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
                // SAFETY: registered on this class below.
                let instrument = unsafe { call.this::<$class>() };
                let mut guarded = Guarded::new();
                let keywords = Keywords::of(call, &PLANS);
                let core = instrument.core.bind(|writer| keywords.write(writer, &mut guarded));
                guarded.finish()?;
                Ok(Bound::new(call.py(), $bound { core })?.into_any().into_ptr())
            }
        }

        struct $BoundUpdate;

        impl Entry for $BoundUpdate {
            const NAME: &'static CStr = $verb_name;
            const DOC: &'static CStr = $bound_update_doc;

            #[inline]
            fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
                host::begin(call.py());
                // SAFETY: registered on this class below.
                let instrument = unsafe { call.this::<$bound>() };
                if let Some(number) = measured(call) {
                    instrument.core.$verb(number);
                }
                none()
            }
        }

        impl $class {
            fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
                module.add_class::<$class>()?;
                module.add_class::<$bound>()?;
                Methods::of::<$class>(module.py()).add::<$Update>()?.add::<$Bind>()?;
                Methods::of::<$bound>(module.py()).add::<$BoundUpdate>()?;
                Ok(())
            }
        }
    };
}

instrument!(
    Counter,
    BoundCounter,
    "Counter",
    "BoundCounter",
    add,
    c"add",
    CounterAdd,
    CounterBind,
    BoundCounterAdd,
    "A sum that only grows (OpenTelemetry Metrics API, \"Counter\"). Made by ``counter``.\n\n\
     >>> import vigie\n\
     >>> orders = vigie.counter(\"orders_total\")\n\
     >>> orders.add(1, region=\"eu\")\n\
     >>> eu = orders.bind(region=\"eu\")\n\
     >>> eu.add(1)",
    c"add($self, amount, /, **attributes)\n--\n\n\
      Adds ``amount``, an ``int``, a ``float`` or what ``float()`` takes, to the series of these\n\
      attributes. Negative amounts and what is no number are ignored and counted. Raises nothing.\n",
    c"add($self, amount, /)\n--\n\nAdds ``amount`` to the series; otherwise as the counter's own ``add``.\n"
);
instrument!(
    UpDownCounter,
    BoundUpDownCounter,
    "UpDownCounter",
    "BoundUpDownCounter",
    add,
    c"add",
    UpDownAdd,
    UpDownBind,
    BoundUpDownAdd,
    "A sum that goes both ways (OpenTelemetry Metrics API, \"UpDownCounter\"). Made by ``up_down_counter``.\n\n\
     >>> import vigie\n\
     >>> open_carts = vigie.up_down_counter(\"open_carts\")\n\
     >>> open_carts.add(-1, region=\"eu\")",
    c"add($self, amount, /, **attributes)\n--\n\n\
      Adds ``amount``, an ``int``, a ``float`` or what ``float()`` takes, to the series of these\n\
      attributes. What is no number is ignored and counted. Raises nothing.\n",
    c"add($self, amount, /)\n--\n\nAdds ``amount`` to the series; otherwise as the counter's own ``add``.\n"
);
instrument!(
    Gauge,
    BoundGauge,
    "Gauge",
    "BoundGauge",
    set,
    c"set",
    GaugeSet,
    GaugeBind,
    BoundGaugeSet,
    "The last value (OpenTelemetry Metrics API, \"Gauge\"). Made by ``gauge``.\n\n\
     >>> import vigie\n\
     >>> vigie.gauge(\"queue_depth\").set(7, queue=\"mail\")",
    c"set($self, value, /, **attributes)\n--\n\n\
      Sets the series of these attributes to ``value``, an ``int``, a ``float`` or what ``float()``\n\
      takes. What is no number is ignored and counted: the last value stays. Raises nothing.\n",
    c"set($self, value, /)\n--\n\nSets the series to ``value``; otherwise as the gauge's own ``set``.\n"
);
instrument!(
    Histogram,
    BoundHistogram,
    "Histogram",
    "BoundHistogram",
    record,
    c"record",
    HistogramRecord,
    HistogramBind,
    BoundHistogramRecord,
    "How measurements are distributed over buckets (OpenTelemetry Metrics API, \"Histogram\"). Made by\n\
     ``histogram``.\n\n\
     >>> import vigie\n\
     >>> latency = vigie.histogram(\"http_request_duration_seconds\", unit=\"s\")\n\
     >>> latency.record(0.12, route=\"/cart\")\n\
     >>> with latency.time(route=\"/cart\"):\n\
     ...     pass",
    c"record($self, value, /, **attributes)\n--\n\n\
      Records ``value``, an ``int``, a ``float`` or what ``float()`` takes, in the instrument's unit, in\n\
      the series of these attributes. What is no number is ignored and counted. Raises nothing.\n",
    c"record($self, value, /)\n--\n\nRecords ``value`` in the series; otherwise as the histogram's own ``record``.\n"
);

/// Adds the classes to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    Counter::register(module)?;
    UpDownCounter::register(module)?;
    Gauge::register(module)?;
    Histogram::register(module)
}
