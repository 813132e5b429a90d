//! Contexts: the current one of each C thread, and contexts with attributes and baggage.
//! Not for headers: see `carrier`. Not for the life of a span: see `tracer`. Other bindings pass contexts explicitly
//! and use no current one.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::Deserialize;
use vigie_core::host::global;
use vigie_core::model::context::Carried;
use vigie_core::model::propagation::{traceparent, tracestate};
use vigie_core::{Context, SpanContext, SpanId, TraceFlags, TraceId};

use crate::convert::{Members, attributes, bytes, document, put, repaired, set};
use crate::error::{Failure, VIGIE_E_LIMIT, VIGIE_OK};
use crate::ffi::{ffi, ready};
use crate::handles;
use crate::held::Held;

/// In place of a handle: the current context without its span, so that a new trace begins.
pub const VIGIE_ROOT: u64 = u64::MAX;

/// How many contexts a thread may have entered and not exited.
const DEEPEST: usize = 1024;

struct Frame {
    handle: u64,
    context: Context,
    /// The span of this process that `context` stands in; 0 when it stands in another's, or in none.
    span: u64,
}

impl Frame {
    /// Whether what `context` stands in has not ended. Takes no lock, which a fork could leave held.
    fn is_open(&self) -> bool {
        self.span == 0 || handles::is_live(self.span)
    }
}

thread_local! {
    static ENTERED: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

fn current_handle() -> u64 {
    let handle = ENTERED.try_with(|frames| frames.borrow().last().map(|frame| frame.handle));
    handle.ok().flatten().unwrap_or(0)
}

/// [`resolve`], lent instead of cloned: log records are made too often to count references.
pub(crate) fn with_context<T>(handle: u64, work: impl FnOnce(Result<&Context, Failure>) -> T) -> T {
    match handle {
        0 => with_current(|context| work(Ok(context))),
        VIGIE_ROOT => with_current(|context| match context.span {
            None => work(Ok(context)),
            Some(_) => work(Ok(&Context { span: None, ..context.clone() })),
        }),
        _ => match handles::look_up(handle) {
            Ok(live) => match live.held() {
                Some(Held::Span(context) | Held::Context(context, _)) => work(Ok(context)),
                _ => work(Err(Failure::handle(NO_CONTEXT))),
            },
            Err(failure) => work(Err(failure)),
        },
    }
}

fn with_current<T>(work: impl FnOnce(&Context) -> T) -> T {
    with_current_and_its_span(|context, _| work(context))
}

/// The thread's current context, and the span of this process that it stands in; the process's initial one when
/// nothing was entered.
fn with_current_and_its_span<T>(work: impl FnOnce(&Context, u64) -> T) -> T {
    let inside = ENTERED.try_with(|frames| !frames.borrow().is_empty()) == Ok(true);
    if !inside {
        return global().with_initial_context(|context| work(context, 0));
    }
    ENTERED.with_borrow(|frames| match frames.last() {
        Some(top) if top.is_open() => work(&top.context, top.span),
        _ => with_nearest_open(frames, work),
    })
}

/// The current context when the span of the innermost one has ended: the nearest around it that is open. What a
/// context added to its span stays until that context is left.
#[cold]
fn with_nearest_open<T>(frames: &[Frame], work: impl FnOnce(&Context, u64) -> T) -> T {
    let added =
        || frames.iter().rev().take_while(|frame| !frame.is_open()).find(|frame| frame.handle != frame.span);
    let within = |open: &Context, span| match added() {
        Some(frame) => work(&Context { span: open.span, ..frame.context.clone() }, span),
        None => work(open, span),
    };
    match frames.iter().rev().find(|frame| frame.is_open()) {
        Some(frame) => within(&frame.context, frame.span),
        None => global().with_initial_context(|context| within(context, 0)),
    }
}

const NO_CONTEXT: &str = "handle: neither a span nor a context";

/// What a handle means as a context: 0 the current one, `VIGIE_ROOT` the current one without its span.
pub(crate) fn resolve(handle: u64) -> Result<Context, Failure> {
    with_context(handle, |context| context.cloned())
}

/// [`resolve`], and the span of this process that the context stands in; 0 when there is none.
pub(crate) fn resolve_with_span(handle: u64) -> Result<(Context, u64), Failure> {
    match handle {
        0 => Ok(with_current_and_its_span(|context, span| (context.clone(), span))),
        VIGIE_ROOT => Ok((resolve(handle)?, 0)),
        _ => match handles::look_up(handle)?.held() {
            Some(Held::Span(context)) => Ok((context.clone(), handle)),
            Some(Held::Context(context, span)) => Ok((context.clone(), *span)),
            _ => Err(Failure::handle(NO_CONTEXT)),
        },
    }
}

/// The identity of a span that is not ours, from its hexadecimal ids.
pub(crate) fn span_context(trace_id: &str, span_id: &str) -> Result<SpanContext, Failure> {
    let trace = TraceId::from_hex(trace_id).ok().filter(|id| trace_id.len() == 32 && *id != TraceId::INVALID);
    let span = SpanId::from_hex(span_id).ok().filter(|id| span_id.len() == 16 && *id != SpanId::INVALID);
    match (trace, span) {
        (Some(trace_id), Some(span_id)) => {
            Ok(SpanContext { trace_id, span_id, flags: TraceFlags::SAMPLED, is_remote: true })
        }
        _ => Err(Failure::argument("trace_id, span_id: accepted: 32 and 16 hexadecimal digits, not all 0")),
    }
}

/// Makes a span or a context the calling thread's current one, for C programs: the logs and spans
/// of this thread that name no other take it as theirs. `*previous` receives what vigie_span_exit
/// puts back. `span` 0 enters the current context once more. A span that has ended is not current
/// any more: the nearest one around it that is open is, until both are left.
/// Errors: VIGIE_E_HANDLE; VIGIE_E_LIMIT at 1024 not exited; VIGIE_E_ARG if `previous` is NULL.
/// Thread-safe; acts on the calling thread alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_enter(span: u64, previous: *mut u64) -> i32 {
    ffi(|| {
        ready();
        let (context, stands_in) = resolve_with_span(span)?;
        // SAFETY: the caller's promise about out arguments.
        unsafe { set(previous, current_handle(), "previous")? };
        let handle = if span == 0 { current_handle() } else { span };
        let full = ENTERED.try_with(|frames| {
            let mut frames = frames.borrow_mut();
            if frames.len() >= DEEPEST {
                return true;
            }
            frames.push(Frame { handle, context, span: stands_in });
            false
        });
        if full == Ok(true) {
            return Err(Failure::new(VIGIE_E_LIMIT, format!("{DEEPEST} contexts entered and not exited")));
        }
        Ok(VIGIE_OK)
    })
}

