//! What a document may say, and the defaults.

use super::super::Testing;
use super::{Environment, Settings, resolve};
use crate::api::sampler::{FromParent, Parents, Pattern, SamplingRule};
use crate::api::volume::{LogRule, PerSecond, TrailPlan, VolumePlan};
use crate::config::Config;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::redact::Mode;
use crate::encode::entities::Kind;
use crate::model::enrichment::Enrichment;
use crate::model::severity::Severity;
use crate::model::signal::{Signal, SignalSet};
use crate::model::span::SpanKind;
use crate::model::thread::Thread;
use crate::stats::RedactionRule;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

#[test]
fn nothing_configured_means_the_console_alone() {
    let settings = Settings::resolve(None, &Environment::empty().with_program("shop")).unwrap();
    assert_eq!(settings, Settings::defaults("shop".to_owned()));
    assert_eq!(settings.level, Severity::INFO);
    assert_eq!(settings.limits, Limits::default());
    let console = resolve(
        r#"{"outputs":[{"to":"console","format":"auto","color":"auto","stream":"stderr","signals":["logs"]}]}"#,
    );
    assert_eq!(settings.outputs, console.outputs);
    assert_eq!(resolve("{}"), Settings::defaults("unknown_service".to_owned()));
}

#[test]
fn every_key_is_taken() {
    let settings = resolve(
        r#"{"service":"shop","version":"1.4.2","environment":"prod","resource":{"team":"a","n":[1,2]},"level":"WARNING","levels":{"shop.cart":"debug","x":"error4"},
            "outputs":[{"to":"console","format":"human","stream":"stdout","signals":["logs","spans"]},
                       {"to":"file","path":"logs/shop.jsonl","delivery":"write_through",
                        "rotate":{"size":"64MiB","every":"1d","keep":7,"keep_for":"30d","keep_bytes":"10GB","compress":"zstd"}},
                       {"to":"memory","signals":["metrics"]},{"to":"null"}],
            "sample":{"traces":0.1,"rules":[{"name":"GET /h*","kind":"server","attributes":{"http.route":"/h*"},"traces":0}],"per_second":2.5,
                      "consistent":true,"remote_parent_sampled":"root","remote_parent_not_sampled":0.5,
                      "local_parent_sampled":1,"local_parent_not_sampled":"parent","keep_errors":true,"keep_slower_than":"1.5s",
                      "logs":{"trace":0,"debug":0.01,"rules":[{"logger":"shop.cart","level":"info","share":0.1},{"level":"warn","share":1}],
                              "per_second":{"first":5,"then_one_in":7},"fold":"5s","trail":{"level":"DEBUG2"}}},
            "control":"var/control","redact":{"keys":["iban"," badge ","iban"],"allow":["page_token"],"patterns":{"badge":"B-[0-9]{6}"},"rules":{"email":true,"card":true},"mode":"hash","hash_key":"0123456789abcdef"},"enrich":["process"],"categories":{"events":{"order.":"business"},"loggers":{"shop.auth":"authentication"}},"entities":["uuid","ip"],"entity_patterns":{"order":"ORD-[0-9]+"},
            "limits":{"attributes":10,"depth":64,"nodes":100,"key_bytes":"1KiB","string_bytes":"32KiB","line_bytes":65536,
                      "events":1,"links":2,"open_spans":3,"series_per_instrument":4,"series_per_process":5,
                      "buffer_bytes":"1MiB","shutdown":"2.5s"},
            "metrics":{"every":1.5},"propagate":["tenant_id","tenant_id"],
            "propagators":["correlation","baggage","correlation"],
            "testing":{"clock":"2026-01-01T00:00:00Z","step":"1us","ids":7,"host":"h","pid":1,"root":"r","runtime":"cpython 3.11.7","thread":"7 a b"},
            "attributes_key":"attributes","disabled":true}"#,
    );
    assert_eq!((settings.service.as_str(), settings.version.as_deref()), ("shop", Some("1.4.2")));
    assert_eq!(settings.environment.as_deref(), Some("prod"));
    assert_eq!(Value::from(settings.resource.clone()), json!({"team": "a", "n": [1, 2]}));
    assert_eq!(settings.level, Severity::WARN);
    assert_eq!(settings.levels["x"].number(), 20);
    let kinds: Vec<&str> = settings.outputs.iter().map(|output| output.kind.name()).collect();
    assert_eq!(kinds, ["console", "file", "memory", "null"]);
    let labels: Vec<String> = settings.outputs.iter().map(|output| output.target.label()).collect();
    assert_eq!(labels, ["console:stdout", "file:logs/shop.jsonl", "memory", "null"]);
    let buffered = resolve(r#"{"outputs":[{"to":"file","path":"logs/shop.jsonl"}]}"#);
    assert_ne!(settings.outputs[1], buffered.outputs[0], "the delivery differs");
    assert_eq!(settings.outputs[0].signals, SignalSet::default().with(Signal::Logs).with(Signal::Spans));
    assert_eq!(settings.outputs[1].signals, SignalSet::ALL);
    assert_eq!(settings.outputs[2].signals, SignalSet::default().with(Signal::Metrics));
    assert!((settings.sampling.ratio - 0.1).abs() < 1e-12 && settings.sampling.parent_based);
    let (name, kind) = (Some(Pattern::new("GET /h*")), Some(SpanKind::Server));
    let attributes = vec![("http.route".to_owned(), Pattern::new("/h*"))];
    assert_eq!(settings.sampling.rules, [SamplingRule { name, kind, attributes, ratio: 0.0 }]);
    let parents = Parents {
        remote_sampled: FromParent::Root,
        remote_not_sampled: FromParent::Share(0.5),
        local_sampled: FromParent::Share(1.0),
        local_not_sampled: FromParent::Parent,
    };
    assert_eq!((settings.sampling.parents, settings.sampling.consistent), (parents, true));
    assert_eq!(settings.sampling.per_second, Some(2.5));
    assert!(settings.sampling.keep_errors);
    assert_eq!(settings.sampling.keep_slower_than, Some(Duration::from_millis(1500)));
    let logger = Some("shop.cart".to_owned());
    let rules = vec![
        LogRule { logger, class: Some(2), share: 0.1 },
        LogRule { logger: None, class: Some(3), share: 1.0 },
    ];
    let volume = VolumePlan {
        shares: [Some(0.0), Some(0.01), None, None],
        rules: Some(rules),
        per_second: Some(PerSecond { first: 5, then_one_in: Some(7) }),
        fold: Some(Duration::from_secs(5)),
        trail: Some(TrailPlan { level: Severity::parse("debug2").unwrap(), records: 100 }),
    };
    assert_eq!(settings.sampling.volume, volume);
    assert_eq!(settings.control.as_ref().unwrap().given, Path::new("var/control"));
    assert_eq!(settings.redaction.keys, ["iban", "badge"]);
    assert_eq!(settings.redaction.allow, ["page_token"]);
    assert_eq!(settings.redaction.patterns.as_ref().unwrap().given()["badge"], "B-[0-9]{6}");
    assert_eq!(settings.redaction.rules, [(RedactionRule::Email, true)]);
    assert!(matches!(settings.redaction.mode, Mode::Hash(_)));
    assert!(!format!("{settings:?}").contains("0123456789abcdef"), "keys are in no dump");
    assert!(settings.enrich.into_iter().eq([Enrichment::Process]));
    assert_eq!(settings.categories.events["order."], "business");
    assert_eq!(settings.categories.loggers["shop.auth"], "authentication");
    assert!(settings.entities.into_iter().eq([Kind::Ip, Kind::Uuid]));
    assert_eq!(settings.entity_patterns.unwrap().given()["order"], "ORD-[0-9]+");
    let limits = Limits {
        attributes: 10,
        depth: 64,
        nodes: 100,
        key_bytes: 1024,
        string_bytes: 32 * 1024,
        line_bytes: 65_536,
        events: 1,
        links: 2,
        open_spans: 3,
        series_per_instrument: 4,
        series_per_process: 5,
        buffer_bytes: 1024 * 1024,
        shutdown: Duration::from_millis(2_500),
    };
    assert_eq!(settings.limits, limits);
    assert_eq!(settings.metrics_every, Duration::from_millis(1_500));
    assert_eq!(settings.propagate, ["tenant_id"]);
    assert!(settings.propagators.names().eq(["correlation", "baggage"]));
    let testing = Testing {
        clock_ns: Some(1_767_225_600_000_000_000),
        step_ns: 1_000,
        ids: Some(7),
        host: Some("h".to_owned()),
        pid: Some(1),
        root: Some("r".into()),
        runtime: Some("cpython 3.11.7".to_owned()),
        thread: Some(Thread::new(7, "a b")),
    };
    assert_eq!(settings.testing, Some(testing));
    assert_eq!(settings.attributes_key.as_deref(), Some("attributes"));
    assert!(settings.disabled);
}

