//! The current context, and the context that an object stands for: a `Context` itself, or a `Span`.
//! Not for making one current: see `variable`.

use crate::context::{Context, Under};
use crate::place::{self, Place, What};
use crate::tracer::Span;
use crate::{followed, variable};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::type_object::PyTypeInfo;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

static SPAN_CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());
static CONTEXT_CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(ptr::null_mut());

/// Remembers the addresses of both classes; called once, when the module is loaded.
pub(crate) fn register(py: Python<'_>) {
    SPAN_CLASS.store(Span::type_object_raw(py), Ordering::Release);
    CONTEXT_CLASS.store(Context::type_object_raw(py), Ordering::Release);
}

/// The current context, kept alive while it is borrowed.
pub(crate) enum Current<'py> {
    /// An object that a `with` made current, or one in the place of that if its span has ended.
    Entered(Bound<'py, PyAny>),
    /// What no `with` made current: what the process got from its environment, or a run of a framework.
    Told(vigie_core::Context),
}

/// The context that is current in the running task or thread.
#[inline]
pub(crate) fn get(py: Python<'_>) -> Current<'_> {
    if followed::is_set() {
        return get_beside_runs(py);
    }
    variable::object(py).and_then(entered).unwrap_or_else(initial)
}

fn initial<'py>() -> Current<'py> {
    Current::Told(vigie_core::host::global().initial_context())
}

/// What an object in the variable makes current.
#[inline]
fn entered(object: Bound<'_, PyAny>) -> Option<Current<'_>> {
    match standing(&object) {
        Standing::InForce => Some(Current::Entered(object)),
        Standing::Ended(span) => Some(above(&object, span)),
        Standing::Foreign => place_left(&object),
    }
}

/// Places are read where runs are followed; elsewhere only one that has outlived that comes here.
#[cold]
fn place_left<'py>(object: &Bound<'py, PyAny>) -> Option<Current<'py>> {
    match &place::of(object)?.what {
        What::Object(object_in) => entered(object_in.bind(object.py()).clone()),
        What::Body(_) => None,
    }
}

/// What is nearer: the run that the framework calls current, or what was entered here. The latter is, when the same run
/// was current as it was entered: that was in the run's body. Otherwise the run began after it.
#[cold]
fn get_beside_runs(py: Python<'_>) -> Current<'_> {
    let object = place::object(py);
    let Some(run) = followed::run(py) else {
        return object.and_then(|object| in_place(&object)).unwrap_or_else(initial);
    };
    let inside = object.filter(|object| is_under(object, &run)).and_then(|object| match place::of(&object) {
        Some(Place { what: What::Object(inner), .. }) => in_body(inner.bind(py)),
        _ => in_place(&object),
    });
    inside.unwrap_or(Current::Told(run))
}

/// Whether the object was entered in the body of a run.
fn is_under(object: &Bound<'_, PyAny>, run: &vigie_core::Context) -> bool {
    place::of(object)
        .is_some_and(|place| place.under.is_some() && place.under == run.span.map(|span| span.span_id))
}

/// What an object of the variable makes current, a place included.
fn in_place<'py>(object: &Bound<'py, PyAny>) -> Option<Current<'py>> {
    match place::of(object).map(|place| &place.what) {
        Some(What::Body(body)) => Some(Current::Told(body.context.clone())),
        Some(What::Object(inner)) => entered(inner.bind(object.py()).clone()),
        None => entered(object.clone()),
    }
}

/// The same for one that was entered in the body of the current run: when no span above it is open, the run is next.
fn in_body<'py>(object: &Bound<'py, PyAny>) -> Option<Current<'py>> {
    match standing(object) {
        Standing::Ended(span) if span.open_above(object.py()).is_none() => None,
        _ => entered(object.clone()),
    }
}

/// The context that was entered in the body of the run with the span `under` and stands there still: what starts in it
/// is a part of it.
pub(crate) fn inside(py: Python<'_>, under: &vigie_core::Context) -> Option<vigie_core::Context> {
    let object = place::object(py).filter(|object| is_under(object, under))?;
    let What::Object(inner) = &place::of(&object)?.what else { return None };
    in_body(inner.bind(py)).map(|current| current.context().clone())
}

/// What an object in the variable is worth.
enum Standing<'a> {
    /// It stands in an open span, or in none of this process.
    InForce,
    /// The span in which it stands has ended.
    Ended(&'a Span),
    /// It is no context: another program's doing.
    Foreign,
}

