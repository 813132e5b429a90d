//! Mistakes, each with its path in the file.

use super::{file, resolved};

/// What stands behind the version, and the line that it gives behind the name of the file.
const LINES: &[(&str, &str)] = &[
    ("disabled: maybe", r#"disabled: "maybe"; accepted: true or false"#),
    (
        "attribute_limits: {attribute_count_limt: 1}",
        "attribute_limits.attribute_count_limt: unknown key; accepted: ",
    ),
    (
        "attribute_limits: {attribute_count_limit: 99999}",
        "attribute_limits.attribute_count_limit: 99999; accepted: a whole number from 0 to 4096",
    ),
    ("resource: {attributes_list: 'a'}", r#"resource.attributes_list: "a"; accepted: key=value pairs"#),
    ("resource: {attributes: [{value: a}]}", "resource.attributes[0].name: missing; accepted: a name"),
    (
        "resource: {attributes: [{name: a, value: b, type: int}]}",
        r#"resource.attributes[0].value: "b"; accepted: a value of its `type`"#,
    ),
    (
        "resource: {attributes: [{name: a, value: b, type: text}]}",
        r#"resource.attributes[0].type: "text"; accepted: string, bool, int"#,
    ),
    ("tracer_provider: {}", "tracer_provider.processors: missing; accepted: a list of processors"),
    (
        "tracer_provider: {processors: [{batch: }]}",
        "tracer_provider.processors[0].batch.exporter: missing; accepted: an object with the keys otlp_http",
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {console: , otlp_http: }}}]}",
        "tracer_provider.processors[0].batch.exporter: an object; accepted: an object with one of the keys otlp_http",
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {endpoint: 'a:1'}}}}]}",
        r#"tracer_provider.processors[0].batch.exporter.otlp_http.endpoint.spans: "a:1"; accepted: an address"#,
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {compression: zstd}}}}]}",
        r#"tracer_provider.processors[0].batch.exporter.otlp_http.compression: "zstd"; accepted: none, gzip"#,
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {timeout: 0}}}}]}",
        r#"tracer_provider.processors[0].batch.exporter.otlp_http.timeout: "0ms"; accepted: a duration from 1ms"#,
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {otlp_http: {headers_list: secret}}}}]}",
        "tracer_provider.processors[0].batch.exporter.otlp_http.headers_list: not understood; accepted: name=value",
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {console: {a: 1}}}}]}",
        "tracer_provider.processors[0].batch.exporter.console.a: unknown key",
    ),
    (
        "tracer_provider: {processors: [{batch: {exporter: {console: }}}], sampler: {trace_id_ratio_based: {ratio: 2}}}",
        "tracer_provider.sampler.trace_id_ratio_based.ratio: 2; accepted: a number from 0 to 1",
    ),
    (
        "meter_provider: {readers: [{periodic: {interval: 1, exporter: {console: }}}]}",
        r#"meter_provider.readers[0].periodic.interval: "1ms"; accepted: a duration from 10ms"#,
    ),
    (
        "meter_provider: {readers: [{pull: {exporter: {prometheus/development: {port: 70000}}}}]}",
        "meter_provider.readers[0].pull.exporter.prometheus/development.port: 70000; accepted: a whole number",
    ),
    (
        "logger_provider: {processors: [{batch: {exporter: {otlp_file/development: {output_stream: /a}}}}]}",
        r#"logger_provider.processors[0].batch.exporter.otlp_file/development.output_stream: "/a"; accepted: stdout"#,
    ),
];

#[test]
fn each_mistake_bears_its_path() {
    for (content, line) in LINES {
        let error = resolved("wrong.yaml", &format!("file_format: '1.0'\n{content}\n"), &[]).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{content}: {error}");
        let path = file("wrong.yaml", "");
        assert!(error.to_string().starts_with(&format!("{}: {line}", path.display())), "{error}\n{line}");
    }
}

#[test]
fn the_version_has_to_be_one() {
    for version in ["'0.4'", "'2.0'", "'1.'", "1", "'1.0-rc.1'"] {
        let error = resolved("version.yaml", &format!("file_format: {version}\n"), &[]).unwrap_err();
        assert!(error.to_string().contains("file_format: "), "{error}");
    }
    assert!(
        resolved("version.yaml", "disabled: true\n", &[])
            .unwrap_err()
            .to_string()
            .contains("file_format: missing")
    );
    assert!(resolved("version.yaml", "file_format: 1.9\n", &[]).is_ok());
    assert!(
        resolved("version.yaml", "- 1\n", &[]).unwrap_err().to_string().contains("configuration: a list")
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_variable() {
    let broken = resolved("broken.yaml", "a: [password\n", &[]).unwrap_err().to_string();
    assert!(
        broken.starts_with("OTEL_CONFIG_FILE: ") && broken.contains("broken.yaml: not YAML at line"),
        "{broken}"
    );
    assert!(!broken.contains("password"), "{broken}");
    let other = resolved("wrong.toml", "", &[]).unwrap_err().to_string();
    assert!(other.ends_with("accepted: a readable file whose name ends in .yaml, .yml or .json"), "{other}");
}
