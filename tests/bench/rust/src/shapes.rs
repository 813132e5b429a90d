//! The cost of ours against one property of the input at a time: a JSON line for each value of each property.
//!
//! Not for peers and not for judging: `shapes.py` prints the table and names the steps.

use crate::measure::{Case, least_cpu};
use crate::peer_vigie::{span, telemetry};
use crate::varied_vigie::{map, member};
use std::collections::HashMap;
use vigie_core::{
    AttributeWriter, Context, ErrorInfo, InstrumentOptions, Link, Number, Severity, SpanStart, Telemetry,
};

/// A property, its values in rising order, and the operation that has so much of it.
type Property = (&'static str, &'static [usize], fn(&Telemetry, usize) -> Case);

const TEXT: usize = 512;

const PROPERTIES: [Property; 25] = [
    ("L bytes of a text", &[8, 16, 32, 64, 256, 1024, 4096, 16_384], |t, n| text(t, &words(n, 6))),
    ("L % not ASCII", &[0, 1, 10, 50, 100], |t, n| text(t, &mixed(n * TEXT / 100, 'é'))),
    ("L % Chinese", &[0, 1, 10, 50, 100], |t, n| text(t, &mixed(n * TEXT / 100, '価'))),
    ("L dashes in 512", &[0, 1, 8, 64, 256], |t, n| text(t, &mixed(n, '–'))),
    ("L escapes in 512", &[0, 1, 8, 64, 256, 512], |t, n| text(t, &mixed(n, '\n'))),
    ("L word length in 512", &[4, 8, 10, 12, 20, 64, 512], |t, n| text(t, &words(TEXT, n))),
    ("L attributes", &[0, 1, 2, 4, 8, 16, 32, 64, 128], |t, n| attributes(t, keys(n, 8), n.max(1))),
    ("L bytes of a key", &[4, 8, 16, 17, 32, 64, 128, 256], |t, n| attributes(t, keys(6, n), 6)),
    ("L keys in use", &[6, 60, 240, 480, 540, 600, 1200, 6000], |t, n| attributes(t, keys(n, 12), 6)),
    ("L depth", &[0, 1, 2, 4, 6, 8], |t, n| logged(t, move |w| nested(w, n))),
    ("L members of a map", &[1, 2, 8, 32, 64, 128], |t, n| {
        let keys = keys(n, 8);
        logged(t, move |w| {
            w.key("map");
            map(w, |w| keys.iter().for_each(|key| member(w, key, |w| w.int(1))));
        })
    }),
    ("L items of a list", &[1, 2, 8, 64, 256, 512], |t, n| {
        let items: Vec<i64> = (0..n as i64).collect();
        logged(t, move |w| w.attr("list", items.clone()))
    }),
    ("L digits of an integer", &[1, 4, 8, 12, 18], |t, n| {
        let value = 10_i64.pow(n as u32 - 1);
        logged(t, move |w| w.attr("n", value))
    }),
    ("L digits of a double", &[1, 3, 6, 9, 12, 16], |t, n| {
        let value = (10_f64.powi(n as i32) / 7.0).floor() / 10_f64.powi(n as i32 - 1);
        logged(t, move |w| w.attr("x", value))
    }),
    ("L repeats of a key", &[1, 2, 4, 16], |t, n| {
        logged(t, move |w| (0..n).for_each(|i| w.attr("again", i)))
    }),
    ("L holes of a template", &[0, 1, 2, 4, 8], template),
    ("L context attributes", &[0, 1, 4, 16, 64], in_context),
    ("L causes of an error", &[0, 1, 2, 4, 8], |t, n| failed(t, n)),
    ("S attributes", &[0, 1, 2, 4, 8, 16, 32, 64, 128], |t, n| spans(t, n, 0, 0)),
    ("S events", &[0, 1, 2, 4, 8, 32, 128], |t, n| spans(t, 0, n, 0)),
    ("S links", &[0, 1, 2, 4, 8, 32, 128], |t, n| spans(t, 0, 0, n)),
    ("M labels", &[0, 1, 2, 3, 4, 8, 16], |t, n| counted(t, 1, n)),
    ("M series", &[1, 10, 100, 1000, 2000, 3000], |t, n| counted(t, n, 3)),
    ("P members of baggage", &[0, 1, 2, 4, 8, 9, 16, 32, 64], |t, n| {
        carried(t, "", &list(n, "tenant", "acme"))
    }),
    ("P members of tracestate", &[0, 1, 2, 4, 8, 9, 16, 32], |t, n| carried(t, &list(n, "v", "a1b2c3"), "")),
];

/// Escapes are a property of the value, so that they stand apart from the number of members.
const ESCAPES: [Property; 2] = [
    ("P escapes in baggage", &[0, 1, 4, 16, 64], |t, n| {
        carried(t, "", &format!("user={}{}", "%20".repeat(n), "a".repeat(64 - n)))
    }),
    ("P properties in baggage", &[0, 1, 4, 16], |t, n| {
        carried(t, "", &format!("user=abc{}", ";p=1".repeat(n)))
    }),
];

/// Measures all of them and prints a line each.
pub fn print() {
    for (property, values, make) in PROPERTIES.iter().chain(&ESCAPES) {
        for value in *values {
            let limits = ",\"limits\":{\"series_per_instrument\":4000}";
            let telemetry = telemetry("{\"to\":\"null\"}", limits);
            let ns = least_cpu(make(&telemetry, *value));
            println!("{{\"property\":\"{property}\",\"at\":{value},\"ns\":{ns:.1}}}");
        }
    }
}

/// So many bytes of words of this length.
fn words(bytes: usize, length: usize) -> String {
    (0..bytes).map(|at| if at % (length + 1) == length { ' ' } else { 'a' }).collect()
}

