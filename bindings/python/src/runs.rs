//! The class `Runs`: the spans of a framework that announces its runs by callbacks.
//! Not for starting a run: see `run_start`. Not for the table itself: the core has that.

use crate::context::Context;
use crate::convert::{self, Guarded, Tape, with_text_of};
use crate::keywords::{Keywords, tape_of_mapping};
use crate::names::Plans;
use crate::raw::{Call, Entry, Methods, none};
use crate::run_ids::run_id;
use crate::{arguments, error, followed, place};
use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::ffi::CStr;
use std::sync::Arc;
use std::time::Duration;
use vigie_core::AttributeWriter;
use vigie_core::runs::{self as core, Kept, RunEnd, RunRules, RunState, RunSummary};

/// The open runs of one framework: pieces of work that it announces by callbacks, each under an identifier of its own.
///
/// For adapters, whose callbacks become spans with one call each. A run's parent is found by its identifier, never by
/// what happens to be current. What is left open below a run ends with it; what nothing was heard of for ``idle``
/// seconds is ended as abandoned. ``open`` is how many runs may be open at once, ``spans`` how many spans stand below
/// one outermost run: what is beyond is left out and counted. Run ids are ``uuid.UUID``, ``int`` of 128 bits, or ``str``.
///
/// Making one raises ``ValueError`` for a bound that is not positive. The methods raise nothing and may be called from
/// any thread; one about a run that is not open does nothing and is counted. Spans are those of the OpenTelemetry Trace
/// API, section "Span".
///
/// >>> import vigie
/// >>> runs = vigie.Runs()
/// >>> context = runs.start("run-1", "invoke_workflow shop")
/// >>> runs.chunk("run-1")
/// >>> state, duration_s, chunks, first_chunk_s, chunk_interval_s, kept = runs.end("run-1")
/// >>> state, chunks, chunk_interval_s
/// ('ok', 1, None)
#[pyclass(frozen, module = "vigie", name = "Runs")]
pub(crate) struct Runs {
    pub(crate) core: Arc<core::Runs>,
}

#[pymethods]
impl Runs {
    #[new]
    #[pyo3(signature = (*, open=None, idle=None, spans=None))]
    fn new(
        open: Option<&Bound<'_, PyAny>>,
        idle: Option<&Bound<'_, PyAny>>,
        spans: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let rules = RunRules::default();
        let open = bound("open", open, rules.open as f64)?;
        let idle = bound("idle", idle, rules.idle.as_secs_f64())?;
        let spans = bound("spans", spans, f64::from(rules.spans))?;
        // A float becomes the nearest whole number, and one beyond the type the greatest.
        let rules = RunRules {
            open: open as usize,
            idle: Duration::try_from_secs_f64(idle).unwrap_or(Duration::MAX),
            spans: spans as u32,
        };
        Ok(Self { core: Arc::new(core::Runs::new(vigie_core::host::global(), rules)) })
    }

    /// What the body of an open run stands in, as a ``Context``; None when the run is not open.
    #[pyo3(signature = (run_id, /))]
    fn context(&self, run_id: &Bound<'_, PyAny>) -> Option<Context> {
        let id = crate::run_ids::run_id(run_id.as_borrowed())?;
        self.core.context(id).map(|context| Context::new(context, None))
    }

    /// The object that was kept with an open run; None when the run is not open.
    #[pyo3(signature = (run_id, /))]
    fn kept(&self, py: Python<'_>, run_id: &Bound<'_, PyAny>) -> Option<Py<PyAny>> {
        let id = crate::run_ids::run_id(run_id.as_borrowed())?;
        let object = |kept: &Kept| Some(kept.downcast_ref::<Py<PyAny>>()?.clone_ref(py));
        self.core.kept(id, object).flatten()
    }

    /// Sets every member of a mapping as an attribute of the run's span; values may be of any type.
    #[pyo3(signature = (run_id, attributes, /))]
    fn set_attributes(&self, run_id: &Bound<'_, PyAny>, attributes: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut guarded = Guarded::new();
        let tape = tape_of_mapping(attributes.as_borrowed(), &mut guarded);
        self.with_span(run_id, |span| span.attributes(|writer| tape.play(writer)));
        guarded.finish()
    }

