//! Runs, which a framework announces by callbacks: each callback is one call, whose options stand in columns.
//! Not for the table: the core has that. Not for what is current in a run's body: lib/context/current.ts knows.

use crate::columns::{Reader, long};
use crate::convert::{self, tagged_members};
use crate::scene::trace_id;
use crate::text::Text;
use crate::wire::{context_ints, run, run_state, run_told, span_kind};
use crate::{carrier, instance, js, tracer};
use napi::Env;
use napi::bindgen_prelude::Utf16String;
use napi_derive::napi;
use napi_sys::napi_value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use vigie_core::host::{global, guard, with_trace_state};
use vigie_core::runs::{Kept, RunEnd, RunId, RunRules, RunStart, RunState, RunSummary, Runs, run_id_of_text};
use vigie_core::{AttributeWriter, Context, ErrorInfo, Link, SpanContext, SpanId, SpanKind, TraceFlags};

/// `runs(open, idle, spans)`: the number of a new table; `idle` in seconds.
#[napi]
pub fn runs(env: &Env, open: f64, idle: f64, spans: f64) -> u32 {
    guard(0, || {
        // A double becomes the nearest whole number, and one beyond the type the greatest.
        let rules = RunRules {
            open: open as usize,
            idle: Duration::try_from_secs_f64(idle).unwrap_or(Duration::MAX),
            spans: spans as u32,
        };
        let made = Arc::new(Runs::new(global(), rules));
        instance::with(env, 0, |instance| instance::add(&mut instance.runs, made))
    })
}

/// The table of a number. It is not borrowed, since a call of it may wait for an output.
fn table(env: &Env, number: usize) -> Option<Arc<Runs>> {
    instance::with(env, None, |instance| instance.runs.get(number).cloned())
}

/// What a raw call about a run begins with: the number of the table and the run's identifier.
fn named(call: &js::Call) -> Option<(Arc<Runs>, RunId)> {
    Some((table(&call.env, call.size(0))?, run_id_of_text(&call.text(1).whole())))
}

static ROOT: Context = Context::root();

/// `runStart(runs, id, parent, text, ints, intCount, nums, numCount, keep)`: starts a run. Gives
/// `run::PARENT_UNKNOWN` if it could not. The parent may be empty.
pub fn start(call: &js::Call) -> napi_value {
    let Some((runs, id)) = named(call) else { return call.give_nothing() };
    let parent = call.text(2);
    let parent = parent.whole();
    let parent = (!parent.is_empty()).then(|| run_id_of_text(&parent));
    let text = call.text(3);
    let (ints, nums) = (call.ints(4, call.size(5)), call.doubles(6, call.size(7)));
    let mut reader = Reader::new(ints, nums, &text, &[]);
    let flags = reader.int();
    let is_known = parent.is_some_and(|parent| runs.context(parent).is_some());
    if !is_known && flags & run::CONTEXT == 0 {
        return call.give_number(f64::from(run::PARENT_UNKNOWN));
    }
    let kind = kind(reader.int());
    let name = reader.piece().lossy();
    let context = (flags & run::CONTEXT != 0).then(|| context(&mut reader));
    let nearer = (flags & run::NEARER != 0).then(|| self::context(&mut reader));
    let links: Vec<Link> = (0..reader.size()).map(|_| tracer::link(&mut reader)).collect();
    let (inherited, logged) = (texts(&mut reader), texts(&mut reader));
    let keep = (flags & run::KEEPS != 0).then(|| Box::new(call.text(8).whole().into_owned()) as Kept);
    let (inherited, logged) = (borrowed(&inherited), borrowed(&logged));
    let told = RunStart {
        id,
        parent,
        context: context.as_ref().unwrap_or(&ROOT),
        nearer: nearer.as_ref(),
        name: &name,
        kind,
        is_hidden: flags & run::HIDDEN != 0,
        inherited: &inherited,
        logged: &logged,
        links: &links,
    };
    runs.start(&told, keep, |writer| tagged_members(&mut reader, writer));
    call.give_nothing()
}

fn kind(number: i32) -> SpanKind {
    match u32::try_from(number).unwrap_or_default() {
        span_kind::SERVER => SpanKind::Server,
        span_kind::CLIENT => SpanKind::Client,
        span_kind::PRODUCER => SpanKind::Producer,
        span_kind::CONSUMER => SpanKind::Consumer,
        _ => SpanKind::Internal,
    }
}

