//! What the documentation says of the configuration is what holds.

use super::super::{declarative, file, outputs, reference};
use super::{Environment, Settings, resolve};
use crate::output::registry;

fn defaults() -> Settings {
    Settings::defaults("unknown_service".to_owned())
}

#[test]
fn each_example_is_accepted_and_changes_what_is_in_force() {
    let mut count = 0;
    for key in reference().sections.into_iter().flat_map(|section| section.keys) {
        assert_ne!(resolve(&key.example), defaults(), "{}", key.example);
        assert!(!key.about.is_empty() && !key.accepted.is_empty(), "{}", key.key);
        count += 1;
    }
    assert!(count > 40, "{count}");
}

#[test]
fn each_variable_sets_something_and_its_keys_are_described() {
    let sections = reference().sections;
    let described = |path: &str| {
        let (section, key) = path.rsplit_once('.').unwrap_or(("", path));
        sections.iter().any(|s| s.path == section && s.keys.iter().any(|known| known.key == key))
    };
    // Some mean nothing alone: the argument of a sampler, and what is said of outputs that nobody asked for.
    let base = [
        ("OTEL_TRACES_SAMPLER", "traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.5"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1"),
        ("OTEL_METRICS_EXPORTER", "otlp,prometheus"),
    ];
    let with =
        |pair| Settings::resolve(None, &Environment::from_pairs(base.into_iter().chain(pair))).unwrap();
    let is_of_a_file =
        |name: &str| name == file::VARIABLE.name() || declarative::VARIABLE.names.contains(&name);
    for variable in reference().variables {
        for path in variable.keys {
            assert!(described(path), "{path}");
        }
        for name in variable.names.iter().filter(|name| !is_of_a_file(name)) {
            assert_ne!(with(Some((*name, variable.example))), with(None), "{name}");
        }
    }
}

#[test]
fn each_variable_without_an_equal_is_told_of_and_changes_nothing() {
    for name in reference().absent_variables.iter().flat_map(|absent| absent.names) {
        let settings = Settings::resolve(None, &Environment::from_pairs([(*name, "7")])).unwrap();
        let told = settings.absences_told().unwrap();
        assert!(told.contains(name), "{told}");
        assert_eq!(Settings { absences: Vec::new(), ..settings }, defaults(), "{name}");
        assert!(reference().variables.iter().all(|variable| !variable.names.contains(name)), "{name}");
    }
}

#[test]
fn each_default_is_what_holds_without_the_key() {
    let mut count = 0;
    for section in reference().sections.iter().filter(|section| section.kind.is_none()) {
        for key in section.keys.iter().filter(|key| key.default.starts_with(['"', '[', '{', 't', 'f'])) {
            let Ok(value) = serde_json::from_str::<serde_json::Value>(&key.default) else { continue };
            let member = serde_json::json!({ (key.key): value });
            let path = section.path.as_str();
            let keys = path.rsplit('.').filter(|key| !key.is_empty());
            let document = keys.fold(member, |inside, key| serde_json::json!({ (key): inside }));
            if path == "testing" {
                assert_eq!(resolve(&document.to_string()), resolve(r#"{"testing":{}}"#));
            } else {
                // Whether a level was set matters to records of other loggers alone.
                let settings = Settings { level_is_set: false, ..resolve(&document.to_string()) };
                assert_eq!(settings, defaults(), "{document}");
            }
            count += 1;
        }
    }
    assert!(count >= 11, "{count}");
}

#[test]
fn each_default_of_an_output_is_what_holds_without_the_key() {
    let mut count = 0;
    for kind in registry::kinds() {
        let needed = kind.settings().iter().filter(|setting| setting.is_required);
        let needed: String =
            needed.map(|setting| format!(",{:?}:{}", setting.key, setting.example)).collect();
        let entry = |more: &str| format!("{{\"outputs\":[{{\"to\":{:?}{needed}{more}}}]}}", kind.name());
        for setting in kind.settings().iter().filter(|setting| !setting.default.is_empty()) {
            let given = entry(&format!(",{:?}:{}", setting.key, setting.default));
            assert_eq!(resolve(&given), resolve(&entry("")), "{given}");
            count += 1;
        }
    }
    assert!(count >= 17, "{count}");
}

#[test]
fn every_key_of_the_document_has_its_place_on_the_page() {
    let sections = reference().sections;
    let top = sections.iter().find(|section| section.path.is_empty()).unwrap();
    for key in &top.keys {
        let own = sections.iter().any(|section| section.path == key.key);
        assert_eq!(own, key.is_section || key.key == outputs::KEY, "{}", key.key);
    }
    let limits = sections.iter().find(|section| section.path == "limits").unwrap();
    assert_eq!(limits.keys.len(), 13);
    assert!(limits.keys.iter().all(|key| !key.default.is_empty()), "a limit without its default");
}
