//! Spans: start, what is set on them, end.
//! Not for which span is current, nor for carriers: see `context`.

use serde::Deserialize;
use serde_json::value::RawValue;
use vigie_core::host::global;
use vigie_core::{AttributeWriter, ErrorInfo, Link, Span, SpanKind, SpanStart, Status};

use crate::context::{resolve, span_context};
use crate::convert::{ErrorDocument, attributes, bytes, document, lossy, repaired, set};
use crate::error::{Failure, VIGIE_OK};
use crate::ffi::{ffi, ready};
use crate::handles::{self, with_span};
use crate::held::Held;

/// Kinds of spans.
pub const VIGIE_KIND_INTERNAL: i32 = 0;
pub const VIGIE_KIND_SERVER: i32 = 1;
pub const VIGIE_KIND_CLIENT: i32 = 2;
pub const VIGIE_KIND_PRODUCER: i32 = 3;
pub const VIGIE_KIND_CONSUMER: i32 = 4;

/// Status of a span.
pub const VIGIE_STATUS_UNSET: i32 = 0;
pub const VIGIE_STATUS_OK: i32 = 1;
pub const VIGIE_STATUS_ERROR: i32 = 2;

const KINDS: [(i32, SpanKind); 5] = [
    (VIGIE_KIND_INTERNAL, SpanKind::Internal),
    (VIGIE_KIND_SERVER, SpanKind::Server),
    (VIGIE_KIND_CLIENT, SpanKind::Client),
    (VIGIE_KIND_PRODUCER, SpanKind::Producer),
    (VIGIE_KIND_CONSUMER, SpanKind::Consumer),
];

/// The kind of that number; of any other as for a name that is none.
fn kind(number: i32) -> SpanKind {
    let known = KINDS.iter().find(|(known, _)| *known == number).map(|(_, kind)| *kind);
    known.unwrap_or_else(|| global().span_kind(&number.to_string()))
}

/// The number of a span kind's name in any case ("server"). Any other name gives 0, internal; it is counted under
/// unknown_span_kinds and the first one shown on standard error. Thread-safe; errors: VIGIE_E_ARG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_kind(name: *const u8, name_len: usize) -> i32 {
    ffi(|| {
        ready();
        // SAFETY: the caller's promise about text.
        let name = lossy(unsafe { bytes(name, name_len, "name")? });
        let found = global().span_kind(&name);
        Ok(KINDS.iter().find(|(_, kind)| *kind == found).map_or(VIGIE_KIND_INTERNAL, |(number, _)| *number))
    })
}

/// What a span may be started with beyond its usual arguments.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StartOptions<'a> {
    start_time_ns: Option<i64>,
    scope: String,
    #[serde(borrow)]
    links: Vec<LinkDocument<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkDocument<'a> {
    trace_id: String,
    span_id: String,
    #[serde(borrow, default)]
    attributes: Option<&'a RawValue>,
}

/// Starts a span: `*span` receives its handle, which vigie_span_end must take. `kind` is one of
/// VIGIE_KIND_..., any other number counts as internal (see vigie_span_kind); `parent` a span or a
/// context, 0 the thread's current one, VIGIE_ROOT none; `attrs` a JSON object. It does not become
/// the current span: see vigie_span_enter.
/// Errors: VIGIE_E_ARG, VIGIE_E_HANDLE, VIGIE_E_LIMIT: not started, `*span` is 0; VIGIE_E_JSON:
/// started with the attributes before the mistake. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_start(
    name: *const u8,
    name_len: usize,
    kind: i32,
    parent: u64,
    attrs: *const u8,
    attrs_len: usize,
    span: *mut u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about out arguments and text.
        let (name, attrs) = unsafe {
            set(span, 0, "span")?;
            (bytes(name, name_len, "name")?, bytes(attrs, attrs_len, "attrs")?)
        };
        let (handle, read) = start(name, kind, parent, attrs, StartOptions::default())?;
        // SAFETY: as above.
        unsafe { set(span, handle, "span")? };
        read.map(|()| VIGIE_OK)
    })
}

