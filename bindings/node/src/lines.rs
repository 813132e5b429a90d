//! Lines of pino as log records: the parts that Vigie has a place for, and attributes for the rest, in their order.
//! Not for the errors in them: see `line_error`. Not for JSON itself: the core and `serde_json` read that.

use crate::columns::{Reader, size};
use crate::forms::Keys;
use crate::instance;
use crate::line_error;
use crate::line_members::{Members, plain};
use crate::scene::Scene;
use crate::wire::line_ints;
use napi::Env;
use napi_derive::napi;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::Arc;
use vigie_core::host::{RenderedBatch, guard, instant_ns};
use vigie_core::model::signal::Signal;
use vigie_core::{Context, LogRecord, Severity, SpanContext, SpanId, TraceFlags, TraceId, read_json_value};

/// Loggers of pino that have no name.
const NAMELESS: &str = "pino";
/// The levels that pino has itself are so far apart, and the first one is that, too.
const STEP: i64 = 10;
/// Six levels, from trace to fatal.
const LEVELS: [Severity; 6] =
    [Severity::TRACE, Severity::DEBUG, Severity::INFO, Severity::WARN, Severity::ERROR, Severity::FATAL];
/// A time of a line in milliseconds is the time of its call when no more than that lies between them. The latter is exact.
const SAME_US: i64 = 2_000;
/// Numbers beyond it are milliseconds since 1970, and seconds up to it, which are those of the year 5138.
const MOST_SECONDS: f64 = 1e11;

/// `lineKeys(message, error)`: registers what a writer of lines calls the message and the error; their number.
#[napi]
pub fn line_keys(env: &Env, message: String, error: String) -> u32 {
    guard(0, || {
        instance::with(env, 0, |instance| {
            let keys = Keys { message: message.into(), error: error.into() };
            instance::add(&mut Arc::make_mut(&mut instance.forms).keys, Arc::new(keys))
        })
    })
}

/// The parts of a line.
#[derive(Default)]
struct Line<'a> {
    level: Option<&'a RawValue>,
    time: Option<&'a RawValue>,
    name: Option<Cow<'a, str>>,
    message: Option<Cow<'a, str>>,
    error: Option<&'a RawValue>,
    trace_id: Option<TraceId>,
    span_id: Option<SpanId>,
    flags: Option<TraceFlags>,
    rest: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Line<'a> {
    fn of(members: Members<'a>, keys: &Keys) -> Self {
        let mut line = Self::default();
        for (key, value) in members.0 {
            if !line.takes(&key, value, keys) {
                line.rest.push((key, value));
            }
        }
        line.leave_out_known();
        line
    }

    /// Whether it is one of the parts. What has another type than a part has is an attribute.
    fn takes(&mut self, key: &str, value: &'a RawValue, keys: &Keys) -> bool {
        let text = || plain(value);
        match key {
            _ if key == &*keys.message => set(&mut self.message, text()),
            _ if key == &*keys.error => set(&mut self.error, line_error::is_error(value).then_some(value)),
            "level" => set(&mut self.level, Some(value)),
            "time" => set(&mut self.time, Some(value)),
            "name" => set(&mut self.name, text()),
            "trace_id" => set(&mut self.trace_id, text().and_then(|text| TraceId::from_hex(&text).ok())),
            "span_id" => set(&mut self.span_id, text().and_then(|text| SpanId::from_hex(&text).ok())),
            "trace_flags" => set(
                &mut self.flags,
                text().and_then(|text| u8::from_str_radix(&text, 16).ok()).map(TraceFlags::new),
            ),
            _ => false,
        }
    }

    /// pino's `base` says the process and the machine, which stand in every line of Vigie's.
    fn leave_out_known(&mut self) {
        let own = std::process::id().to_string();
        if self.rest.iter().any(|(key, value)| key == "pid" && value.get() == own) {
            self.rest.retain(|(key, _)| key != "pid" && key != "hostname");
        }
    }

    /// The severity, and the name of a level that pino does not have itself. `told` is the level's number, 0 for none.
    fn level(&self, told: i64, name: &str) -> (Severity, Option<String>) {
        let number = self.level.and_then(|level| level.get().parse::<f64>().ok()).map(|level| level as i64);
        let label = self.level.and_then(plain);
        if told == 0
            && let Some(label) = &label
        {
            let known = Severity::parse(label).ok();
            return (known.unwrap_or(Severity::INFO), known.is_none().then(|| label.clone().into_owned()));
        }
        let level = if told == 0 { number.unwrap_or(3 * STEP) } else { told };
        let place = usize::try_from(level / STEP).unwrap_or_default().clamp(1, LEVELS.len()) - 1;
        let severity = LEVELS.get(place).copied().unwrap_or(Severity::INFO);
        let is_pinos = level % STEP == 0 && (1..=LEVELS.len() as i64).contains(&(level / STEP));
        let shown = || if name.is_empty() { level.to_string() } else { name.to_owned() };
        (severity, (!is_pinos).then(shown))
    }

    /// When it happened, in nanoseconds, unless that is the time of the call.
    fn time_ns(&self, called_us: i64) -> Option<i64> {
        let time = self.time?;
        let us = match time.get().parse::<f64>() {
            Ok(seconds) if seconds.abs() < MOST_SECONDS => (seconds * 1e6) as i64,
            Ok(ms) => (ms * 1e3) as i64,
            Err(_) => instant_ns(&plain(time)?)?.div_euclid(1_000),
        };
        (us.abs_diff(called_us) > SAME_US as u64).then(|| us.saturating_mul(1_000))
    }

    /// What it stands in: the span that it names, or where its call stood.
    fn context(&self, called: &Context) -> Option<Context> {
        let (trace_id, span_id) = (self.trace_id?, self.span_id?);
        let flags = self.flags.unwrap_or(TraceFlags::SAMPLED);
        Some(called.with_span(SpanContext { trace_id, span_id, flags, is_remote: false }))
    }

    /// Writes what is left, and the level's name.
    fn write(&self, record: &mut LogRecord<'_>, level_name: Option<&str>) {
        let mut writer = record.attributes();
        for (key, value) in &self.rest {
            writer.key(key);
            // The text was read once already, so that nothing is wrong with it.
            _ = read_json_value(value.get().as_bytes(), &mut writer);
        }
        if let Some(name) = level_name {
            writer.key("level_name");
            writer.str(name);
        }
    }
}