/// A context of JavaScript.
fn context(reader: &mut Reader<'_>) -> Context {
    use context_ints::{CARRIED, FLAGS, SPAN, TRACE};
    let ints: &[i32; CARRIED] = reader.ints();
    let (trace_state, baggage) = (reader.piece().lossy().into_owned(), reader.piece().lossy().into_owned());
    let mut carried = if baggage.is_empty() { Context::root() } else { carrier::kept("", "", &baggage) };
    for _ in 0..reader.size() {
        carried = global().context_with(&carried, |writer| tagged_members(reader, writer));
    }
    if !trace_state.is_empty() {
        carried = with_trace_state(&carried, &trace_state);
    }
    let span_id = SpanId::from(long(ints[SPAN], ints[SPAN + 1]));
    if span_id == SpanId::INVALID {
        return carried;
    }
    let trace_id = trace_id([ints[TRACE], ints[TRACE + 1], ints[TRACE + 2], ints[TRACE + 3]]);
    let flags = TraceFlags::new(ints[FLAGS] as u8);
    carried.with_span(SpanContext { trace_id, span_id, flags, is_remote: false })
}

/// Keys with texts.
fn texts(reader: &mut Reader<'_>) -> Vec<(String, String)> {
    let text = |reader: &mut Reader<'_>| reader.piece().lossy().into_owned();
    (0..reader.size()).map(|_| (text(reader), text(reader))).collect()
}

fn borrowed(texts: &[(String, String)]) -> Vec<(&str, &str)> {
    texts.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect()
}

/// `runChunk(runs, id)`: another piece of the run's answer came.
pub fn chunk(call: &js::Call) -> napi_value {
    if let Some((runs, id)) = named(call) {
        runs.chunk(id);
    }
    call.give_nothing()
}

/// `runEnd(runs, id, text, ints, intCount, nums, numCount, summary)`: ends a run. Writes what it was into the doubles and
/// gives the text that was kept, which may be empty; nothing when the run is not open.
pub fn end(call: &js::Call) -> napi_value {
    let Some((runs, id)) = named(call) else { return call.give_nothing() };
    let text = call.text(2);
    let (ints, nums) = (call.ints(3, call.size(4)), call.doubles(5, call.size(6)));
    let mut reader = Reader::new(ints, nums, &text, &[]);
    let state = state(reader.int());
    let error = (reader.int() != 0).then(|| ErrorInfo {
        type_name: reader.piece().lossy().into_owned(),
        message: reader.piece().lossy().into_owned(),
        stack: reader.piece().lossy().into_owned(),
        ..ErrorInfo::default()
    });
    let key = reader.piece().lossy().into_owned();
    let summary = runs.end(id, RunEnd { state, error: error.as_ref() }, |writer, summary| {
        fill(&mut reader, &key, writer, summary)
    });
    let Some(summary) = summary else { return call.give_nothing() };
    call.write_doubles(7, &numbers(&summary));
    let kept = summary.kept.and_then(|kept| kept.downcast::<String>().ok());
    call.give_text(kept.as_deref().map_or("", String::as_str))
}

fn fill(reader: &mut Reader<'_>, key: &str, writer: &mut AttributeWriter<'_>, summary: &RunSummary) {
    convert::tagged_members(reader, writer);
    if let Some(first) = summary.chunks.first().filter(|_| !key.is_empty()) {
        writer.key(key);
        writer.float(first.as_secs_f64());
    }
}

fn numbers(summary: &RunSummary) -> [f64; run_told::COUNT] {
    let seconds = |time: Option<Duration>| time.map_or(-1.0, |time| time.as_secs_f64());
    let mut numbers = [0.0; run_told::COUNT];
    numbers[run_told::STATE] = f64::from(number(summary.state));
    numbers[run_told::DURATION] = summary.duration.as_secs_f64();
    numbers[run_told::CHUNKS] = summary.chunks.count as f64;
    numbers[run_told::FIRST_CHUNK] = seconds(summary.chunks.first());
    numbers[run_told::CHUNK_INTERVAL] = seconds(summary.chunks.interval());
    numbers
}

