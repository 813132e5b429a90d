//! Ours, through the public face, with what it does by default: limits and redaction of keys are on.

use crate::measure::Case;
use crate::values::{
    CORRELATION_ID, EXPOSED, LOGGER, MESSAGE, SERIES, SERVICE, SPAN_ID, TRACE_ID, headers, in_turn,
    lines_on_disk, series, sink,
};
use crate::varied_vigie;
use std::collections::HashMap;
use std::time::Duration;
use vigie_core::{
    AttributeWriter, Config, Context, InstrumentOptions, Link, Number, Severity, SpanContext, SpanId,
    SpanStart, Telemetry, TraceFlags, TraceId,
};

/// One output, nothing else.
pub fn telemetry(output: &str, more: &str) -> Telemetry {
    let document = format!(
        "{{\"service\":\"{SERVICE}\",\"version\":\"1.4.2\",\"level\":\"info\",\"outputs\":[{output}]{more}}}"
    );
    Telemetry::new(Config::from_json(&document)).expect("the configuration is right")
}

/// Everything out, or the numbers are worth nothing.
pub fn flush(telemetry: &Telemetry) -> Box<dyn FnMut()> {
    let telemetry = telemetry.clone();
    Box::new(move || assert!(telemetry.flush(Duration::from_secs(30)), "{}", telemetry.stats_json()))
}

/// Records that the last output has written, `per` of them for one operation.
pub fn delivered(telemetry: &Telemetry, per: u64) -> Box<dyn FnMut() -> u64> {
    let telemetry = telemetry.clone();
    Box::new(move || {
        let stats = telemetry.stats_json();
        assert!(stats.contains("\"dropped\":{}"), "{stats}");
        let (_, tail) = stats.rsplit_once("\"delivered\":").expect("the books of the last output");
        let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().expect("a count") / per
    })
}

/// The span that records belong to.
pub fn span() -> SpanContext {
    SpanContext {
        trace_id: TraceId::from_hex(TRACE_ID).expect("a trace id"),
        span_id: SpanId::from_hex(SPAN_ID).expect("a span id"),
        flags: TraceFlags::SAMPLED,
        is_remote: false,
    }
}

/// Log records inside a request's context and span, so many at each call.
pub fn log_loop(telemetry: &Telemetry, severity: Severity, varied: bool) -> Box<dyn FnMut(u64)> {
    let context = telemetry
        .context_with(&Context::root(), |w| {
            w.key("correlation_id");
            w.str(CORRELATION_ID);
        })
        .with_span(span());
    let log = telemetry.logger(LOGGER);
    Box::new(move |count| {
        if varied {
            return varied_vigie::log(&log, &context, count);
        }
        for i in 0..count {
            let Some(mut record) = log.record(severity) else { continue };
            record.set_context(&context);
            record.template(MESSAGE);
            let mut attributes = record.attributes();
            attributes.key("method");
            attributes.str("GET");
            attributes.key("route");
            attributes.str("/cart/items");
            attributes.key("status");
            attributes.int(200);
            attributes.key("bytes");
            attributes.int(i as i64);
            attributes.key("duration_ms");
            attributes.float(12.75);
            attributes.key("cached");
            attributes.bool(true);
            drop(attributes);
            record.emit();
        }
    })
}

/// Three patterns of redaction, none of which finds anything.
const PATTERNS: &str = r#","redact":{"patterns":{"badge":"B-[0-9]{6}","account":"acct_[a-z0-9]{12}","plate":"(?i)[a-z]{2}-[0-9]{4}"}}"#;

fn logs(workload: &str) -> Case {
    let path = sink(workload);
    if workload == "L1f" {
        // A file that does not exist is as good as an empty one.
        let _ = std::fs::remove_file(&path);
    }
    logs_into(
        &format!("{{\"to\":\"file\",\"path\":\"{}\",\"signals\":[\"logs\"]}}", path.display()),
        workload,
    )
}

/// Log records into one output.
pub fn logs_into(output: &str, workload: &str) -> Case {
    let more = match workload {
        "L1p" => PATTERNS,
        "L1k" => ",\"sample\":{\"logs\":{\"debug\":0.01,\"per_second\":1000000000}}",
        _ => "",
    };
    let telemetry = telemetry(output, more);
    let severity = if workload == "L0" { Severity::DEBUG } else { Severity::INFO };
    let run = log_loop(&telemetry, severity, workload == "L1v");
    let exported = match workload {
        "L0" => None,
        "L1f" => lines_on_disk(workload),
        _ => Some(delivered(&telemetry, 1)),
    };
    Case { run, flush: Some(flush(&telemetry)), exported }
}

/// A child of the span in `parent`; to make it current in Rust's face is to hand it on.
fn inside(telemetry: &Telemetry, name: &str, parent: &Context, i: u64, within: impl FnOnce(&Context)) {
    let start = SpanStart { parent: Some(parent), ..SpanStart::default() };
    let mut span = telemetry.start_span(name, start);
    span.attributes(|attributes| {
        attributes.key("cart.items");
        attributes.int(i as i64);
        attributes.key("cart.total");
        attributes.float(99.5);
        attributes.key("cart.tenant");
        attributes.str("acme");
    });
    within(span.context());
    span.end(None);
}

