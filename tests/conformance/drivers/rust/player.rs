//! Plays one vector through core's public face, as a Rust program would.
//! Not for judging: what came out is compared by others.

use super::json::Json;
use super::values::{self, Text};
use std::collections::BTreeMap;
use std::time::Duration;
use vigie_core::{
    Context, Environment, ErrorInfo, InstrumentKind, InstrumentOptions, Link, Number, Severity, Span,
    SpanContext, SpanId, SpanKind, SpanStart, Status, Telemetry, TraceFlags, TraceId,
};

const PATIENCE: Duration = Duration::from_secs(10);

/// One extra: its kind and its data.
pub type Extra = (&'static str, String);

/// Initialises `telemetry` as the vector says, plays its steps and shuts down; what the steps gave comes back.
pub fn play(telemetry: &Telemetry, vector: &Json) -> Vec<Extra> {
    let env = vector.get("env").map(Json::members).unwrap_or_default();
    let env = env.iter().map(|(name, value)| (name.clone(), value.text().to_owned()));
    let mut player =
        Player { telemetry, env: Environment::from_pairs(env), extra: Vec::new(), spans: Vec::new() };
    match telemetry.init(Some(&to_json(vector.get("config").unwrap())), &player.env) {
        Ok(()) => player.steps(vector.get("steps").unwrap(), &telemetry.initial_context()),
        Err(error) => player.extra.push(("result", error.to_string())),
    }
    assert!(telemetry.shutdown(PATIENCE), "shutdown took too long");
    player.extra
}

/// A document as the text that configuration takes.
fn to_json(value: &Json) -> String {
    let members = |parts: Vec<String>, open, close| format!("{open}{}{close}", parts.join(","));
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Int(int) => int.to_string(),
        Json::Float(float) => float.to_string(),
        Json::Text(text) => serde_json::to_string(text).unwrap(),
        Json::List(list) => members(list.iter().map(to_json).collect(), '[', ']'),
        Json::Object(object) => {
            let pair = |(key, value): &(String, Json)| {
                format!("{}:{}", serde_json::to_string(key).unwrap(), to_json(value))
            };
            members(object.iter().map(pair).collect(), '{', '}')
        }
    }
}

struct Player<'t> {
    telemetry: &'t Telemetry,
    env: Environment,
    extra: Vec<Extra>,
    spans: Vec<Span>,
}