#[test]
fn null_means_not_given() {
    let settings =
        resolve(r#"{"service":null,"level":null,"outputs":null,"limits":{"depth":null},"what":null}"#);
    assert_eq!(settings, Settings::defaults("unknown_service".to_owned()));
}

#[test]
fn levels_cover_the_names_below() {
    let settings = resolve(r#"{"level":"error","levels":{"shop":"info","shop.cart":"trace"}}"#);
    let cases = [
        ("shop", Severity::INFO),
        ("shop.cart", Severity::TRACE),
        ("shop.cart.items", Severity::TRACE),
        ("shop.order", Severity::INFO),
        ("shopping", Severity::ERROR),
        ("", Severity::ERROR),
    ];
    for (logger, level) in cases {
        assert_eq!(settings.level_of(logger), level, "{logger}");
    }
}

#[test]
fn differences_are_named_by_key() {
    let one = resolve(r#"{"service":"a"}"#);
    assert!(one.differing_keys(&one.clone()).is_empty());
    let other = resolve(
        r#"{"service":"b","version":"1","environment":"e","resource":{"a":1},"level":"debug","levels":{"a":"info"},
            "outputs":[{"to":"null"}],"sample":{"traces":0},"redact":{"keys":["k"]},"enrich":[],"categories":{"events":{"a":"web"}},"entities":["ip"],"entity_patterns":{"a":"b"},"limits":{"depth":3},
            "metrics":{"every":"1s"},"propagate":["p"],"propagators":[],
            "public_endpoint":true,"testing":{"ids":1},"attributes_key":"a","disabled":true}"#,
    );
    assert_eq!(
        one.differing_keys(&other),
        [
            "service",
            "version",
            "environment",
            "resource",
            "level",
            "levels",
            "outputs",
            "sample",
            "redact",
            "enrich",
            "categories",
            "entities",
            "entity_patterns",
            "limits",
            "metrics",
            "propagate",
            "propagators",
            "public_endpoint",
            "testing",
            "attributes_key",
            "disabled"
        ]
    );
    assert_eq!(one.differing_keys(&resolve(r#"{"service":"a","level":"warn"}"#)), ["level"]);
}

#[test]
fn the_builder_writes_a_document() {
    let config = Config::new("shop")
        .version("1")
        .environment("prod")
        .level("debug")
        .logger_level("shop.cart", "trace")
        .logger_level("x", "error")
        .output(serde_json::json!({"to": "console"}))
        .output(serde_json::json!({"to": "console", "stream": "stderr"}))
        .output(serde_json::json!({"to": "file", "path": "logs/a"}))
        .output(serde_json::json!({"to": "memory"}))
        .sample_traces(0.5)
        .set("metrics", serde_json::json!({"every": "5s"}))
        .variables(Environment::from_pairs([("VIGIE_SERVICE", "weaker")]));
    let (settings, variables) = config.resolve().unwrap();
    assert_eq!(variables.get("VIGIE_SERVICE"), Some("weaker"));
    let document = r#"{"service":"shop","version":"1","environment":"prod","level":"debug",
        "levels":{"shop.cart":"trace","x":"error"},"sample":{"traces":0.5},"metrics":{"every":"5s"},
        "outputs":[{"to":"console"},{"to":"console","stream":"stderr"},{"to":"file","path":"logs/a"},{"to":"memory"}]}"#;
    assert_eq!(settings, resolve(document));
    let from_json = Config::from_json(document).variables(Environment::empty()).resolve().unwrap().0;
    assert_eq!(from_json, settings);
}

#[test]
fn the_builder_reports_like_a_document() {
    let broken = Config::from_json("{")
        .level("x")
        .output(serde_json::json!({"to": "console"}))
        .variables(Environment::empty());
    assert!(broken.resolve().unwrap_err().to_string().starts_with("configuration: not JSON"));
    let wrong =
        Config::new("").level("x").logger_level("a", "b").sample_traces(7.0).variables(Environment::empty());
    assert_eq!(wrong.resolve().unwrap_err().problems.len(), 4);
    let odd = Config::from_json(r#"{"outputs":1,"levels":2}"#)
        .output(serde_json::json!({"to": "console"}))
        .logger_level("a", "info");
    assert_eq!(odd.variables(Environment::empty()).resolve().unwrap_err().problems.len(), 2);
}