/// Spans below an open root, so many at each call: of one shape, or three inside of each other.
pub fn span_loop(telemetry: &Telemetry, depth: u64, varied: bool) -> Box<dyn FnMut(u64)> {
    let telemetry = telemetry.clone();
    let root = telemetry.start_span("root", SpanStart::default());
    let link = Link { span: span() };
    Box::new(move |count| {
        for i in 0..count {
            if varied {
                varied_vigie::span(&telemetry, root.context(), &link, i);
            } else if depth == 1 {
                inside(&telemetry, "child", root.context(), i, |_| {});
            } else {
                inside(&telemetry, "outer", root.context(), i, |outer| {
                    inside(&telemetry, "middle", outer, i, |middle| {
                        inside(&telemetry, "inner", middle, i, |_| {});
                    });
                });
            }
        }
    })
}

/// Spans into one output.
pub fn spans_into(output: &str, depth: u64, varied: bool) -> Case {
    let telemetry = telemetry(output, "");
    let (flush, exported) = (flush(&telemetry), delivered(&telemetry, depth));
    Case { run: span_loop(&telemetry, depth, varied), flush: Some(flush), exported: Some(exported) }
}

/// Three labels, written in the call.
pub fn labels<'a>(series: &'a [&'a str; 3]) -> impl FnOnce(&mut AttributeWriter<'_>) + 'a {
    let [method, route, status] = *series;
    move |w| {
        w.key("method");
        w.str(method);
        w.key("route");
        w.str(route);
        w.key("status");
        w.str(status);
    }
}

/// Updates of a counter with three labels in the call, so many at each call.
pub fn count_loop(telemetry: &Telemetry, workload: &str) -> Box<dyn FnMut(u64)> {
    let counter = telemetry.meter().counter("requests", InstrumentOptions::default()).expect("a name");
    Box::new(in_turn(series(workload), move |series| counter.add(Number::Int(1), labels(series))))
}

fn metrics(workload: &str) -> Case {
    let limits = ",\"limits\":{\"series_per_instrument\":4000}";
    let telemetry = telemetry("{\"to\":\"null\",\"signals\":[\"logs\"]}", limits);
    let seconds = InstrumentOptions { unit: "s".to_owned(), ..InstrumentOptions::default() };
    let meter = telemetry.meter();
    let counter = meter.counter("requests", InstrumentOptions::default()).expect("a name");
    let latency = meter.histogram("latency", seconds).expect("a name");
    let [first, ..] = &SERIES;
    let bound_counter = counter.bind(labels(first));
    let bound_latency = latency.bind(labels(first));
    match workload {
        "M1" | "M1v" => Case::plain(count_loop(&telemetry, workload)),
        "M2" => Case::plain(in_turn(series(workload), move |series| {
            latency.record(Number::Float(0.12), labels(series));
        })),
        "M1b" => Case::plain(move |count| {
            for _ in 0..count {
                bound_counter.add(Number::Int(1));
            }
        }),
        _ => Case::plain(move |count| {
            for _ in 0..count {
                bound_latency.record(Number::Float(0.12));
            }
        }),
    }
}

fn propagation(workload: &str) -> Case {
    let telemetry = telemetry("{\"to\":\"null\"}", "");
    let incoming = headers(workload);
    Case::plain(move |count| {
        let mut carrier: HashMap<String, String> = HashMap::new();
        for _ in 0..count {
            let headers = incoming.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let context = telemetry.extract(&Context::root(), headers);
            carrier = HashMap::new();
            telemetry.inject(&context, &mut |key, value| {
                carrier.insert(key.to_owned(), value.to_owned());
            });
        }
        assert_eq!(carrier.len(), 3, "{carrier:?}");
    })
}

/// One series changes between two expositions.
fn exposition() -> Case {
    let limits = format!(",\"limits\":{{\"series_per_instrument\":{}}}", 2 * EXPOSED);
    let telemetry = telemetry("{\"to\":\"null\"}", &limits);
    let counter = telemetry.meter().counter("requests", InstrumentOptions::default()).expect("a name");
    for item in 0..EXPOSED {
        counter.add(Number::Int(1), labels(&["GET", &format!("/item/{item}"), "200"]));
    }
    Case::plain(move |count| {
        let mut text = String::new();
        for _ in 0..count {
            counter.add(Number::Int(1), labels(&["GET", "/item/7", "200"]));
            text = telemetry.metrics_text(false);
        }
        assert_eq!(text.matches("route=\"/item/").count(), EXPOSED);
    })
}

pub fn make_case(workload: &str) -> Case {
    match workload {
        "S1" | "S1v" => spans_into("{\"to\":\"null\"}", 1, workload == "S1v"),
        "S2" => spans_into("{\"to\":\"null\"}", 3, false),
        "P1" | "P1v" => propagation(workload),
        "X1" => exposition(),
        metric if metric.starts_with('M') => metrics(workload),
        _ => logs(workload),
    }
}
