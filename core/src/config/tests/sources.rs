//! Arguments beat VIGIE_*, those beat OTEL_*, those beat the file, that beats the defaults.

use super::{Environment, Settings};
use crate::api::sampler::{FromParent, Parents};
use crate::model::severity::Severity;
use crate::model::signal::Signal;
use crate::output::kind::OutputSettings;
use serde_json::json;
use std::path::PathBuf;

fn file(name: &str, content: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vigie-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn with(pairs: &[(&str, &str)]) -> Settings {
    Settings::resolve(None, &Environment::from_pairs(pairs.iter().copied())).unwrap()
}

#[test]
fn the_stronger_source_wins_key_by_key() {
    let path = file(
        "order.json",
        r#"{"service":"file","version":"file","environment":"file","level":"fatal","levels":{"a":"debug","b":"debug"},
            "limits":{"attributes":1,"events":1,"links":1},"sample":{"traces":0.1}}"#,
    );
    let environment = Environment::from_pairs([
        ("VIGIE_CONFIG", path.to_str().unwrap()),
        ("OTEL_SERVICE_NAME", "otel"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.version=otel,deployment.environment.name=otel"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "2"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "2"),
        ("VIGIE_SERVICE", "vigie"),
        ("VIGIE_VERSION", "vigie"),
        ("VIGIE_LEVEL", "error"),
    ]);
    let document = r#"{"service":"arguments","levels":{"b":"warn"},"limits":{"attributes":3}}"#;
    let settings = Settings::resolve(Some(document), &environment).unwrap();
    assert_eq!(settings.service, "arguments");
    assert_eq!(settings.version.as_deref(), Some("vigie"));
    assert_eq!(settings.environment.as_deref(), Some("otel"));
    assert_eq!(settings.level, Severity::ERROR);
    assert_eq!(settings.levels["a"], Severity::DEBUG);
    assert_eq!(settings.levels["b"], Severity::WARN);
    assert_eq!((settings.limits.attributes, settings.limits.events, settings.limits.links), (3, 2, 1));
    assert!((settings.sampling.ratio - 0.1).abs() < 1e-12);
}

#[test]
fn toml_says_the_same_as_json() {
    let path = file(
        "same.toml",
        "service = \"shop\"\nlevel = \"err\"\n[testing]\nclock = 2026-01-01T00:00:00Z\nstep = 0.5\n\
         [[outputs]]\nto = \"file\"\npath = \"a.jsonl\"\n[sample]\ntraces = 1\n[levels]\n\"shop.cart\" = \"debug\"\n",
    );
    let settings = with(&[("VIGIE_CONFIG", path.to_str().unwrap())]);
    assert_eq!(settings.level_file.as_ref().map(|file| &file.path), Some(&path));
    let settings = Settings { level_file: None, ..settings };
    let document = r#"{"service":"shop","level":"error","testing":{"clock":"2026-01-01T00:00:00Z","step":"500ms"},
        "outputs":[{"to":"file","path":"a.jsonl"}],"sample":{"traces":1.0},"levels":{"shop.cart":"debug"}}"#;
    assert_eq!(settings, super::resolve(document));
}