fn state(number: i32) -> RunState {
    match number {
        run_state::ERROR => RunState::Error,
        run_state::CANCELLED => RunState::Cancelled,
        run_state::ABANDONED => RunState::Abandoned,
        run_state::INTERRUPTED => RunState::Interrupted,
        _ => RunState::Ok,
    }
}

fn number(state: RunState) -> i32 {
    match state {
        RunState::Ok => run_state::OK,
        RunState::Error => run_state::ERROR,
        RunState::Cancelled => run_state::CANCELLED,
        RunState::Abandoned => run_state::ABANDONED,
        RunState::Interrupted => run_state::INTERRUPTED,
    }
}

/// `runContext(runs, id)`: what the body of an open run stands in, as `extract` tells it.
#[napi]
pub fn run_context(env: &Env, runs: u32, id: String) -> Option<String> {
    guard(None, || table(env, runs as usize)?.context(run_id_of_text(&id)).as_ref().map(carrier::told))
}

/// `runKept(runs, id)`: the text that an open run keeps.
#[napi]
pub fn run_kept(env: &Env, runs: u32, id: String) -> Option<String> {
    guard(None, || {
        let text = |kept: &Kept| kept.downcast_ref::<String>().cloned();
        table(env, runs as usize)?.kept(run_id_of_text(&id), text).flatten()
    })
}

/// `runSet(runs, id, text, ints, nums)`: sets attributes, which are tagged members, of a run's span.
#[napi]
pub fn run_set(env: &Env, runs: u32, id: String, text: Utf16String, ints: &[i32], nums: &[f64]) {
    guard((), || {
        let text = Text::wide(&text);
        let mut reader = Reader::new(ints, nums, &text, &[]);
        if let Some(runs) = table(env, runs as usize) {
            runs.with_span(run_id_of_text(&id), |span| {
                span.attributes(|writer| tagged_members(&mut reader, writer))
            });
        }
    });
}

/// `runEvent(runs, id, name, text, ints, nums)`: adds an event to a run's span.
#[napi]
pub fn run_event(
    env: &Env,
    runs: u32,
    id: String,
    name: String,
    text: Utf16String,
    ints: &[i32],
    nums: &[f64],
) {
    guard((), || {
        let text = Text::wide(&text);
        let mut reader = Reader::new(ints, nums, &text, &[]);
        if let Some(runs) = table(env, runs as usize) {
            runs.with_span(run_id_of_text(&id), |span| {
                span.add_event(&name, None, |writer| tagged_members(&mut reader, writer));
            });
        }
    });
}

/// `runName(runs, id, name)`: gives a run's span another name.
#[napi]
pub fn run_name(env: &Env, runs: u32, id: String, name: String) {
    guard((), || {
        if let Some(runs) = table(env, runs as usize) {
            runs.with_span(run_id_of_text(&id), |span| span.update_name(&name));
        }
    });
}

/// `runSpanName(runs, id)`: the name of an open run's span; null where nothing is kept of it.
#[napi]
pub fn run_span_name(env: &Env, runs: u32, id: String) -> Option<String> {
    guard(None, || {
        let mut name = None;
        table(env, runs as usize)?.with_span(run_id_of_text(&id), |span| {
            name = span.is_recording().then(|| span.name());
        });
        name
    })
}

/// `runSweep(runs)`: ends the runs that nothing was heard of for too long; how many.
#[napi]
pub fn run_sweep(env: &Env, runs: u32) -> u32 {
    guard(0, || {
        let count = table(env, runs as usize).map_or(0, |runs| runs.sweep());
        u32::try_from(count).unwrap_or(u32::MAX)
    })
}

/// `runCounts(runs)`: what became of runs so far, as JSON.
#[napi]
pub fn run_counts(env: &Env, runs: u32) -> String {
    guard(String::new(), || {
        let Some(runs) = table(env, runs as usize) else { return String::new() };
        let counts = runs.counts();
        json!({
            "open": counts.open,
            "swept": counts.swept,
            "orphaned": counts.orphaned,
            "refused": counts.refused,
            "left_out": counts.left_out,
            "unmatched": counts.unmatched,
        })
        .to_string()
    })
}
