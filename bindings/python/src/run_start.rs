//! Starting a run: the method of `Runs` and its options. Not for the class: see `runs`.

use crate::context::Context;
use crate::convert::{Guarded, Tape, with_text_of};
use crate::keywords::{Keywords, tape_of_mapping};
use crate::links::link_to;
use crate::names::Plans;
use crate::raw::{Call, Entry, Methods};
use crate::run_ids::run_id;
use crate::runs::{Runs, play};
use crate::{carrier, current, host, place};
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::CStr;
use vigie_core::runs::{self as core, Kept, RunStart};
use vigie_core::{Link, SpanKind};

static START_PLANS: Plans = Plans::new(&[
    "parent_id",
    "kind",
    "hidden",
    "enter",
    "context",
    "inherited",
    "logged",
    "links",
    "attributes",
    "keep",
]);
const PARENT_ID: u8 = 0;
const KIND: u8 = 1;
const HIDDEN: u8 = 2;
const ENTER: u8 = 3;
const CONTEXT: u8 = 4;
const INHERITED: u8 = 5;
const LOGGED: u8 = 6;
const LINKS: u8 = 7;
const START_ATTRIBUTES: u8 = 8;
const KEEP: u8 = 9;

struct Start;

impl Entry for Start {
    const NAME: &'static CStr = c"start";
    const DOC: &'static CStr = c"start($self, run_id, name, /, *, parent_id=None, kind='internal', hidden=False, enter=False, context=None, inherited=None, logged=None, links=(), attributes=None, keep=None)\n--\n\n\
        Starts a run and returns the ``Context`` that its body stands in.\n\n\
        ``name`` is that of its span, ``kind`` as for ``span``. ``parent_id`` is the run that it is a part of; when the\n\
        table does not know that, it stands in ``context`` (a ``Context`` or ``Span``), or else in the current one. With\n\
        ``hidden`` it gets no span, and what is below it stands below its parent. With ``enter`` its body is current in\n\
        the running task or thread until its first chunk or its end. ``inherited`` and ``logged`` are mappings of texts:\n\
        attributes of all spans from here down, and of all log records written in there. ``links`` are contexts or spans;\n\
        ``attributes`` is a mapping of values of any type. ``keep`` is any object, which ``end`` gives back.\n";

    #[inline]
    fn call(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        // SAFETY: registered on `Runs` below.
        let runs = unsafe { call.this::<Runs>() };
        let py = call.py();
        host::begin(py);
        let (Some(id), Some(name)) = (call.arg(0).and_then(run_id), call.arg(1)) else {
            return Self::fallback(call);
        };
        let mut guarded = Guarded::new();
        let keywords = Keywords::of(call, &START_PLANS);
        let told = Told::of(&keywords, &runs.core, py, &mut guarded);
        let context = with_text_of(name, &mut guarded, |name| {
            let (inherited, logged) = (borrowed(&told.inherited), borrowed(&told.logged));
            let start = RunStart {
                id,
                parent: told.parent,
                context: told.current.as_ref().unwrap_or(&ROOT),
                nearer: told.nearer.as_ref(),
                name,
                kind: told.kind,
                is_hidden: told.is_hidden,
                inherited: &inherited,
                logged: &logged,
                links: &told.links,
            };
            let keep = keywords.option(KEEP).map(|object| Box::new(object.to_owned().unbind()) as Kept);
            runs.core.start(&start, keep, |writer| play(told.attributes.as_ref(), writer))
        });
        if is_true(keywords.option(ENTER)) {
            place::enter_body(py, &runs.core, id, context.clone());
        }
        guarded.finish()?;
        Context::new(context, None).into_object(py)
    }

    fn fallback(call: Call<'_>) -> PyResult<*mut ffi::PyObject> {
        current::get(call.py()).to_context().into_object(call.py())
    }
}

static ROOT: vigie_core::Context = vigie_core::Context::root();

/// The options of a start, read before anything is locked.
struct Told {
    parent: Option<core::RunId>,
    /// Where it stands when the table does not know its parent: None when it does.
    current: Option<vigie_core::Context>,
    nearer: Option<vigie_core::Context>,
    kind: SpanKind,
    is_hidden: bool,
    inherited: Vec<(String, String)>,
    logged: Vec<(String, String)>,
    links: Vec<Link>,
    attributes: Option<Tape>,
}

impl Told {
    fn of(keywords: &Keywords<'_>, runs: &core::Runs, py: Python<'_>, guarded: &mut Guarded) -> Self {
        let option = |index| keywords.option(index).filter(|given| !given.is_none());
        let parent = option(PARENT_ID).and_then(run_id);
        let above = parent.and_then(|parent| runs.context(parent));
        let current = match &above {
            Some(_) => None,
            None => Some(match option(CONTEXT).as_deref().and_then(current::of) {
                Some(given) => given.clone(),
                None => current::get(py).context().clone(),
            }),
        };
        let mut texts = |index| option(index).map(|texts| carrier::texts(texts, guarded)).unwrap_or_default();
        let (inherited, logged) = (texts(INHERITED), texts(LOGGED));
        let links = option(LINKS).map(|links| guarded.collect(|| links.try_iter())).unwrap_or_default();
        Self {
            parent,
            current,
            nearer: above.and_then(|above| current::inside(py, &above)),
            kind: option(KIND).map_or(SpanKind::Internal, |kind| {
                with_text_of(kind, guarded, |kind| vigie_core::host::global().span_kind(kind))
            }),
            is_hidden: is_true(option(HIDDEN)),
            inherited,
            logged,
            links: links.iter().filter_map(|link| link_to(link.as_borrowed())).collect(),
            attributes: option(START_ATTRIBUTES).map(|attributes| tape_of_mapping(attributes, guarded)),
        }
    }
}

fn borrowed(texts: &[(String, String)]) -> Vec<(&str, &str)> {
    texts.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect()
}

/// Whether a flag is set: True itself, since the truth of another object may be a user's code.
fn is_true(flag: Option<Borrowed<'_, '_, PyAny>>) -> bool {
    // SAFETY: only addresses are compared.
    flag.is_some_and(|flag| flag.as_ptr() == unsafe { ffi::Py_True() })
}

/// Adds the method to the class, which is in the module already.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    Methods::of::<Runs>(py).add::<Start>()?;
    Ok(())
}
