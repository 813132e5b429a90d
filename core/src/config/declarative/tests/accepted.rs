//! What a file comes to, and what of it has no equal.

use super::{ours, settings};
use crate::api::sampler::{FromParent, Parents};
use crate::model::propagation::Propagators;
use serde_json::{Value, json};

const WHOLE: &str = r#"
file_format: "1.1"
disabled: false
attribute_limits:
  attribute_value_length_limit: 1024
  attribute_count_limit: 32
  attribute_value_depth_limit: 4
resource:
  attributes:
    - {name: service.name, value: shop}
    - {name: service.version, value: 2}
    - {name: replicas, value: 3, type: int}
    - {name: zones, value: [a, b], type: string_array}
    - {name: weight, value: 1, type: double}
    - {name: left.out, value: }
  attributes_list: team=a%20b,service.name=weaker,deployment.environment.name=prod
  detection/development:
    detectors: [{host: }, {container: }]
propagator:
  composite: [{tracecontext: }, {b3: }]
  composite_list: b3,xray
tracer_provider:
  sampler:
    parent_based: {root: {trace_id_ratio_based: {ratio: 0.25}}}
  limits: {attribute_count_limit: 64, event_count_limit: 5, link_count_limit: 6}
  id_generator: {random: }
  processors:
    - batch:
        exporter:
          otlp_http:
            endpoint: https://traces.example:4318/v1/traces
            compression: gzip
            timeout: 3000
            encoding: json
            headers_list: authorization=weaker,x=y%20z
            headers: [{name: authorization, value: Bearer t}, {name: none, value: }]
            tls: {ca_file: /etc/ca.pem, cert_file: /etc/c.pem, key_file: /etc/c.key}
    - batch: {exporter: {console: }}
meter_provider:
  exemplar_filter: always_off
  readers:
    - periodic:
        interval: 5000
        cardinality_limits: {default: 99}
        exporter:
          otlp_http: {temporality_preference: cumulative, default_histogram_aggregation: explicit_bucket_histogram}
    - periodic: {interval: 7000, exporter: {otlp_file/development: {output_stream: "file:///var/log/m.jsonl"}}}
    - pull: {exporter: {prometheus/development: {host: "::1", port: 9000}}}
logger_provider:
  processors:
    - batch: {exporter: {console: }}
    - batch: {exporter: {otlp_file/development: }}
distribution: {other: {anything: 1}}
"#;

#[test]
fn a_whole_file_says_what_a_document_of_our_own_says() {
    let expected = ours(
        r#"{"service":"shop","version":"2","environment":"prod",
        "resource":{"replicas":3,"zones":["a","b"],"weight":1.0,"team":"a b"},"enrich":["host","container"],
        "propagators":["tracecontext","b3","xray","correlation"],
        "sample":{"traces":0.25},
        "limits":{"string_bytes":1024,"attributes":32,"depth":4,"events":5,"links":6,"series_per_instrument":99},
        "metrics":{"every":"5s"},
        "outputs":[
            {"to":"otlp","signals":["spans"],"endpoints":{"spans":"https://traces.example:4318/v1/traces"},
             "compression":"gzip","timeout":"3s","protocol":"json","headers":{"authorization":"Bearer t","x":"y z"},
             "ca":"/etc/ca.pem","client_certificate":"/etc/c.pem","client_key":"/etc/c.key"},
            {"to":"console","stream":"stdout","signals":["logs","spans"]},
            {"to":"otlp","signals":["metrics"]},
            {"to":"file","path":"/var/log/m.jsonl","format":"otlp-json","signals":["metrics"]},
            {"to":"prometheus","listen":"[::1]:9000"},
            {"to":"console","stream":"stdout","format":"otlp-json","signals":["logs"]}]}"#,
    );
    let settings = settings("whole.yaml", WHOLE);
    assert_eq!(settings.absences_told(), None);
    assert_eq!(settings, expected);
}

#[test]
fn samplers() {
    let cases = [
        ("always_on: ", 1.0, false),
        ("always_off: ", 0.0, false),
        ("trace_id_ratio_based: {ratio: 0.5}", 0.5, false),
        ("probability/development: {ratio: 0.5}", 0.5, false),
        ("trace_id_ratio_based: ", 1.0, false),
        ("parent_based: ", 1.0, true),
        ("parent_based: {root: {always_off: }, local_parent_sampled: {always_on: }}", 0.0, true),
    ];
    for (sampler, ratio, parent_based) in cases {
        let text = format!(
            "file_format: 1.0\ntracer_provider:\n  processors: [{{batch: {{exporter: {{console: }}}}}}]\n  sampler: {{{sampler}}}\n"
        );
        let settings = settings("sampler.yaml", &text);
        assert!((settings.sampling.ratio - ratio).abs() < 1e-12, "{sampler}");
        assert_eq!(settings.sampling.parent_based, parent_based, "{sampler}");
        assert_eq!(settings.absences_told(), None, "{sampler}");
        assert_eq!(settings.sampling.consistent, sampler.starts_with("probability"), "{sampler}");
        assert_eq!(settings.sampling.parents, Parents::default(), "{sampler}");
    }
    let slots = "parent_based: {root: {probability/development: {ratio: 0.5}}, remote_parent_sampled: {trace_id_ratio_based: {ratio: 0.25}}, \
                 remote_parent_not_sampled: {always_on: }, local_parent_not_sampled: {always_off: }}";
    let text = format!(
        "file_format: 1.0\ntracer_provider:\n  processors: [{{batch: {{exporter: {{console: }}}}}}]\n  sampler: {{{slots}}}\n"
    );
    let sampling = settings("slots.yaml", &text).sampling;
    let parents = Parents {
        remote_sampled: FromParent::Share(0.25),
        remote_not_sampled: FromParent::Share(1.0),
        ..Parents::default()
    };
    assert_eq!((sampling.parents, sampling.consistent, sampling.parent_based), (parents, true, true));
}

