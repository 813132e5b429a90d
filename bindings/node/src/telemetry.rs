//! Set-up, settings, books and the end of telemetry for JavaScript.
//! Not for records: see `batch`; not for headers: see `carrier`.

use crate::error::report;
use crate::forms::{Draft, Kind, Owner};
use crate::{js, work};
use napi_sys::napi_value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use vigie_core::config::Settings;
use vigie_core::{Environment, Result, Severity, SpanKind, global};

/// `init(document, program)`: the problems as JSON, or null when it is up.
pub fn init(call: &js::Call<'_>) -> napi_value {
    let document = call.string(0);
    answer(call, global().init(document.as_deref(), &environment(call.string(1))))
}

/// `reconfigure(document, program)`: as `init`.
pub fn reconfigure(call: &js::Call<'_>) -> napi_value {
    let document = call.string(0).unwrap_or_default();
    answer(call, global().reconfigure(&document, &environment(call.string(1))))
}

/// `ensure(program)`: first use without `init`.
pub fn ensure(call: &js::Call<'_>) -> napi_value {
    global().ensure_with(environment(call.string(0)));
    vigie_host::install();
    call.give_nothing()
}

fn answer(call: &js::Call<'_>, result: Result<()>) -> napi_value {
    if result.is_ok() {
        vigie_host::install();
    }
    call.give_optional(result.err().map(|error| report(&error)).as_deref())
}

/// The process's environment; the program is the script, not Node.
fn environment(program: Option<String>) -> Environment {
    match program {
        Some(program) => Environment::process().with_program(program),
        None => Environment::process(),
    }
}

/// `epoch()`: changes with every change of settings.
pub fn epoch(call: &js::Call<'_>) -> napi_value {
    call.give_number(global().rules_epoch() as f64)
}

/// `settings()`: what lib/settings.ts describes.
pub fn settings(call: &js::Call<'_>) -> napi_value {
    let settings = global().settings();
    let defaults;
    let settings = match &settings {
        Some(settings) => settings,
        None => {
            defaults = Arc::new(Settings::defaults(String::new()));
            &defaults
        }
    };
    let limits = &settings.limits;
    let propagators = settings.propagators;
    let testing = settings.testing.as_ref();
    let told = json!({
        "limits": {
            "attributes": limits.attributes,
            "depth": limits.depth,
            "nodes": limits.nodes,
            "key_bytes": limits.key_bytes,
            "string_bytes": limits.string_bytes,
            "events": limits.events,
            "links": limits.links,
            "series_per_instrument": limits.series_per_instrument,
        },
        "testing": testing.is_some_and(|testing| testing.clock_ns.is_some() || testing.ids.is_some()),
        "sampling": {"ratio": settings.sampling.ratio, "parentBased": settings.sampling.parent_based},
        "propagate": settings.propagate,
        "propagators": {
            "traceContext": propagators.trace_context,
            "baggage": propagators.baggage,
            "correlationId": propagators.correlation_id,
            "all": propagators.trace_context && propagators.baggage && propagators.correlation_id,
        },
    });
    call.give_text(&told.to_string())
}

/// `form(what, variant, text, scope, error, keys, kinds)`: the number of a new form.
pub fn form(call: &js::Call<'_>) -> napi_value {
    let variant = call.size(1);
    let owner = if call.int(0) == 0 {
        let severity = u8::try_from(variant % 64 / 2).ok().and_then(Severity::from_number);
        Owner::Log {
            logger: variant / 64,
            severity: severity.unwrap_or(Severity::INFO),
            is_literal: variant % 2 == 1,
            has_error: call.flag(4),
        }
    } else {
        Owner::Span { kind: kind(variant), scope: call.string(3).unwrap_or_default().into() }
    };
    let kinds = call.all_ints(6).iter().map(|kind| Kind::from_number(*kind));
    let members = call.strings(5).into_iter().map(String::into_boxed_str).zip(kinds).collect();
    let draft = Draft { owner, text: call.string(2).map(String::into_boxed_str), members };
    let number = call
        .instance
        .try_borrow_mut()
        .map_or(0, |mut instance| Arc::make_mut(&mut instance.forms).add(global(), draft));
    call.give_number(number as f64)
}

fn kind(number: usize) -> SpanKind {
    match number {
        1 => SpanKind::Server,
        2 => SpanKind::Client,
        3 => SpanKind::Producer,
        4 => SpanKind::Consumer,
        _ => SpanKind::Internal,
    }
}

/// `clock()`: one reading, in microseconds since 1970-01-01 UTC.
pub fn clock(call: &js::Call<'_>) -> napi_value {
    // Whole microseconds are exact in a double, nanoseconds are not.
    call.give_number(global().clock_reading_ns().div_euclid(1_000) as f64)
}

/// `metricsText(openmetrics)`: the exposition.
pub fn metrics_text(call: &js::Call<'_>) -> napi_value {
    call.give_text(&global().metrics_text(call.flag(0)))
}

/// `stats()`: the books, as JSON.
pub fn stats(call: &js::Call<'_>) -> napi_value {
    call.give_text(&global().stats_json())
}

/// `flush(ms)`: a promise of whether everything is out.
pub fn flush(call: &js::Call<'_>) -> napi_value {
    let timeout = milliseconds(call.number(0));
    work::promise(call, "vigie.flush", move || global().flush(timeout))
}

/// `shutdown(ms)`: a promise of whether everything is out.
pub fn shutdown(call: &js::Call<'_>) -> napi_value {
    let timeout = milliseconds(call.number(0));
    work::promise(call, "vigie.shutdown", move || global().shutdown(timeout))
}

/// `flushSync(ms)`: whether everything is out.
pub fn flush_sync(call: &js::Call<'_>) -> napi_value {
    call.give_flag(global().flush(milliseconds(call.number(0))))
}

/// No time for what is no number, a day at most.
fn milliseconds(ms: f64) -> Duration {
    let bounded = if ms.is_nan() { 0.0 } else { ms.clamp(0.0, 86_400_000.0) };
    Duration::from_secs_f64(bounded / 1_000.0)
}

/// `memory()`: the lines of the memory outputs.
pub fn memory(call: &js::Call<'_>) -> napi_value {
    call.give_text(&global().memory_lines().join("\n"))
}

/// `captureOpen()`: the number of a new capture.
pub fn capture_open(call: &js::Call<'_>) -> napi_value {
    let number = call.instance.try_borrow_mut().map_or(0, |mut instance| {
        instance.captures.push(Some(global().capture()));
        instance.captures.len() - 1
    });
    call.give_number(number as f64)
}

/// `captureLines(capture)`: its lines so far.
pub fn capture_lines(call: &js::Call<'_>) -> napi_value {
    let number = call.size(0);
    let lines = call.instance.try_borrow().ok().and_then(|instance| {
        instance.captures.get(number)?.as_ref().map(|capture| capture.lines().join("\n"))
    });
    call.give_text(&lines.unwrap_or_default())
}

/// `captureClose(capture)`: ends it.
pub fn capture_close(call: &js::Call<'_>) -> napi_value {
    let number = call.size(0);
    let ended = call
        .instance
        .try_borrow_mut()
        .ok()
        .and_then(|mut instance| instance.captures.get_mut(number).and_then(Option::take));
    drop(ended);
    call.give_nothing()
}