    /// Adds something that happened during the run, with a mapping of attributes (OpenTelemetry Trace API, "Add Events").
    #[pyo3(signature = (run_id, name, attributes=None, /))]
    fn add_event(
        &self,
        run_id: &Bound<'_, PyAny>,
        name: &Bound<'_, PyAny>,
        attributes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let mut guarded = Guarded::new();
        let tape = attributes.map(|attributes| tape_of_mapping(attributes.as_borrowed(), &mut guarded));
        with_text_of(name.as_borrowed(), &mut guarded, |name| {
            self.with_span(run_id, |span| span.add_event(name, None, |writer| play(tape.as_ref(), writer)));
        });
        guarded.finish()
    }

    /// Gives the run's span another name, a ``str``.
    #[pyo3(signature = (run_id, name, /))]
    fn update_name(&self, run_id: &Bound<'_, PyAny>, name: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut guarded = Guarded::new();
        with_text_of(name.as_borrowed(), &mut guarded, |name| {
            self.with_span(run_id, |span| span.update_name(name));
        });
        guarded.finish()
    }

    /// Has the framework itself say which run is current: ``variable`` is the ``ContextVar`` in which it keeps that, the
    /// steps lead from its value to the run id, by members of dicts and attributes of other objects.
    ///
    /// From then on that run is current for logs, spans and headers wherever nothing was entered inside of its body.
    /// Without a variable nothing is followed any more. One table of the process is followed at a time, the last one.
    /// Raises ``TypeError`` when ``variable`` is no ``ContextVar`` or a step no ``str``.
    #[pyo3(signature = (variable=None, /, *steps))]
    fn follow(&self, variable: Option<&Bound<'_, PyAny>>, steps: &Bound<'_, PyTuple>) -> PyResult<()> {
        match variable {
            Some(variable) => followed::follow(&self.core, variable, steps),
            None => {
                followed::forget(&self.core);
                Ok(())
            }
        }
    }

    /// Ends the runs of which, and of all below which, nothing was heard for ``idle`` seconds; returns how many. Starting a
    /// run does this now and then.
    fn sweep(&self) -> usize {
        self.core.sweep()
    }

    /// What became of runs so far, as a dict: ``open`` (now), ``swept`` (nothing was heard of them), ``orphaned`` (the run
    /// above ended first), ``refused`` (too many open), ``left_out`` (no span, the outermost run has so many),
    /// ``unmatched`` (calls about runs that are not open, or that start one that is).
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = self.core.counts();
        let all = PyDict::new(py);
        for (name, count) in [
            ("open", counts.open),
            ("swept", counts.swept),
            ("orphaned", counts.orphaned),
            ("refused", counts.refused),
            ("left_out", counts.left_out),
            ("unmatched", counts.unmatched),
        ] {
            all.set_item(name, count)?;
        }
        Ok(all)
    }
}

impl Runs {
    fn with_span(&self, id: &Bound<'_, PyAny>, work: impl FnOnce(&mut vigie_core::Span)) {
        if let Some(id) = run_id(id.as_borrowed()) {
            self.core.with_span(id, work);
        }
    }
}

/// A number that is more than zero.
fn bound(name: &str, given: Option<&Bound<'_, PyAny>>, default: f64) -> PyResult<f64> {
    let number = arguments::real(name, given, default)?;
    match number > 0.0 {
        true => Ok(number),
        false => Err(PyValueError::new_err(format!("{name} must be more than 0, not {number}"))),
    }
}

pub(crate) fn play(tape: Option<&Tape>, writer: &mut AttributeWriter<'_>) {
    if let Some(tape) = tape {
        tape.play(writer);
    }
}

struct Chunk;

