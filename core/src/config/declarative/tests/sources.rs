//! Where a declarative file stands among the other sources.

use super::super::super::{Environment, Settings};
use super::{file, resolved};

const FILE: &str = "file_format: '1.0'\nresource: {attributes: [{name: service.name, value: '${NAME:-file}'}]}\n\
                    attribute_limits: {attribute_count_limit: 9}\n";

#[test]
fn in_its_presence_no_other_variable_of_the_specification_counts() {
    let variables = [
        ("OTEL_SERVICE_NAME", "variable"),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "3"),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_LOG_LEVEL", "debug"),
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_PROPAGATORS", "nonsense"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense"),
    ];
    let settings = resolved("alone.yaml", FILE, &variables).unwrap();
    let expected = r#"{"service":"file","limits":{"attributes":9}}"#;
    assert_eq!(settings, super::ours(expected));
    let spans = "file_format: '1.0'\ntracer_provider: {processors: [{batch: {exporter: {otlp_http: }}}]}\n";
    let headers = [("OTEL_EXPORTER_OTLP_HEADERS", "a=b")];
    assert_eq!(
        resolved("alone.yaml", spans, &headers).unwrap(),
        resolved("alone.yaml", spans, &[]).unwrap(),
        "nor for what the file leaves open"
    );
}

#[test]
fn any_variable_may_be_referred_to() {
    let settings = resolved("any.yaml", FILE, &[("NAME", "shop")]).unwrap();
    assert_eq!(settings.service, "shop");
    let specified = FILE.replace("NAME", "OTEL_SERVICE_NAME");
    assert_eq!(resolved("any.yaml", &specified, &[("OTEL_SERVICE_NAME", "otel")]).unwrap().service, "otel");
    let path = file("any.yaml", FILE);
    let with_file = [("OTEL_CONFIG_FILE", path.to_str().unwrap()), ("SECRET", "hunter2")];
    let environment = Environment::from_pairs(with_file);
    assert!(!format!("{environment:?}").contains("hunter2"));
    assert_eq!((environment.get("SECRET"), environment.any("SECRET")), (None, Some("hunter2")));
    assert_eq!(Environment::from_pairs([("SECRET", "hunter2")]).any("SECRET"), None, "kept for a file alone");
}

#[test]
fn our_own_sources_stand_where_they_stand_around_the_variables() {
    let declared = file("between.yaml", FILE);
    let weaker =
        file("weaker.json", r#"{"service":"weaker","limits":{"attributes":1,"links":2},"level":"warn"}"#);
    let pairs = [
        ("OTEL_CONFIG_FILE", declared.to_str().unwrap()),
        ("VIGIE_CONFIG", weaker.to_str().unwrap()),
        ("VIGIE_VERSION", "1"),
    ];
    let of = |document: &str| Settings::resolve(Some(document), &Environment::from_pairs(pairs)).unwrap();
    let settings = of("{}");
    assert_eq!((settings.service.as_str(), settings.version.as_deref()), ("file", Some("1")));
    assert_eq!((settings.limits.attributes, settings.limits.links), (9, 2));
    assert_eq!(settings.level.text(), "WARN");
    assert_eq!(of(r#"{"service":"code","limits":{"attributes":5}}"#).service, "code");
    assert_eq!(of(r#"{"limits":{"attributes":5}}"#).limits.attributes, 5);
}

#[test]
fn the_former_name_of_the_variable_is_read_where_the_new_one_is_not_set() {
    let (old, new) = (file("old.yaml", FILE), file("new.yml", &FILE.replace(":-file", ":-new")));
    let old = ("OTEL_EXPERIMENTAL_CONFIG_FILE", old.to_str().unwrap());
    let service = |pairs: &[(&str, &str)]| {
        Settings::resolve(None, &Environment::from_pairs(pairs.iter().copied())).unwrap().service
    };
    assert_eq!(service(&[old]), "file");
    assert_eq!(service(&[old, ("OTEL_CONFIG_FILE", new.to_str().unwrap())]), "new");
}

#[test]
fn first_use_goes_on_without_what_is_wrong() {
    let path = file("lenient.yaml", &FILE.replace("9", "nine"));
    let pairs = [("OTEL_CONFIG_FILE", path.to_str().unwrap()), ("OTEL_SERVICE_NAME", "variable")];
    let (settings, error) = Settings::resolve_leniently(&Environment::from_pairs(pairs));
    assert_eq!((settings.service.as_str(), settings.limits.attributes), ("file", 128));
    assert_eq!(error.unwrap().problems.len(), 1);
}