/// Leaves the contexts that this thread entered since `previous` was the current one; `previous`
/// is what vigie_span_enter gave. It does not end the span that was current.
/// Errors: VIGIE_E_HANDLE if this thread was never in `previous`; nothing is left then.
/// Thread-safe; acts on the calling thread alone.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_span_exit(previous: u64) -> i32 {
    ffi(|| {
        let left = ENTERED.try_with(|frames| {
            let mut frames = frames.borrow_mut();
            // The innermost frame is the one to leave, also when it was entered twice.
            let outer = frames.len().saturating_sub(1);
            let keep = frames.iter().take(outer).rposition(|frame| frame.handle == previous);
            match keep {
                Some(position) => frames.truncate(position + 1),
                None if previous == 0 => frames.clear(),
                None => return false,
            }
            true
        });
        if left == Ok(false) {
            return Err(Failure::handle("previous: not a context that this thread entered"));
        }
        Ok(VIGIE_OK)
    })
}

/// Copies out a span's or a context's identity as a JSON object: trace_id, span_id, sampled,
/// traceparent, tracestate and baggage (an object), each when there is one.
/// `span` 0 asks for the calling thread's current context.
/// Errors: VIGIE_E_HANDLE; VIGIE_E_BUFFER with the needed size in `*len`; VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_context_get(span: u64, buf: *mut u8, cap: usize, len: *mut usize) -> i32 {
    ffi(|| {
        ready();
        let json = identity(&resolve(span)?);
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&json, buf, cap, len) }
    })
}