#[test]
fn what_has_no_equal_is_told_of_by_its_path_and_changes_nothing() {
    let text = r#"
file_format: "1.0"
log_level: debug
x-anchors: {a: 1}
instrumentation/development: {general: {}}
resource:
  schema_url: https://example.org
  detection/development: {attributes: {included: ["*"]}, detectors: [{service: }, {host: }, {process: }, {mine: }]}
propagator: {composite: [{tracecontext: }, {baggage: }, {mine: }]}
tracer_provider:
  processors:
    - batch: {schedule_delay: 1, max_queue_size: 2, exporter: {otlp_grpc: {endpoint: "http://a:4317"}}}
    - simple: {exporter: {mine: }}
    - mine: {a: 1}
  limits: {link_attribute_count_limit: 1}
  sampler: {parent_based: {root: {always_on: }, remote_parent_not_sampled: {parent_based: }}}
meter_provider:
  exemplar_filter: trace_based
  views: [{selector: {}, stream: {}}]
  readers: [{periodic: {timeout: 1, exporter: {console: {temporality_preference: delta}}}}]
logger_provider:
  processors: [{event_to_span_event_bridge/development: }]
  limits: {attribute_count_limit: 1}
"#;
    let settings = settings("absent.yaml", text);
    let keys: Vec<_> = settings.absences.iter().map(|absence| absence.key.as_str()).collect();
    let expected = [
        "x-anchors",
        "instrumentation/development",
        "log_level",
        "resource.schema_url",
        "resource.detection/development.attributes",
        "resource.detection/development.detectors[0].service",
        "resource.detection/development.detectors[3].mine",
        "propagator.composite[2].mine",
        "tracer_provider.processors[0].batch.max_queue_size",
        "tracer_provider.processors[0].batch.schedule_delay",
        "tracer_provider.processors[0].batch.exporter.otlp_grpc",
        "tracer_provider.processors[1].simple",
        "tracer_provider.processors[1].simple.exporter.mine",
        "tracer_provider.processors[2].mine",
        "tracer_provider.limits.link_attribute_count_limit",
        "tracer_provider.sampler.parent_based.remote_parent_not_sampled",
        "meter_provider.views",
        "meter_provider.exemplar_filter",
        "meter_provider.readers[0].periodic.timeout",
        "meter_provider.readers[0].periodic.exporter.console.temporality_preference",
        "logger_provider.processors[0].event_to_span_event_bridge/development",
        "logger_provider.limits.attribute_count_limit",
    ];
    assert_eq!(keys, expected);
    assert!(settings.absences.iter().all(|absence| !absence.instead.is_empty()));
    let outputs = r#"{"outputs":[{"to":"console","stream":"stdout","signals":["metrics"]}]}"#;
    assert_eq!(super::super::super::Settings { absences: Vec::new(), ..settings }, ours(outputs));
}

#[test]
fn logs_stay_on_the_console_where_the_file_says_nothing_of_them() {
    let spans = "tracer_provider: {processors: [{batch: {exporter: {otlp_http: }}}]}";
    let kinds = |text: &str| {
        let outputs = settings("logs.yaml", &format!("file_format: '1.0'\n{text}\n")).outputs;
        outputs.iter().map(|output| output.target.label()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(""), ["console"]);
    assert_eq!(kinds(spans), ["otlp", "console"]);
    assert_eq!(kinds("logger_provider: {processors: [{batch: {exporter: {otlp_grpc: }}}]}"), [""; 0]);
}

#[test]
fn propagators_and_the_resource() {
    let of = |text: &str| settings("general.yaml", &format!("file_format: '1.0'\n{text}\n"));
    let names = |text: &str| of(text).propagators.names().collect::<Vec<_>>();
    assert_eq!(
        names("propagator: {composite_list: 'baggage,tracecontext'}"),
        ["baggage", "tracecontext", "correlation"]
    );
    assert_eq!(names("propagator: {composite_list: none}"), [""; 0]);
    assert_eq!(of("propagator: {composite: }").propagators, Propagators::default());
    let resource = |value: &str| {
        let attribute = format!("resource: {{attributes: [{{name: a, {value}}}]}}");
        Value::from(of(&attribute).resource)
    };
    assert_eq!(resource("value: 1"), json!({"a": "1"}), "it is a text unless its type says otherwise");
    assert_eq!(resource("value: true, type: bool"), json!({"a": true}));
    assert_eq!(resource("value: [1, 2], type: int_array"), json!({"a": [1, 2]}));
    assert_eq!(resource("value: [1, 2.5], type: double_array"), json!({"a": [1.0, 2.5]}));
}

#[test]
fn the_example_of_the_documentation() {
    let page = include_str!("../../../../docs/configuration.md");
    let example = page.split_once("```yaml\n").unwrap().1.split_once("```\n").unwrap().0;
    let settings = settings("documented.yaml", example);
    assert_eq!((settings.service.as_str(), settings.absences_told()), ("shop", None));
    assert!((settings.sampling.ratio - 0.1).abs() < 1e-12);
}
