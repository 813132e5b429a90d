//! Context in and out of carriers, which are JSON objects of headers or of environment variables.
//! Not for the formats: the core knows those, and the setting `propagators` chooses among them.

use std::sync::Arc;

use serde::Deserialize;
use vigie_core::Context;
use vigie_core::host::global;
use vigie_core::model::propagation::variables;

use crate::context::{resolve, resolve_with_span};
use crate::convert::{Members, bytes, document, put, repaired, set};
use crate::error::{Failure, VIGIE_OK};
use crate::ffi::{ffi, ready};
use crate::handles;
use crate::held::Held;

/// Carrier names of HTTP, such as traceparent, tracestate, baggage, X-Correlation-ID.
pub const VIGIE_CARRIER_HTTP: i32 = 0;
/// Carrier names of the environment, such as TRACEPARENT, TRACESTATE, BAGGAGE.
pub const VIGIE_CARRIER_ENVIRONMENT: i32 = 1;

/// Whether a carrier of this format has environment names.
fn is_environment(format: i32) -> Result<bool, Failure> {
    match format {
        VIGIE_CARRIER_HTTP => Ok(false),
        VIGIE_CARRIER_ENVIRONMENT => Ok(true),
        _ => Err(Failure::argument(format!("format: {format}; accepted: 0 HTTP, 1 environment"))),
    }
}

/// Copies out the names that a carrier of `format` (VIGIE_CARRIER_HTTP or VIGIE_CARRIER_ENVIRONMENT)
/// may hold, as a JSON list of strings. For headers those that vigie_inject writes as configured, for clearing
/// a carrier that is used again; baggage of Jaeger's clients has other names beside them. For the environment
/// the variables of every format, whichever the configuration chooses; that configures nothing and reads no
/// environment. Errors: VIGIE_E_ARG; VIGIE_E_BUFFER with the needed size in `*len`. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_propagation_fields(
    format: i32,
    buf: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    ffi(|| {
        let names: Vec<&str> = if is_environment(format)? {
            variables().collect()
        } else {
            ready();
            global().reading(|reader| {
                let fields = reader.propagators().fields().iter();
                fields.filter(|field| field.is_written()).map(|field| field.written).collect()
            })
        };
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&serde_json::json!(names).to_string(), buf, cap, len) }
    })
}

/// Copies out the headers that carry a context to another process, as a JSON object of strings.
/// `span` 0 is the current context; `format` is VIGIE_CARRIER_HTTP or VIGIE_CARRIER_ENVIRONMENT.
/// Errors: VIGIE_E_HANDLE, VIGIE_E_ARG; VIGIE_E_BUFFER with the needed size in `*len`. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_inject(
    span: u64,
    format: i32,
    buf: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    ffi(|| {
        ready();
        let is_environment = is_environment(format)?;
        let context = resolve(span)?;
        let mut headers = serde_json::Map::new();
        global().reading(|reader| {
            let variable = |header: &str| reader.propagators().field(header)?.variable;
            global().inject(&context, &mut |written, value| {
                if let Some(name) = if is_environment { variable(written) } else { Some(written) } {
                    headers.insert(name.to_owned(), value.into());
                }
            });
        });
        let json = serde_json::Value::Object(headers).to_string();
        // SAFETY: the caller's promise about buffers.
        unsafe { put(&json, buf, cap, len) }
    })
}

/// One header's value, or its values when it was sent several times.
#[derive(Deserialize)]
#[serde(untagged)]
enum HeaderValue {
    One(String),
    Many(Vec<String>),
    /// Carriers hold what a peer sent: what is not text carries nothing.
    Other(serde::de::IgnoredAny),
}

impl HeaderValue {
    fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
            Self::Other(_) => &[],
        }
    }
}

/// Continues the trace of a carrier: a JSON object of headers (a value is a string or a list of
/// strings; names in any case; HTTP and environment names alike). `*context` receives a context for
/// `parent` arguments and vigie_span_enter; give it up with vigie_release or vigie_span_end.
/// With the setting `public_endpoint` a span below it begins a new trace and links to the remote one.
/// Nothing usable inside, or malformed headers: VIGIE_OK and `*context` 0, as W3C Trace Context asks.
/// Errors: VIGIE_E_JSON, VIGIE_E_LIMIT, VIGIE_E_ARG; `*context` is 0 then. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_extract(headers: *const u8, headers_len: usize, context: *mut u64) -> i32 {
    // SAFETY: the caller's promises about out arguments and text.
    ffi(|| unsafe { extract(headers, headers_len, None, context) })
}

/// As vigie_extract, with `public_endpoint` for this carrier in place of the setting: 1 when strangers may have written it,
/// 0 when not. A program may have a door to strangers beside another one.
/// Errors: as vigie_extract. Thread-safe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vigie_extract_with(
    headers: *const u8,
    headers_len: usize,
    public_endpoint: i32,
    context: *mut u64,
) -> i32 {
    // SAFETY: the caller's promises about out arguments and text.
    ffi(|| unsafe { extract(headers, headers_len, Some(public_endpoint != 0), context) })
}

unsafe fn extract(
    headers: *const u8,
    headers_len: usize,
    public_endpoint: Option<bool>,
    context: *mut u64,
) -> Result<i32, Failure> {
    ready();
    // SAFETY: the caller's promises about out arguments and text.
    let headers = unsafe {
        set(context, 0, "context")?;
        bytes(headers, headers_len, "headers")?
    };
    let headers: Members<HeaderValue> = document(&repaired(headers))?;
    let (base, span) = resolve_with_span(0)?;
    let found = global().reading(|reader| {
        let reader = reader.with_public_endpoint(public_endpoint);
        let values = headers.0.iter().flat_map(|(name, value)| {
            // Variables stand for headers.
            let variable = reader.propagators().field_of_variable(name);
            let name = variable.map_or(name.as_str(), |field| field.name);
            value.texts().iter().map(move |text| (name, text.as_str()))
        });
        reader.extract(&base, values)
    });
    if !is_same(&base, &found) {
        // Baggage alone leaves the context in the span of before.
        let stands_in = if found.span == base.span { span } else { 0 };
        let handle = handles::insert(Held::Context(found, stands_in))?;
        // SAFETY: as above.
        unsafe { set(context, handle, "context")? };
    }
    Ok(VIGIE_OK)
}

/// Whether nothing was added to `base`: then what it carries is shared, not copied.
fn is_same(base: &Context, found: &Context) -> bool {
    let same_carried = match (&base.carried, &found.carried) {
        (None, None) => true,
        (Some(before), Some(after)) => Arc::ptr_eq(before, after),
        _ => false,
    };
    base.span == found.span && same_carried
}
