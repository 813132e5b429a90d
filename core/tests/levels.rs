//! Levels that change while the program runs: by a call, by the configuration's file, by a control folder.
//! Not for how levels are found by names: see the unit tests of `api::levels`.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use vigie_core::config::{Control, ControlledLevel};
use vigie_core::{Config, Environment, Logger, Severity, Telemetry};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("levels").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn config(variables: &[(&str, &str)]) -> Config {
    let variables = Environment::from_pairs(variables.iter().copied());
    Config::new("shop").output(json!({"to": "memory"})).variables(variables)
}

/// Waits until the least severity of a logger is this one; how long that took.
fn wait_for(log: &Logger, severity: Severity) -> Duration {
    let start = Instant::now();
    while log.threshold() != severity.number() {
        assert!(start.elapsed() < Duration::from_secs(20), "it is {}", log.threshold());
        std::thread::sleep(Duration::from_millis(10));
    }
    start.elapsed()
}

fn set(control: &Path, logger: Option<&str>, level: Severity, until_ns: Option<i64>) {
    let mut all = Control::read(control).unwrap();
    all.set(ControlledLevel { logger: logger.map(str::to_owned), level, until_ns });
    all.write(control).unwrap();
}

fn now_ns() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
}

#[test]
fn a_call_changes_loggers_that_are_there_and_those_that_come() {
    let telemetry = Telemetry::new(config(&[]).logger_level("shop.cart", "warn")).unwrap();
    let [cart, other] = ["shop.cart.items", "other"].map(|name| telemetry.logger(name));
    telemetry.set_level(Some("shop.cart"), Some(Severity::DEBUG));
    assert_eq!([cart.threshold(), other.threshold(), telemetry.logger("shop.cart").threshold()], [5, 9, 5]);
    telemetry.set_level(None, Some(Severity::ERROR));
    assert_eq!([cart.threshold(), telemetry.logger("new").threshold()], [5, 17]);
    telemetry.set_level(Some("shop.cart"), None);
    telemetry.set_level(None, None);
    assert_eq!([cart.threshold(), other.threshold()], [13, 9]);
}

#[test]
fn a_call_holds_until_somebody_configures_anew() {
    let telemetry = Telemetry::new(config(&[])).unwrap();
    telemetry.set_level(None, Some(Severity::DEBUG));
    let anew = json!({"service": "shop", "outputs": [{"to": "memory"}], "level": "warn"}).to_string();
    telemetry.reconfigure(&anew, &Environment::empty()).unwrap();
    assert_eq!(telemetry.logger("x").threshold(), Severity::WARN.number());
}

#[test]
fn the_configurations_file_is_followed_below_what_is_stronger() {
    let file = folder("file").join("vigie.toml");
    std::fs::write(&file, "[levels]\nshop = \"warn\"\nfixed = \"error\"\n").unwrap();
    let variables = [("VIGIE_CONFIG", file.to_str().unwrap())];
    let telemetry = Telemetry::new(config(&variables).logger_level("fixed", "fatal")).unwrap();
    let [shop, fixed, other] = ["shop.cart", "fixed", "other"].map(|name| telemetry.logger(name));
    assert_eq!([shop.threshold(), fixed.threshold()], [13, 21]);
    std::fs::write(&file, "level = \"debug\"\n[levels]\nshop = \"trace\"\nfixed = \"info\"\n").unwrap();
    let took = wait_for(&shop, Severity::TRACE);
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!([other.threshold(), fixed.threshold()], [5, 21]);
    // What is wrong changes nothing.
    std::fs::write(&file, "level = \"loud\"\n").unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!([shop.threshold(), other.threshold()], [1, 5]);
    std::fs::write(&file, "").unwrap();
    wait_for(&shop, Severity::INFO);
    assert_eq!(other.threshold(), 9);
}