/// As vigie_span_start, with options, a JSON object: start_time_ns (nanoseconds since 1970, UTC),
/// scope (the emitting library), links [{trace_id, span_id, attributes}].
/// Errors: as vigie_span_start; options that are not accepted: VIGIE_E_JSON or VIGIE_E_ARG, not
/// started. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_start_with(
    name: *const u8,
    name_len: usize,
    kind: i32,
    parent: u64,
    attrs: *const u8,
    attrs_len: usize,
    options: *const u8,
    options_len: usize,
    span: *mut u64,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about out arguments and text.
        let (name, attrs, options) = unsafe {
            set(span, 0, "span")?;
            (
                bytes(name, name_len, "name")?,
                bytes(attrs, attrs_len, "attrs")?,
                repaired(bytes(options, options_len, "options")?),
            )
        };
        let options = if options.is_empty() { StartOptions::default() } else { document(&options)? };
        let (handle, read) = start(name, kind, parent, attrs, options)?;
        // SAFETY: as above.
        unsafe { set(span, handle, "span")? };
        read.map(|()| VIGIE_OK)
    })
}

/// The handle of a started span, and whether all of its attributes could be read.
fn start(
    name: &[u8],
    kind_number: i32,
    parent: u64,
    attrs: &[u8],
    options: StartOptions<'_>,
) -> Result<(u64, Result<(), Failure>), Failure> {
    ready();
    let parent = resolve(parent)?;
    let mut links = Vec::with_capacity(options.links.len());
    for document in &options.links {
        links.push((span_context(&document.trace_id, &document.span_id)?, document.attributes));
    }
    let begin = SpanStart {
        kind: kind(kind_number),
        parent: Some(&parent),
        start_time_ns: options.start_time_ns,
        scope: &options.scope,
        ..SpanStart::default()
    };
    handles::make_room_for_a_span();
    let mut read = Ok(());
    let fill = |writer: &mut AttributeWriter<'_>| read = attributes(attrs, writer);
    let mut span = global().start_span_with_attributes(&lossy(name), begin, fill);
    for (context, link_attributes) in links {
        let json = link_attributes.map_or(&[][..], |json| json.get().as_bytes());
        add_link(&mut span, &Link { span: context }, json)?;
    }
    Ok((handles::insert_span(span)?, read))
}

fn add_link(span: &mut Span, link: &Link, attrs: &[u8]) -> Result<(), Failure> {
    let mut read = Ok(());
    span.add_link(link, |writer| read = attributes(attrs, writer));
    read
}

/// Sets attributes, a JSON object, on an open span; the last value of a key wins.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_JSON, what comes before the mistake is set. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_set(span: u64, attrs: *const u8, attrs_len: usize) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let attrs = unsafe { bytes(attrs, attrs_len, "attrs")? };
        with_span(span, |span| span.attributes(|writer| attributes(attrs, writer)))??;
        Ok(VIGIE_OK)
    })
}

/// Adds an event with attributes, a JSON object, to an open span, at the present time.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_JSON, added with the attributes before the mistake. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_event(
    span: u64,
    name: *const u8,
    name_len: usize,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (name, attrs) = unsafe { (bytes(name, name_len, "name")?, bytes(attrs, attrs_len, "attrs")?) };
        add_event(span, name, None, attrs)
    })
}

/// As vigie_span_event, at `time_ns` nanoseconds since 1970, UTC.
/// Errors: as vigie_span_event. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_event_at(
    span: u64,
    name: *const u8,
    name_len: usize,
    time_ns: i64,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (name, attrs) = unsafe { (bytes(name, name_len, "name")?, bytes(attrs, attrs_len, "attrs")?) };
        add_event(span, name, Some(time_ns), attrs)
    })
}

fn add_event(span: u64, name: &[u8], time_ns: Option<i64>, attrs: &[u8]) -> Result<i32, Failure> {
    let name = lossy(name);
    let mut read = Ok(());
    with_span(span, |span| span.add_event(&name, time_ns, |writer| read = attributes(attrs, writer)))?;
    read.map(|()| VIGIE_OK)
}

/// Links an open span to another span or context, which may be of another trace (one that
/// vigie_extract gave, for instance), with attributes, a JSON object.
/// Errors: VIGIE_E_HANDLE; VIGIE_E_ARG, also when `context` holds no span; VIGIE_E_JSON, added
/// with the attributes before the mistake. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_link(span: u64, context: u64, attrs: *const u8, attrs_len: usize) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let attrs = unsafe { bytes(attrs, attrs_len, "attrs")? };
        let Some(target) = resolve(context)?.link_target().copied() else {
            return Err(Failure::argument("context: without a span to link to"));
        };
        with_span(span, |span| add_link(span, &Link { span: target }, attrs))??;
        Ok(VIGIE_OK)
    })
}