impl Entry for Chunk {
    const NAME: &'static CStr = c"chunk";
    const DOC: &'static CStr = c"chunk($self, run_id, /)\n--\n\n\
        Says that another piece of the run's answer came. The time of the first and of the last are kept, and how many.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Runs` below.
        let runs = unsafe { call.this::<Runs>() };
        if let Some(id) = call.arg(0).and_then(run_id) {
            runs.core.chunk(id);
            // Whoever asked for the stream gets the chunk next, in the same task or thread.
            place::leave_body(call.py(), &runs.core, id);
        }
        none()
    }
}

static END_PLANS: Plans = Plans::new(&["state", "error", "attributes", "first_chunk_key"]);
const STATE: u8 = 0;
const ERROR: u8 = 1;
const END_ATTRIBUTES: u8 = 2;
const FIRST_CHUNK_KEY: u8 = 3;

struct End;

impl Entry for End {
    const NAME: &'static CStr = c"end";
    const DOC: &'static CStr = c"end($self, run_id, /, state='ok', *, error=None, attributes=None, first_chunk_key=None)\n--\n\n\
        Ends a run, and before it those that are open below it.\n\n\
        ``state`` is ``\"ok\"``, ``\"error\"``, ``\"cancelled\"``, ``\"abandoned\"`` or ``\"interrupted\"``; the last three are\n\
        told by the attribute ``vigie.run.state``. ``error`` is what it failed with, recorded with the state ``\"error\"``.\n\
        ``attributes`` is a mapping; ``first_chunk_key`` names the attribute that gets the seconds from the start to the\n\
        first chunk, if there was one. Returns ``(state, duration_s, chunks, first_chunk_s, chunk_interval_s, kept)``,\n\
        seconds as ``float``, both times of chunks None without any; None when the run is not open. What is said to be\n\
        ``\"ok\"`` is ``\"interrupted\"`` when a run right below it was, and ``\"abandoned\"`` when one below it is open amid\n\
        its chunks.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Runs` below.
        let runs = unsafe { call.this::<Runs>() };
        let py = call.py();
        let Some(id) = call.arg(0).and_then(run_id) else { return none() };
        let mut guarded = Guarded::new();
        let keywords = Keywords::of(call, &END_PLANS);
        let option = |index| keywords.option(index).filter(|given| !given.is_none());
        let state = call.arg(1).or_else(|| option(STATE)).map_or(RunState::Ok, |state| {
            with_text_of(state, &mut guarded, |state| RunState::parse(state).unwrap_or(RunState::Ok))
        });
        let failed = option(ERROR).filter(|_| state == RunState::Error);
        let error = failed.and_then(|error| error::from_exc_info_of_span(error, &mut guarded));
        let tape = option(END_ATTRIBUTES).map(|attributes| tape_of_mapping(attributes, &mut guarded));
        let key = option(FIRST_CHUNK_KEY);
        place::leave_body(py, &runs.core, id);
        let summary = runs.core.end(id, RunEnd { state, error: error.as_ref() }, |writer, summary| {
            play(tape.as_ref(), writer);
            if let (Some(key), Some(first)) = (key, summary.chunks.first()) {
                convert::text_key(writer, key);
                writer.float(first.as_secs_f64());
            }
        });
        guarded.finish()?;
        match summary {
            Some(summary) => told(py, summary),
            None => none(),
        }
    }
}

fn told(py: Python<'_>, summary: RunSummary) -> PyResult<*mut ffi::PyObject> {
    let chunks = summary.chunks;
    let first = chunks.first().map(|first| first.as_secs_f64());
    let interval = chunks.interval().map(|interval| interval.as_secs_f64());
    let kept = summary.kept.and_then(|kept| kept.downcast::<Py<PyAny>>().ok());
    let all = (
        summary.state.as_str(),
        summary.duration.as_secs_f64(),
        chunks.count,
        first,
        interval,
        kept.map(|kept| *kept),
    );
    Ok(all.into_pyobject(py)?.into_any().into_ptr())
}

/// Adds the class to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Runs>()?;
    Methods::of::<Runs>(module.py()).add::<Chunk>()?.add::<End>()?;
    Ok(())
}