impl Player<'_> {
    fn steps(&mut self, steps: &Json, context: &Context) {
        steps.list().iter().for_each(|step| self.step(step, context));
    }

    fn step(&mut self, step: &Json, context: &Context) {
        let (kind, subject) = &step.members()[0];
        let attributes = step.get("attributes");
        match kind.as_str() {
            "log" => self.log(step, subject, context),
            "context" => self.context(step, subject, context),
            "extract" => {
                let inner = self.extract(step, subject, context);
                self.steps(step.get("steps").unwrap(), &inner);
            }
            "span" => self.span(step, subject, context),
            "counter" | "up_down_counter" | "gauge" | "histogram" => self.measure(kind, step, subject),
            "inject" => {
                let mut carrier = BTreeMap::new();
                self.telemetry.inject(context, &mut |key, value| {
                    carrier.insert(key.to_owned(), value.to_owned());
                });
                self.extra.push(("carrier", serde_json::to_string(&carrier).unwrap()));
            }
            "metrics_text" => {
                let text = self.telemetry.metrics_text(subject.text() == "openmetrics");
                self.extra.push(("text", text));
            }
            "stats" => {
                assert!(self.telemetry.flush(PATIENCE), "flush took too long");
                self.extra.push(("stats", self.telemetry.stats_json()));
            }
            "flush" => assert!(self.telemetry.flush(PATIENCE), "flush took too long"),
            "set_level" => {
                let is_set = !matches!(subject, Json::Null);
                let level = is_set.then(|| subject.text().parse().unwrap());
                self.telemetry.set_level(step.get("logger").map(Json::text), level);
            }
            "init" => self.result(self.telemetry.init(Some(&to_json(subject)), &self.env)),
            "reconfigure" => self.result(self.telemetry.reconfigure(&to_json(subject), &self.env)),
            "exception" => {
                let error = self.exception(subject);
                let fill = |w: &mut vigie_core::AttributeWriter<'_>| values::attributes(attributes, w);
                self.spans.last_mut().unwrap().record_exception(&error, None, fill);
            }
            _ => in_span(self.spans.last_mut().unwrap(), kind, subject, step, attributes),
        }
    }

    fn result(&mut self, result: Result<(), vigie_core::Error>) {
        self.extra.push(("result", result.err().map_or_else(|| "ok".to_owned(), |error| error.to_string())));
    }

    fn exception(&self, given: &Json) -> ErrorInfo {
        self.telemetry.with_exception_scribe(|scribe| {
            error(given, &mut |members, error| {
                if let Some(scribe) = scribe {
                    values::attributes(Some(members), &mut scribe.attributes(error));
                }
            })
        })
    }

    fn log(&mut self, step: &Json, logger: &Json, context: &Context) {
        let mut logger = self.telemetry.logger(&values::text(logger).lossy());
        for bound in step.get("bind").map(Json::list).unwrap_or_default() {
            logger = logger.bind(|w| values::attributes(Some(bound), w));
        }
        let severity = match step.get("level").unwrap() {
            Json::Int(number) => Severity::from_number(u8::try_from(*number).unwrap()).unwrap(),
            text => Severity::parse(text.text()).unwrap(),
        };
        let message = values::text(step.get("message").unwrap());
        let Some(mut record) = logger.record(severity) else { return };
        record.set_context(context);
        match &message {
            Text::Plain(text) => record.template(text),
            Text::Utf8(bytes) => record.template_utf8_lossy(bytes),
            Text::Utf16(units) => record.template_utf16_lossy(units),
        }
        values::attributes(step.get("attributes"), &mut record.attributes());
        if let Some(given) = step.get("error") {
            let error = error(given, &mut |members, error| {
                values::attributes(Some(members), &mut record.error_scribe().attributes(error));
            });
            record.error(error);
        }
        record.emit();
    }

    fn context(&mut self, step: &Json, ambient: &Json, context: &Context) {
        let mut inner = self.telemetry.context_with(context, |w| values::attributes(Some(ambient), w));
        if let Some(baggage) = step.get("baggage") {
            let member = |(key, value): &(String, Json)| (key.clone(), values::text(value).lossy());
            inner = inner.with_baggage(baggage.members().iter().map(member));
        }
        self.steps(step.get("steps").unwrap(), &inner);
    }

    fn extract<'j>(&self, step: &Json, headers: &'j Json, context: &Context) -> Context {
        let pair = |header: &'j Json| (header.list()[0].text(), header.list()[1].text());
        let pairs = headers.list().iter().map(pair);
        match step.get("public_endpoint") {
            Some(told) => self.telemetry.extract_with(context, pairs, matches!(told, Json::Bool(true))),
            None => self.telemetry.extract(context, pairs),
        }
    }

    fn span(&mut self, step: &Json, name: &Json, context: &Context) {
        let links: Vec<_> = step.get("links").map(Json::list).unwrap_or_default().iter().collect();
        let root = context_without_span(context);
        let start = SpanStart {
            kind: step.get("kind").map_or(SpanKind::Internal, |kind| self.telemetry.span_kind(kind.text())),
            parent: Some(if step.get("root").is_some() { &root } else { context }),
            start_time_ns: step.get("start_ns").map(Json::int),
            ..SpanStart::default()
        };
        let attributes = step.get("attributes");
        let mut span =
            self.telemetry.start_span_with_attributes(&values::text(name).lossy(), start, |writer| {
                values::attributes(attributes, writer);
            });
        for given in links {
            span.add_link(&link(given), |w| values::attributes(given.get("attributes"), w));
        }
        let inner = span.context().clone();
        self.spans.push(span);
        self.steps(step.get("steps").unwrap(), &inner);
        self.spans.pop().unwrap().end(step.get("end_ns").map(Json::int));
    }

    fn measure(&mut self, kind: &str, step: &Json, name: &Json) {
        let (name, value) = (name.text(), values::number(step.get("value").unwrap()));
        let made =
            self.telemetry.meter().instrument(instrument_kind(kind), name, options(step.get("options")));
        let fill = |w: &mut vigie_core::AttributeWriter<'_>| values::attributes(step.get("attributes"), w);
        match made {
            Ok(instrument) if step.get("bound").is_some() => instrument.bind(fill).update(value),
            Ok(instrument) => instrument.update(value, fill),
            Err(error) => self.extra.push(("result", error.to_string())),
        }
    }
}