#[test]
fn a_control_folder_is_made_followed_and_what_it_says_ends_in_time() {
    let control = folder("control").join("made");
    let made = || config(&[]).set("control", control.to_str().unwrap()).level("warn");
    let telemetry = Telemetry::new(made()).unwrap();
    let [cart, other] = ["shop.cart", "other"].map(|name| telemetry.logger(name));
    telemetry.set_level(Some("shop.cart"), Some(Severity::ERROR));
    set(&control, Some("shop.cart"), Severity::DEBUG, Some(now_ns() + 3_000_000_000));
    wait_for(&cart, Severity::DEBUG);
    assert_eq!(other.threshold(), 13);
    let also = Telemetry::new(made()).unwrap();
    assert_eq!(also.logger("shop.cart").threshold(), 5, "at once for a process that begins");
    wait_for(&cart, Severity::ERROR);
    set(&control, None, Severity::TRACE, None);
    wait_for(&other, Severity::TRACE);
    Control::default().write(&control).unwrap();
    wait_for(&other, Severity::WARN);
}

#[test]
fn disabled_telemetry_stays_off() {
    let control = folder("off");
    set(&control, None, Severity::TRACE, None);
    let off = config(&[]).set("control", control.to_str().unwrap()).set("disabled", true);
    let telemetry = Telemetry::new(off).unwrap();
    telemetry.set_level(None, Some(Severity::TRACE));
    assert!(!telemetry.logger("x").enabled(Severity::FATAL));
}

#[cfg(unix)]
#[test]
fn a_folder_or_a_file_that_others_may_write_does_not_count() {
    use std::os::unix::fs::PermissionsExt;
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let control = folder("permissions");
    set(&control, None, Severity::TRACE, None);
    let refused = |telemetry: &Telemetry| telemetry.logger("x").threshold() == Severity::INFO.number();
    let made = || config(&[]).set("control", control.to_str().unwrap());
    allow(&control.join("levels.json"), 0o666);
    assert!(Control::read_trusted(&control).unwrap_err().to_string().contains("others may write"));
    assert!(Control::read(&control).is_ok(), "for whoever only looks");
    assert!(refused(&Telemetry::new(made()).unwrap()));
    allow(&control.join("levels.json"), 0o644);
    allow(&control, 0o777);
    let error = Telemetry::new(made()).unwrap_err().to_string();
    assert!(error.contains("control") && error.contains("others may write"), "{error}");
    allow(&control, 0o755);
    assert!(!refused(&Telemetry::new(made()).unwrap()));
}

#[test]
fn what_is_wrong_in_a_control_file_is_named() {
    let control = folder("wrong");
    let cases = [
        ("{", "not JSON"),
        ("{}", "levels: missing"),
        (r#"{"levels": [{"logger": "x"}]}"#, "levels[0].level: missing"),
        (r#"{"levels": [{"level": "loud", "until": "soon"}]}"#, "levels[0].until: \"soon\""),
    ];
    for (text, named) in cases {
        std::fs::write(control.join("levels.json"), text).unwrap();
        let error = Control::read(&control).unwrap_err().to_string();
        assert!(error.contains(named), "{text}: {error}");
    }
    std::fs::remove_file(control.join("levels.json")).unwrap();
    assert_eq!(Control::read(&control).unwrap(), Control::default());
}

#[test]
fn what_was_set_reads_back_as_it_was() {
    let control = folder("again");
    let until_ns = Some(1_900_000_000_000_000_000);
    let info2 = Severity::parse("info2").unwrap();
    set(&control, Some("shop.cart"), Severity::DEBUG, until_ns);
    set(&control, None, info2, None);
    set(&control, Some("shop.cart"), Severity::WARN, until_ns);
    let read: Value =
        serde_json::from_str(&std::fs::read_to_string(control.join("levels.json")).unwrap()).unwrap();
    assert_eq!(read["levels"].as_array().unwrap().len(), 2);
    let expected = [
        ControlledLevel { logger: None, level: info2, until_ns: None },
        ControlledLevel { logger: Some("shop.cart".to_owned()), level: Severity::WARN, until_ns },
    ];
    assert_eq!(Control::read(&control).unwrap().levels, expected);
}