fn set<T>(part: &mut Option<T>, found: Option<T>) -> bool {
    let is_found = found.is_some();
    if is_found {
        *part = found;
    }
    is_found
}

/// Renders a line into the batch. What is no JSON object is a message as a whole.
pub fn render(reader: &mut Reader<'_>, scene: &mut Scene<'_>, out: &mut RenderedBatch) {
    let ints: &[i32; line_ints::COUNT] = reader.ints();
    let called_us = reader.num() as i64;
    let (text, level_name) = (reader.piece().lossy(), reader.piece().lossy());
    let Some(keys) = scene.forms.keys.get(size(ints[line_ints::KEYS])).cloned() else { return };
    let members = serde_json::from_str::<Members<'_>>(&text);
    let line = match members {
        Ok(members) => Line::of(members, &keys),
        Err(_) => Line { message: Some(Cow::Borrowed(text.trim_end())), ..Line::default() },
    };
    let (severity, level_name) = line.level(i64::from(ints[line_ints::LEVEL]), &level_name);
    let logger = scene.named(line.name.as_deref().unwrap_or(NAMELESS));
    let Some(mut record) = logger.record_let_through(severity) else {
        // It is one of the records that the batch is of.
        return out.add_moved(Signal::Logs, -1);
    };
    record.set_timestamp_us(called_us);
    if let Some(time) = line.time_ns(called_us) {
        record.happened_at_ns(time);
    }
    let named;
    if let Some(called) = scene.contexts.get(size(ints[line_ints::CONTEXT])) {
        named = line.context(called);
        record.set_context(named.as_ref().unwrap_or(called));
    }
    record.message(line.message.as_deref().unwrap_or_default());
    line.write(&mut record, level_name.as_deref());
    if let Some(error) = line.error.and_then(|error| line_error::read(error, &record.error_scribe())) {
        record.error(error);
    }
    record.emit_into(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> (Severity, Option<String>) {
        let keys = Keys { message: "msg".into(), error: "err".into() };
        Line::of(serde_json::from_str(json).unwrap(), &keys).level(0, "")
    }

    #[test]
    fn a_level_goes_by_its_number_and_one_of_somebodys_own_shows() {
        assert_eq!(line(r#"{"level":30}"#), (Severity::INFO, None));
        assert_eq!(line(r#"{"level":35}"#), (Severity::INFO, Some("35".to_owned())));
        assert_eq!(line(r#"{"level":5}"#), (Severity::TRACE, Some("5".to_owned())));
        assert_eq!(line(r#"{"level":90}"#), (Severity::FATAL, Some("90".to_owned())));
        assert_eq!(line(r#"{"level":"warn"}"#), (Severity::WARN, None));
        assert_eq!(line(r#"{"level":"audit"}"#), (Severity::INFO, Some("audit".to_owned())));
        assert_eq!(line("{}"), (Severity::INFO, None));
    }

    #[test]
    fn the_time_of_a_line_counts_where_it_is_not_that_of_the_call() {
        let keys = Keys { message: "msg".into(), error: "err".into() };
        let at =
            |json: &str| Line::of(serde_json::from_str(json).unwrap(), &keys).time_ns(1_700_000_000_123_456);
        assert_eq!(at(r#"{"time":1700000000123}"#), None);
        assert_eq!(at(r#"{"time":1700000000023}"#), Some(1_700_000_000_023_000_000));
        assert_eq!(at(r#"{"time":1700000001}"#), Some(1_700_000_001_000_000_000));
        assert_eq!(at(r#"{"time":"2026-01-02T03:04:05.678Z"}"#), Some(1_767_323_045_678_000_000));
        assert_eq!(at(r#"{"time":"noon"}"#), None);
    }
}