#[test]
fn mistakes_in_a_file_name_the_file_and_quote_no_line() {
    let path = file("wrong.json", r#"{"levl":"info","outputs":[{"to":"file"}]}"#);
    let name = path.to_str().unwrap();
    let error = Settings::resolve(None, &Environment::from_pairs([("VIGIE_CONFIG", name)])).unwrap_err();
    assert_eq!(error.problems[0].key, format!("{name}: levl"));
    assert_eq!(error.problems[1].key, format!("{name}: outputs[0].path"));
    for (file_name, content) in
        [("broken.json", "{\"password\":\"hunter2\""), ("broken.toml", "a = 1\npassword = hunter2")]
    {
        let path = file(file_name, content);
        let environment = Environment::from_pairs([("VIGIE_CONFIG", path.to_str().unwrap())]);
        let error = Settings::resolve(None, &environment).unwrap_err();
        assert!(error.to_string().starts_with("VIGIE_CONFIG: "), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
    let large = file("large.json", &" ".repeat(1024 * 1024 + 1));
    let environment = Environment::from_pairs([("VIGIE_CONFIG", large.to_str().unwrap())]);
    assert!(Settings::resolve(None, &environment).unwrap_err().to_string().contains("larger than 1 MiB"));
    let with_mark = file("mark.json", "\u{feff}{\"service\":\"bom\"}");
    assert_eq!(with(&[("VIGIE_CONFIG", with_mark.to_str().unwrap())]).service, "bom");
}

#[test]
fn mistakes_of_all_sources_come_together() {
    let path = file("one.json", r#"{"level":"x"}"#);
    let environment = Environment::from_pairs([
        ("VIGIE_CONFIG", path.to_str().unwrap()),
        ("VIGIE_LEVEL", "y"),
        ("OTEL_PROPAGATORS", "z"),
    ]);
    let error = Settings::resolve(Some(r#"{"level":"w"}"#), &environment).unwrap_err();
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["level", "VIGIE_LEVEL", "OTEL_PROPAGATORS", &format!("{}: level", path.display())]);
    let error = Settings::resolve(Some("{"), &environment).unwrap_err();
    assert_eq!(error.problems.len(), 4);
}

#[test]
fn our_variables() {
    let settings = with(&[
        ("VIGIE_SERVICE", "s"),
        ("VIGIE_VERSION", "v"),
        ("VIGIE_ENVIRONMENT", "e"),
        ("VIGIE_LEVEL", "error2"),
        ("VIGIE_OUTPUTS", r#"[{"to":"memory"}]"#),
        ("VIGIE_DISABLED", "TRUE"),
    ]);
    assert_eq!((settings.service.as_str(), settings.version.as_deref()), ("s", Some("v")));
    assert_eq!((settings.environment.as_deref(), settings.level.number()), (Some("e"), 18));
    assert_eq!(settings.outputs[0].kind.name(), "memory");
    assert!(settings.disabled);
    assert!(!with(&[("VIGIE_DISABLED", "0"), ("OTEL_SDK_DISABLED", "true")]).disabled);
    assert!(with(&[("OTEL_SDK_DISABLED", "True")]).disabled);
}

#[test]
fn empty_and_foreign_variables_count_as_not_set() {
    let settings = with(&[
        ("VIGIE_LEVEL", ""),
        ("OTEL_SERVICE_NAME", " "),
        ("VIGIE_CONFIG", ""),
        ("OTEL_TRACES_EXPORTER", " "),
        ("VIGIE_NATIVE_LIB", "x"),
        ("LEVEL", "debug"),
    ]);
    assert_eq!(settings, Settings::defaults("unknown_service".to_owned()));
    let environment = Environment::from_pairs([("TRACEPARENT", "tp"), ("HOME", "/root"), ("BAGGAGE", "b")]);
    assert_eq!((environment.get("TRACEPARENT"), environment.get("HOME")), (Some("tp"), None));
}

#[test]
fn samplers_of_the_specification() {
    let cases = [
        ("always_on", "", 1.0, false),
        ("always_off", "", 0.0, false),
        ("traceidratio", "0.25", 0.25, false),
        ("traceidratio", "", 1.0, false),
        ("parentbased_always_on", "", 1.0, true),
        ("parentbased_always_off", "", 0.0, true),
        ("parentbased_traceidratio", "0.25", 0.25, true),
    ];
    for (name, argument, ratio, parent_based) in cases {
        let sampling = with(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", argument)]).sampling;
        assert!((sampling.ratio - ratio).abs() < 1e-12, "{name}");
        assert_eq!(sampling.parent_based, parent_based, "{name}");
    }
    let environment = Environment::from_pairs([("OTEL_TRACES_SAMPLER", "always_off")]);
    let sampling = Settings::resolve(Some(r#"{"sample":{"traces":0.5}}"#), &environment).unwrap().sampling;
    assert!(sampling.parent_based, "our own sampling respects the parent");
    let sampling = Settings::resolve(Some(r#"{"sample":{"remote_parent_sampled":0.5}}"#), &environment);
    assert!(sampling.unwrap().sampling.parent_based, "what parents mean is said by the stronger source");
}

#[test]
fn a_sampler_of_the_specification_replaces_what_a_file_says_of_parents() {
    let file = file("parents.json", r#"{"sample":{"traces":0.5,"remote_parent_sampled":0.5}}"#);
    let of = |more: &[(&str, &str)]| {
        let pairs = [("VIGIE_CONFIG", file.to_str().unwrap())].into_iter().chain(more.iter().copied());
        Settings::resolve(None, &Environment::from_pairs(pairs)).unwrap().sampling
    };
    assert_eq!(of(&[]).parents.remote_sampled, FromParent::Share(0.5));
    let sampling = of(&[("OTEL_TRACES_SAMPLER", "parentbased_always_on")]);
    assert_eq!((sampling.parents, sampling.parent_based), (Parents::default(), true));
    let sampling = of(&[("OTEL_TRACES_SAMPLER", "always_on")]);
    assert_eq!(sampling.plan().parents, Parents::all(FromParent::Root));
}

#[test]
fn resource_attributes_limits_and_propagators_of_the_specification() {
    let settings = with(&[
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            " service.name=a%20b , service.version=2, deployment.environment=old,x=y%2Cz,host.name=,",
        ),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "7"),
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "8"),
        ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "100"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "9"),
        ("OTEL_PROPAGATORS", "tracecontext"),
    ]);
    assert_eq!((settings.service.as_str(), settings.version.as_deref()), ("a b", Some("2")));
    assert_eq!(settings.environment.as_deref(), Some("old"));
    assert_eq!(serde_json::Value::from(settings.resource.clone()), json!({"x": "y,z"}));
    assert_eq!(
        (settings.limits.attributes, settings.limits.string_bytes, settings.limits.links),
        (8, 100, 9)
    );
    assert!(settings.propagators.names().eq(["tracecontext", "correlation"]));
    let of = |list| with(&[("OTEL_PROPAGATORS", list)]).propagators;
    assert!(of("baggage, baggage,,correlation,tracecontext").names().eq([
        "baggage",
        "correlation",
        "tracecontext"
    ]));
    assert_eq!(of("none").names().next(), None);
    assert!(of("tracecontext,baggage").is_default());
    assert!(of("xray,b3multi, b3 ,jaeger").names().eq(["xray", "b3multi", "b3", "jaeger", "correlation"]));
    assert_eq!(
        with(&[("OTEL_SERVICE_NAME", "n"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=r")]).service,
        "n"
    );
}

/// The outputs that a process has with these variables and no other source.
fn outputs(variables: &[(&str, &str)]) -> Vec<String> {
    let outputs = with(variables).outputs;
    let shown = |output: &OutputSettings| {
        let signals: Vec<_> = output.signals.iter().map(Signal::as_str).collect();
        format!("{} {}", output.target.label(), signals.join(","))
    };
    outputs.iter().map(shown).collect()
}

#[test]
fn exporters_of_the_specification() {
    assert_eq!(outputs(&[]), ["console logs"]);
    assert_eq!(outputs(&[("OTEL_TRACES_EXPORTER", "Console")]), ["console logs", "console:stdout spans"]);
    assert_eq!(
        outputs(&[("OTEL_TRACES_EXPORTER", "console"), ("OTEL_LOGS_EXPORTER", "console, otlp/stdout")]),
        ["console:stdout logs,spans", "console:stdout logs"]
    );
    // An exporter that is named needs no endpoint; where none is named, an endpoint is enough.
    assert_eq!(outputs(&[("OTEL_TRACES_EXPORTER", "otlp")]), ["console logs", "otlp spans"]);
    let endpoint = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://localhost:4318/");
    assert_eq!(outputs(&[endpoint]), ["console logs", "otlp metrics"]);
    assert_eq!(outputs(&[endpoint, ("OTEL_METRICS_EXPORTER", "console")])[1], "console:stdout metrics");
    assert_eq!(outputs(&[("OTEL_LOGS_EXPORTER", "none")]), [""; 0]);
    assert_eq!(outputs(&[("OTEL_LOGS_EXPORTER", "otlp")]), ["otlp logs"]);
    let configured = r#"{"outputs":[{"to":"null"}]}"#;
    let environment = Environment::from_pairs([("OTEL_LOGS_EXPORTER", "console")]);
    let settings = Settings::resolve(Some(configured), &environment).unwrap();
    assert_eq!(settings.outputs.len(), 1, "they count where no outputs are configured");
}

#[test]
fn an_exporter_that_there_is_not_is_told_of() {
    let settings = with(&[("OTEL_TRACES_EXPORTER", "zipkin,otlp"), ("OTEL_LOGS_EXPORTER", "prometheus")]);
    let told = settings.absences_told().unwrap();
    assert!(told.contains("OTEL_TRACES_EXPORTER=zipkin (exporters are otlp, console,"), "{told}");
    assert!(told.contains("OTEL_LOGS_EXPORTER=prometheus"), "{told}");
    assert_eq!(settings.outputs.len(), 2, "the console stays where nothing that there is was asked for");
}

#[test]
fn the_exposition_of_the_specification() {
    let endpoint = |variables: &[(&'static str, &'static str)]| {
        let asked_for = [("OTEL_METRICS_EXPORTER", "prometheus")];
        outputs(&[&asked_for[..], variables].concat()).pop().unwrap()
    };
    assert_eq!(endpoint(&[]), "prometheus:127.0.0.1:9464 metrics");
    let host = ("OTEL_EXPORTER_PROMETHEUS_HOST", "::1");
    let port = ("OTEL_EXPORTER_PROMETHEUS_PORT", "9000");
    assert_eq!(endpoint(&[host]), "prometheus:[::1]:9464 metrics");
    assert_eq!(endpoint(&[host, port]), "prometheus:[::1]:9000 metrics");
    let listens = |output: &str| {
        let document = format!(r#"{{"outputs":[{output}]}}"#);
        let settings = Settings::resolve(Some(&document), &Environment::from_pairs([port])).unwrap();
        settings.outputs[0].target.label()
    };
    assert_eq!(listens(r#"{"to":"prometheus"}"#), "prometheus:127.0.0.1:9000");
    assert_eq!(listens(r#"{"to":"prometheus","listen":"a:1"}"#), "prometheus:a:1");
}

#[test]
fn what_holds_anyway_is_not_told_of() {
    let held = [
        ("OTEL_METRICS_EXEMPLAR_FILTER", "ALWAYS_OFF"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Cumulative"),
        ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "explicit_bucket_histogram"),
    ];
    assert_eq!(with(&held).absences_told(), None);
    let other = [("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"), ("OTEL_BSP_EXPORT_TIMEOUT", "1")];
    let told = with(&other).absences_told().unwrap();
    assert_eq!(
        told,
        "without an equal here, and without effect: OTEL_BSP_EXPORT_TIMEOUT (the output's `timeout` bounds an attempt, \
         `limits.shutdown` the end); OTEL_METRICS_EXEMPLAR_FILTER (there are no exemplars)"
    );
}

#[test]
fn the_process_gives_its_program_name() {
    assert!(Environment::process().program().contains(env!("CARGO_PKG_NAME").replace('-', "_").as_str()));
    assert_eq!(Environment::empty().program(), "unknown_service");
}