#[inline]
fn standing<'a>(object: &'a Bound<'_, PyAny>) -> Standing<'a> {
    // SAFETY: the object is alive; each class is checked before the object is used as one, and the
    // one below a context is always a span.
    let span = unsafe {
        let class = ffi::Py_TYPE(object.as_ptr());
        if class == SPAN_CLASS.load(Ordering::Relaxed) {
            object.cast_unchecked::<Span>().get()
        } else if class == CONTEXT_CLASS.load(Ordering::Relaxed) {
            match &object.cast_unchecked::<Context>().get().under {
                Some(Under { span, ends_with_it: true }) => {
                    span.bind(object.py()).cast_unchecked::<Span>().get()
                }
                _ => return Standing::InForce,
            }
        } else {
            return Standing::Foreign;
        }
    };
    if span.is_open() { Standing::InForce } else { Standing::Ended(span) }
}

/// What stands for an object whose span has ended: with the nearest open span above in its place. What
/// is carried stays, as it does when a `with` of a context is left open.
#[cold]
fn above<'py>(object: &Bound<'py, PyAny>, ended: &Span) -> Current<'py> {
    let above = ended.open_above(object.py());
    let initial;
    let from = match &above {
        Some(span) => &span.get().context,
        None => {
            initial = vigie_core::host::global().initial_context();
            &initial
        }
    };
    let mut carried = of(object).unwrap_or(&ROOT).carried_owned();
    carried.trace_state = from.trace_state().map(Box::from);
    let context = vigie_core::Context { span: from.span, carried: None }.with_carried(carried);
    let under = above.map(|span| Under { span: span.into_any().unbind(), ends_with_it: true });
    match Bound::new(object.py(), Context::new(context.clone(), under)) {
        Ok(made) => Current::Entered(made.into_any()),
        Err(_) => Current::Told(context),
    }
}

/// The span of this process in which an object stands until that span ends: a span itself, or a context under one.
#[inline]
pub(crate) fn span_of(object: &Bound<'_, PyAny>) -> Option<Py<PyAny>> {
    under(object).filter(|under| under.ends_with_it).map(|under| under.span)
}

/// The span of this process in which an object stands.
#[inline]
fn under(object: &Bound<'_, PyAny>) -> Option<Under> {
    // SAFETY: the object is alive; each class is checked before the object is used as one.
    unsafe {
        let class = ffi::Py_TYPE(object.as_ptr());
        if class == SPAN_CLASS.load(Ordering::Relaxed) {
            return Some(Under { span: object.clone().unbind(), ends_with_it: true });
        }
        if class == CONTEXT_CLASS.load(Ordering::Relaxed) {
            let under = &object.cast_unchecked::<Context>().get().under;
            return under.as_ref().map(|under| under.clone_ref(object.py()));
        }
    }
    None
}

/// The current span: the innermost one of this process that is open, that of the run in whose body this is, or else one
/// that takes nothing and has the ids of what is current.
pub(crate) fn span(py: Python<'_>) -> PyResult<Bound<'_, Span>> {
    let current = get(py);
    if let Some(Under { span, .. }) = current.under()
        && let Ok(span) = span.into_bound(py).cast_into::<Span>()
        && span.get().is_open()
    {
        return Ok(span);
    }
    let context = current.context().clone();
    let run = match &current {
        Current::Told(_) => place::body(py).or_else(|| followed::open_run(py)),
        Current::Entered(_) => None,
    };
    let run = run.filter(|run| run.stands_in(&context));
    Bound::new(py, Span::told(context, run))
}

impl Current<'_> {
    /// The context in the core's own type.
    #[inline]
    pub(crate) fn context(&self) -> &vigie_core::Context {
        match self {
            Self::Entered(object) => of(object).unwrap_or(&ROOT),
            Self::Told(context) => context,
        }
    }

    /// The span of this process in which it stands until that ends.
    #[inline]
    pub(crate) fn span(&self) -> Option<Py<PyAny>> {
        match self {
            Self::Entered(object) => span_of(object),
            Self::Told(_) => None,
        }
    }

    /// The span of this process in which it stands.
    pub(crate) fn under(&self) -> Option<Under> {
        match self {
            Self::Entered(object) => under(object),
            Self::Told(_) => None,
        }
    }

    /// The same as an object of its own, to be carried elsewhere.
    pub(crate) fn to_context(&self) -> Context {
        let under = self.under().map(|under| Under { ends_with_it: false, ..under });
        Context::new(self.context().clone(), under)
    }
}

static ROOT: vigie_core::Context = vigie_core::Context::root();

/// The context that an object stands for: a span's own, or the context itself.
#[inline]
pub(crate) fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a vigie_core::Context> {
    // SAFETY: the object is alive; each class is checked before the object is used as one.
    unsafe {
        let class = ffi::Py_TYPE(object.as_ptr());
        if class == SPAN_CLASS.load(Ordering::Relaxed) {
            return Some(&object.cast_unchecked::<Span>().get().context);
        }
        if class == CONTEXT_CLASS.load(Ordering::Relaxed) {
            return Some(&object.cast_unchecked::<Context>().get().core);
        }
    }
    None
}