/// [`TEXT`] characters of words, so many of them `other`, spread evenly.
fn mixed(count: usize, other: char) -> String {
    let plain = words(TEXT, 6);
    let is_other = |at: usize| (at + 1) * count / TEXT > at * count / TEXT;
    plain.chars().enumerate().map(|(at, c)| if is_other(at) { other } else { c }).collect()
}

/// So many keys of at least this length, all different.
fn keys(count: usize, length: usize) -> Vec<String> {
    (0..count).map(|n| format!("{n:0>4}{}", "k".repeat(length.saturating_sub(4)))).collect()
}

fn list(count: usize, key: &str, value: &str) -> String {
    (0..count).map(|n| format!("{key}{n}={value}")).collect::<Vec<_>>().join(",")
}

fn logged(telemetry: &Telemetry, mut fill: impl FnMut(&mut AttributeWriter<'_>) + 'static) -> Case {
    let log = telemetry.logger("shop.api");
    Case::plain(move |count| {
        for _ in 0..count {
            let Some(mut record) = log.record(Severity::INFO) else { continue };
            record.message("request handled");
            fill(&mut record.attributes());
            record.emit();
        }
    })
}

fn text(telemetry: &Telemetry, text: &str) -> Case {
    let text = text.to_owned();
    logged(telemetry, move |w| w.attr("note", &text))
}

/// `keys` in turn, so many for each record.
fn attributes(telemetry: &Telemetry, keys: Vec<String>, each: usize) -> Case {
    let mut at = 0;
    logged(telemetry, move |w| {
        keys.iter().skip(at).take(each).for_each(|key| w.attr(key, 1));
        at = if at + each >= keys.len() { 0 } else { at + each };
    })
}

fn nested(w: &mut AttributeWriter<'_>, depth: usize) {
    fn value(w: &mut AttributeWriter<'_>, depth: usize) {
        if depth == 0 {
            return w.int(1);
        }
        map(w, |w| member(w, "inner", |w| value(w, depth - 1)));
    }
    w.key("outer");
    value(w, depth);
}

fn template(telemetry: &Telemetry, holes: usize) -> Case {
    let log = telemetry.logger("shop.api");
    let keys = keys(8, 8);
    let text: String = keys.iter().take(holes).map(|key| format!("and {{{key}}} ")).collect();
    Case::plain(move |count| {
        for _ in 0..count {
            let Some(mut record) = log.record(Severity::INFO) else { continue };
            record.template(&text);
            keys.iter().for_each(|key| record.attributes().attr(key, 1));
            record.emit();
        }
    })
}

fn in_context(telemetry: &Telemetry, count: usize) -> Case {
    let keys = keys(count, 8);
    let context = telemetry.context_with(&Context::root(), |w| keys.iter().for_each(|key| w.attr(key, 1)));
    let log = telemetry.logger("shop.api");
    Case::plain(move |count| {
        for _ in 0..count {
            let Some(mut record) = log.record(Severity::INFO) else { continue };
            record.set_context(&context);
            record.message("request handled");
            record.attributes().attr("own", 1);
            record.emit();
        }
    })
}

fn failed(telemetry: &Telemetry, causes: usize) -> Case {
    let link = |cause| ErrorInfo {
        type_name: "E".to_owned(),
        message: "the disk is full".to_owned(),
        cause,
        ..ErrorInfo::default()
    };
    let error = (0..causes).fold(link(None), |inner, _| link(Some(Box::new(inner))));
    let log = telemetry.logger("shop.api");
    Case::plain(move |count| {
        for _ in 0..count {
            let Some(mut record) = log.record(Severity::INFO) else { continue };
            record.message("request failed");
            record.error(error.clone());
            record.emit();
        }
    })
}

fn spans(telemetry: &Telemetry, attributes: usize, events: usize, links: usize) -> Case {
    let telemetry = telemetry.clone();
    let keys = keys(attributes, 8);
    let link = Link { span: span() };
    Case::plain(move |count| {
        for _ in 0..count {
            let mut span = telemetry.start_span("child", SpanStart::default());
            keys.iter().for_each(|key| span.attr(key, 1));
            (0..events).for_each(|_| span.add_event("stock reserved", None, |w| w.attr("left", 1)));
            (0..links).for_each(|_| span.add_link(&link, |_| {}));
            span.end(None);
        }
    })
}

fn counted(telemetry: &Telemetry, series: usize, labels: usize) -> Case {
    let counter = telemetry.meter().counter("requests", InstrumentOptions::default()).expect("a name");
    let keys = keys(labels, 8);
    let values: Vec<String> = (0..series).map(|n| format!("/shop/{n}")).collect();
    let mut endless = 0;
    let mut run = move |count| {
        for _ in 0..count {
            // A step that has no divisor in common with the number of series: all in an order without a run.
            endless = (endless + 7919) % values.len();
            let value = values.get(endless).map_or("", String::as_str);
            counter.add(Number::Int(1), |w| keys.iter().for_each(|key| w.attr(key, value)));
        }
    };
    // A series costs more when it is new.
    run(series as u64);
    Case::plain(run)
}

fn carried(telemetry: &Telemetry, tracestate: &str, baggage: &str) -> Case {
    let telemetry = telemetry.clone();
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let incoming: HashMap<String, String> =
        [("traceparent", traceparent), ("tracestate", tracestate), ("baggage", baggage)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
    Case::plain(move |count| {
        for _ in 0..count {
            let headers = incoming.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let context = telemetry.extract(&Context::root(), headers);
            let mut bytes = 0;
            telemetry.inject(&context, &mut |key, value| bytes += key.len() + value.len());
            assert!(bytes > 0);
        }
    })
}
