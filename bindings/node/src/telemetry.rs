//! Set-up of telemetry, its settings, its books and its end, for JavaScript.
//! Not for records: see `batch`; not for headers: see `carrier`.

use crate::forms::{Draft, Kind, Owner, Style};
use crate::instance::NOWHERE;
use crate::wire::{self, owner, variant};
use crate::work::{self, Wait};
use crate::{error, instance, js};
use napi::bindgen_prelude::{AsyncTask, Either, Int32ArraySlice, Unknown};
use napi::{Env, NodeVersion};
use napi_derive::napi;
use napi_sys::napi_value;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use vigie_core::config::{Runtime, Settings};
use vigie_core::host::Sampler;
use vigie_core::host::{Thread, global, guard};
use vigie_core::model::ids::IdGenerator;
use vigie_core::model::propagation::{Field, Role};
use vigie_core::{Environment, Result, Severity, SpanKind};

/// `init(document, program)`: starts. Throws when the settings cannot be used.
#[napi]
pub fn init(env: &Env, document: Option<String>, program: String) -> napi::Result<()> {
    guard(Ok(()), || answer(env, global().init(document.as_deref(), &environment(env, program))))
}

/// `reconfigure(document, program)`: changes the settings. Throws as `init` does.
#[napi]
pub fn reconfigure(env: &Env, document: Option<String>, program: String) -> napi::Result<()> {
    guard(Ok(()), || {
        answer(env, global().reconfigure(&document.unwrap_or_default(), &environment(env, program)))
    })
}

/// `ensure(program)`: starts with the settings of the environment, at the first use without `init`.
#[napi]
pub fn ensure(env: &Env, program: String) {
    guard((), || {
        global().ensure_with(environment(env, program));
        vigie_host::install();
    });
}

fn answer(env: &Env, result: Result<()>) -> napi::Result<()> {
    result.map_err(|error| error::throw(env, error))?;
    vigie_host::install();
    Ok(())
}

/// The environment of the process, with the script that Node runs as the program.
fn environment(env: &Env, program: String) -> Environment {
    let environment = Environment::process().with_program(program);
    match env.get_node_version() {
        Ok(NodeVersion { major, minor, patch, .. }) => environment.with_runtime(Runtime {
            name: "nodejs".to_owned(),
            version: format!("{major}.{minor}.{patch}"),
            description: "Node.js".to_owned(),
        }),
        Err(_) => environment,
    }
}

/// `nameThread(id, name)`: what JavaScript calls the thread of this environment, for records that tell it.
#[napi]
pub fn name_thread(env: &Env, id: u32, name: String) {
    guard((), || {
        let thread = Arc::new(Thread::new(u64::from(id), &name));
        instance::with(env, (), |instance| instance.thread = Some(thread));
    });
}

/// `epoch()`: a number that changes with every change of settings and of levels.
#[napi]
pub fn epoch() -> f64 {
    guard(0.0, || global().levels_epoch() as f64)
}

/// `settings()`: the settings that lib/runtime/settings.ts describes, as JSON.
#[napi]
pub fn settings() -> String {
    guard(String::new(), told)
}

fn told() -> String {
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
    let testing = settings.testing.as_ref();
    let ids = testing.and_then(|testing| testing.ids);
    let root_flags = ids.map_or_else(IdGenerator::random, IdGenerator::sequence).trace_flags();
    let plan = settings.sampling.plan();
    let bound = Sampler::new(&plan).bound();
    let attributes = plan.rules.iter().flat_map(|rule| rule.attributes.iter().map(|(name, _)| name));
    json!({
        "limits": {
            "attributes": limits.attributes,
            "depth": limits.depth,
            "nodes": limits.nodes,
            "key_bytes": limits.key_bytes,
            "string_bytes": limits.text_bytes(),
            "events": limits.events,
            "links": limits.links,
            "series_per_instrument": limits.series_per_instrument,
        },
        "testing": testing.is_some_and(|testing| testing.clock_ns.is_some() || testing.ids.is_some()),
        // 63 bits, which are more than a number of JavaScript holds exactly.
        "sampling": {
            "boundHigh": bound >> 32,
            "boundLow": bound & 0xffff_ffff,
            "localStands": plan.parents.local_stands(),
            // A remote parent's threshold is looked at, too.
            "remoteStands": plan.parents.remote_stands() && !plan.is_consistent,
            "isPlain": plan.decides_by_id(),
            "attributes": attributes.collect::<Vec<_>>(),
            "recordsAll": settings.sampling.has_tail(),
            "rootFlags": root_flags.to_u8(),
        },
        "exceptions": {"events": settings.exceptions.has_event(), "logs": settings.exceptions.has_log()},
        "signals": settings.signals,
        "watchesLevels": global().levels_are_watched(),
        "propagation": propagation(settings),
    })
    .to_string()
}

fn propagation(settings: &Settings) -> Value {
    let (prefixes, whole): (Vec<&Field>, Vec<&Field>) =
        settings.propagators.fields().iter().partition(|field| field.role == Role::Prefix);
    let written = whole.iter().filter(|field| field.is_written()).map(|field| field.written);
    let of_span = whole.iter().filter(|field| field.role == Role::Span).map(|field| field.name);
    json!({
        "isDefault": settings.propagators.is_default(),
        "isPublic": settings.public_endpoint,
        "names": whole.iter().map(|field| field.name).collect::<Vec<_>>(),
        "written": whole.iter().map(|field| field.written).collect::<Vec<_>>(),
        "fields": written.collect::<Vec<_>>(),
        "ofSpan": of_span.collect::<Vec<_>>(),
        "prefixes": prefixes.iter().map(|field| field.name).collect::<Vec<_>>(),
        "allowed": settings.propagate,
    })
}