/// Records an error on an open span, as the setting exceptions says: an event "exception", an ERROR record or both;
/// and the status error with the message.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_error(
    span: u64,
    type_name: *const u8,
    type_name_len: usize,
    message: *const u8,
    message_len: usize,
    stack: *const u8,
    stack_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (type_name, message, stack) = unsafe {
            (
                bytes(type_name, type_name_len, "type_name")?,
                bytes(message, message_len, "message")?,
                bytes(stack, stack_len, "stack")?,
            )
        };
        let owned = |text| lossy(text).into_owned();
        let error = ErrorInfo {
            type_name: owned(type_name),
            message: owned(message),
            stack: owned(stack),
            ..ErrorInfo::default()
        };
        with_span(span, |span| {
            span.record_exception(&error, None, |_| ());
            span.set_status(Status::Error, Some(&error.message));
        })?;
        Ok(VIGIE_OK)
    })
}

/// Records an error {type, message, stack} on an open span, as the setting exceptions says: an event "exception",
/// an ERROR record, which also tells {cause, errors, attributes}, or both; with more attributes, a JSON object. The
/// status stays as it is.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_JSON in `error`: nothing is recorded, in `attrs`:
/// recorded with the attributes before the mistake. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_exception(
    span: u64,
    error: *const u8,
    error_len: usize,
    attrs: *const u8,
    attrs_len: usize,
) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promises about text.
        let (error, attrs) =
            unsafe { (repaired(bytes(error, error_len, "error")?), bytes(attrs, attrs_len, "attrs")?) };
        let (error, described) = document::<ErrorDocument>(&error)?.of_span();
        let mut read = Ok(());
        with_span(span, |span| {
            span.record_exception(&error, None, |writer| read = attributes(attrs, writer))
        })?;
        described.and(read).map(|()| VIGIE_OK)
    })
}

/// Sets the status of an open span: one of VIGIE_STATUS_..., and why (empty: no description).
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_status(
    span: u64,
    status: i32,
    description: *const u8,
    description_len: usize,
) -> i32 {
    ffi(|| {
        let status = match status {
            VIGIE_STATUS_UNSET => Status::Unset,
            VIGIE_STATUS_OK => Status::Ok,
            VIGIE_STATUS_ERROR => Status::Error,
            _ => {
                return Err(Failure::argument(format!("status: {status}; accepted: 0 unset, 1 ok, 2 error")));
            }
        };
        // SAFETY: the caller's promise about text.
        let description = unsafe { bytes(description, description_len, "description")? };
        let description = (!description.is_empty()).then(|| lossy(description));
        with_span(span, |span| span.set_status(status, description.as_deref()))?;
        Ok(VIGIE_OK)
    })
}

/// Gives an open span another name.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_rename(span: u64, name: *const u8, name_len: usize) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about text.
        let name = unsafe { lossy(bytes(name, name_len, "name")?) };
        with_span(span, |span| span.update_name(&name))?;
        Ok(VIGIE_OK)
    })
}

/// Whether the span is recorded: 1, or 0 when sampling left it out. Ask before costly attributes.
/// Errors: VIGIE_E_HANDLE. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_span_recording(span: u64) -> i32 {
    ffi(|| with_span(span, |span| span.is_recording().into()))
}

/// Gives the context of an open span a handle of its own, which outlives the span: `*context`.
/// Give it up with vigie_release.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_span_context(span: u64, context: *mut u64) -> i32 {
    ffi(|| {
        // SAFETY: the caller's promise about out arguments.
        unsafe { set(context, 0, "context")? };
        let handle = handles::insert(Held::Context(resolve(span)?, 0))?;
        // SAFETY: as above.
        unsafe { set(context, handle, "context")? };
        Ok(VIGIE_OK)
    })
}

/// Ends a span at the present time and gives up its handle. A context's handle is released.
/// A span that is still entered is not current any more; vigie_span_exit is due all the same.
/// Errors: VIGIE_E_HANDLE, also at the second call. Thread-safe: of two calls one ends it.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_span_end(span: u64) -> i32 {
    ffi(|| {
        if matches!(handles::look_up(span)?.held(), Some(Held::Context(..))) {
            handles::release(span)?;
            return Ok(VIGIE_OK);
        }
        handles::take_span(span)?.end(None);
        Ok(VIGIE_OK)
    })
}

/// As vigie_span_end, at `end_time_ns` nanoseconds since 1970, UTC.
/// Errors: VIGIE_E_HANDLE, also at the second call and for a context. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vigie_span_end_at(span: u64, end_time_ns: i64) -> i32 {
    ffi(|| {
        handles::take_span(span)?.end(Some(end_time_ns));
        Ok(VIGIE_OK)
    })
}