fn identity(context: &Context) -> String {
    let mut members = serde_json::Map::new();
    if let Some(span) = &context.span {
        members.insert("trace_id".to_owned(), span.trace_id.to_string().into());
        members.insert("span_id".to_owned(), span.span_id.to_string().into());
        members.insert("sampled".to_owned(), span.flags.is_sampled().into());
    }
    if let Some(traceparent) = context.traceparent() {
        members.insert("traceparent".to_owned(), traceparent.into());
    }
    if let Some(trace_state) = context.trace_state() {
        members.insert("tracestate".to_owned(), trace_state.into());
    }
    let baggage: serde_json::Map<_, _> =
        context.baggage().map(|(name, value)| (name.to_owned(), value.into())).collect();
    if !baggage.is_empty() {
        members.insert("baggage".to_owned(), baggage.into());
    }
    serde_json::Value::Object(members).to_string()
}

/// What vigie_context_get tells of a context, as far as one is made of it again.
#[derive(Deserialize)]
struct Told {
    traceparent: String,
    #[serde(default)]
    tracestate: String,
    #[serde(default)]
    baggage: HashMap<String, String>,
}

/// Makes a context of what vigie_context_get told of one, a JSON object: of traceparent, and where they
/// are there tracestate and baggage, on top of the current context. For contexts that the program itself
/// has kept: unlike vigie_extract it reads them whatever the settings propagators and public_endpoint say.
/// `*context` receives it; release it with vigie_release. A traceparent that cannot be read: VIGIE_OK and
/// `*context` 0. Errors: VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_context_of(told: *const u8, told_len: usize, context: *mut u64) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promises about out arguments and text.
        let told = unsafe {
            set(context, 0, "context")?;
            bytes(told, told_len, "told")?
        };
        let told: Told = document(&repaired(told))?;
        let Some(span) = traceparent::parse(&told.traceparent) else { return Ok(VIGIE_OK) };
        let carried = Carried {
            trace_state: tracestate::parse(&told.tracestate),
            is_debug: false,
            ..resolve(0)?.carried_owned()
        };
        let made = Context { span: Some(span), carried: None }.with_carried(carried);
        let handle = handles::insert(Held::Context(made.with_baggage(told.baggage), 0))?;
        // SAFETY: as above.
        unsafe { set(context, handle, "context")? };
        Ok(VIGIE_OK)
    })
}

/// Adds attributes to a context: `*context` receives a new context with everything of `base` (0 the
/// current one) and, from a JSON object, correlation_id, user_id and the like at their own place,
/// other keys on every log line. It stands in the span of `base` until that has ended.
/// Release it with vigie_release; it may be entered.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_context_with(
    base: u64,
    attrs: *const u8,
    attrs_len: usize,
    context: *mut u64,
) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promises about out arguments and text.
        let attrs = unsafe {
            set(context, 0, "context")?;
            bytes(attrs, attrs_len, "attrs")?
        };
        let mut read = Ok(());
        let (base, span) = resolve_with_span(base)?;
        let made = global().context_with(&base, |writer| read = attributes(attrs, writer));
        read?;
        let handle = handles::insert(Held::Context(made, span))?;
        // SAFETY: as above.
        unsafe { set(context, handle, "context")? };
        Ok(VIGIE_OK)
    })
}

/// Adds baggage to a context, from a JSON object of strings: `*context` receives a new context
/// with everything of `base` (0 the current one). Release it with vigie_release; it may be entered.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_context_with_baggage(
    base: u64,
    baggage: *const u8,
    baggage_len: usize,
    context: *mut u64,
) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promises about out arguments and text.
        let baggage = unsafe {
            set(context, 0, "context")?;
            bytes(baggage, baggage_len, "baggage")?
        };
        let members: Members<String> = document(&repaired(baggage))?;
        let (base, span) = resolve_with_span(base)?;
        let handle = handles::insert(Held::Context(base.with_baggage(members.0), span))?;
        // SAFETY: as above.
        unsafe { set(context, handle, "context")? };
        Ok(VIGIE_OK)
    })
}

/// Gives up a context, a logger or a series. Open spans are ended with vigie_span_end instead.
/// Errors: VIGIE_E_HANDLE if it is a span's or not live. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_release(handle: u64) -> i32 {
    ffi(|| {
        handles::release(handle)?;
        Ok(VIGIE_OK)
    })
}