fn instrument_kind(step: &str) -> InstrumentKind {
    match step {
        "counter" => InstrumentKind::Counter,
        "up_down_counter" => InstrumentKind::UpDownCounter,
        "gauge" => InstrumentKind::Gauge,
        _ => InstrumentKind::Histogram,
    }
}

/// The same ambient attributes, but no span to be a child of.
fn context_without_span(context: &Context) -> Context {
    Context { span: None, ..context.clone() }
}

fn in_span(span: &mut Span, kind: &str, subject: &Json, step: &Json, attributes: Option<&Json>) {
    let fill = |w: &mut vigie_core::AttributeWriter<'_>| values::attributes(attributes, w);
    match kind {
        "set" => span.attributes(|writer| values::attributes(Some(subject), writer)),
        "event" => span.add_event(&values::text(subject).lossy(), step.get("time_ns").map(Json::int), fill),
        "link" => span.add_link(&link(subject), fill),
        "status" => {
            let status = Status::parse(subject.text()).unwrap();
            span.set_status(status, step.get("message").map(Json::text));
        }
        "rename" => span.update_name(&values::text(subject).lossy()),
        other => panic!("unknown step {other}"),
    }
}

fn link(given: &Json) -> Link {
    let id = |key: &str| given.get(key).unwrap().text();
    let trace_id = TraceId::from_hex(id("trace_id")).unwrap();
    let span_id = SpanId::from_hex(id("span_id")).unwrap();
    Link { span: SpanContext { trace_id, span_id, flags: TraceFlags::SAMPLED, is_remote: true } }
}

/// An error as given; `fill` writes the attributes of it, of its causes and of its members.
fn error(given: &Json, fill: &mut dyn FnMut(&Json, &mut ErrorInfo)) -> ErrorInfo {
    let part = |key: &str| given.get(key).map(|part| values::text(part).lossy()).unwrap_or_default();
    let mut made = ErrorInfo {
        type_name: part("type"),
        message: part("message"),
        stack: part("stack"),
        ..ErrorInfo::default()
    };
    made.cause = given.get("cause").map(|cause| Box::new(error(cause, fill)));
    let members = given.get("errors").map(Json::list).unwrap_or_default();
    made.errors = members.iter().map(|member| error(member, fill)).collect();
    if let Some(attributes) = given.get("attributes") {
        fill(attributes, &mut made);
    }
    made
}

fn options(given: Option<&Json>) -> InstrumentOptions {
    let text = |key: &str| given.and_then(|given| given.get(key)).map(|text| text.text().to_owned());
    let bound = |bound: &Json| match values::number(bound) {
        Number::Int(int) => int as f64,
        Number::Float(float) => float,
    };
    InstrumentOptions {
        unit: text("unit").unwrap_or_default(),
        description: text("description").unwrap_or_default(),
        buckets: given
            .and_then(|given| given.get("buckets"))
            .map(|list| list.list().iter().map(bound).collect()),
    }
}