/// `form(what, variant, text, scope, error, keys, kinds)`: the number of a new form.
#[napi]
#[allow(clippy::too_many_arguments, reason = "an object would be one more shape on both sides")]
pub fn form(
    env: &Env,
    what: u32,
    variant: u32,
    text: Option<String>,
    scope: String,
    error: bool,
    keys: Vec<String>,
    kinds: Int32ArraySlice<'_>,
) -> u32 {
    guard(NOWHERE, || {
        let Some(owner) = owner(what, variant, scope, error) else { return NOWHERE };
        let kinds = kinds.iter().map(|kind| Kind::from_number(*kind).unwrap_or(Kind::Rest));
        let members = keys.into_iter().map(String::into_boxed_str).zip(kinds).collect();
        let draft = Draft { owner, text: text.map(String::into_boxed_str), members };
        instance::with(env, NOWHERE, |instance| {
            Arc::make_mut(&mut instance.forms).add(global(), draft) as u32
        })
    })
}

fn owner(what: u32, variant: u32, scope: String, has_error: bool) -> Option<Owner> {
    match what {
        owner::LOG => {
            let within = variant % variant::LOGGER;
            let severity = u8::try_from(within / variant::SEVERITY).ok().and_then(Severity::from_number)?;
            let logger = (variant / variant::LOGGER) as usize;
            let style = Style::from_number(within % variant::SEVERITY)?;
            Some(Owner::Log { logger, severity, style, has_error })
        }
        owner::SPAN => Some(Owner::Span { kind: kind(variant)?, scope: scope.into() }),
        _ => None,
    }
}

/// `countTruncated(count)`: so many attributes were beyond the limit and stay on the other side.
#[napi]
pub fn count_truncated(count: u32) {
    guard((), || global().count_truncated(u64::from(count)));
}

/// `countInvalidMeasurement()`: what was given as a measurement is no number, and stays on the other side.
#[napi]
pub fn count_invalid_measurement() {
    guard((), || global().count_invalid_measurement());
}

/// `spanKind(name)`: the number of a kind that the library does not know. What the core knows neither is counted.
#[napi]
pub fn span_kind(name: String) -> u32 {
    guard(wire::span_kind::INTERNAL, || match global().span_kind(&name) {
        SpanKind::Internal => wire::span_kind::INTERNAL,
        SpanKind::Server => wire::span_kind::SERVER,
        SpanKind::Client => wire::span_kind::CLIENT,
        SpanKind::Producer => wire::span_kind::PRODUCER,
        SpanKind::Consumer => wire::span_kind::CONSUMER,
    })
}

/// The role of spans that has this number.
pub fn kind(number: u32) -> Option<SpanKind> {
    use wire::span_kind;
    match number {
        span_kind::INTERNAL => Some(SpanKind::Internal),
        span_kind::SERVER => Some(SpanKind::Server),
        span_kind::CLIENT => Some(SpanKind::Client),
        span_kind::PRODUCER => Some(SpanKind::Producer),
        span_kind::CONSUMER => Some(SpanKind::Consumer),
        _ => None,
    }
}

/// `clock()`: one reading, in microseconds since 1970-01-01 UTC.
pub fn clock(call: &js::Call) -> napi_value {
    // A double holds whole microseconds exactly, but not nanoseconds.
    call.give_number(global().clock_reading_ns().div_euclid(1_000) as f64)
}

/// `metricsText(openmetrics)`: all metrics as Prometheus text or as OpenMetrics text.
#[napi]
pub fn metrics_text(openmetrics: bool) -> String {
    guard(String::new(), || global().metrics_text(openmetrics))
}

/// `stats()`: the books, as JSON.
#[napi]
pub fn stats() -> String {
    guard(String::new(), || global().stats_json())
}

/// `flush(ms)`: a promise of whether everything is out within the time.
#[napi]
pub fn flush(ms: Milliseconds<'_>) -> AsyncTask<Wait> {
    let timeout = timeout(&ms);
    work::promise(move || global().flush(timeout))
}

/// `shutdown(ms)`: flushes and closes; a promise of whether everything is out within the time.
#[napi]
pub fn shutdown(ms: Milliseconds<'_>) -> AsyncTask<Wait> {
    let timeout = timeout(&ms);
    work::promise(move || global().shutdown(timeout))
}

/// `flushSync(ms)`: waits; whether everything is out within the time.
#[napi]
pub fn flush_sync(ms: Milliseconds<'_>) -> bool {
    guard(false, || global().flush(timeout(&ms)))
}

/// A number of milliseconds from a user, who may have given anything.
type Milliseconds<'a> = Either<f64, Unknown<'a>>;

/// A day at most; no time at all when it is no number.
fn timeout(ms: &Milliseconds<'_>) -> Duration {
    let bounded = match ms {
        Either::A(ms) if !ms.is_nan() => ms.clamp(0.0, 86_400_000.0),
        _ => 0.0,
    };
    Duration::from_secs_f64(bounded / 1_000.0)
}

/// `memory()`: the lines that the memory outputs hold, joined by newlines.
#[napi]
pub fn memory() -> String {
    guard(String::new(), || global().memory_lines().join("\n"))
}
