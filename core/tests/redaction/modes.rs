//! What stands in the place of a secret, and what is counted.

use serde_json::{Value, json};
use std::time::Duration;
use vigie_core::{Config, Environment, Severity, Telemetry, read_json};

const CARD: &str = "4111 1111 1111 1111";

fn telemetry(redact: Value) -> Telemetry {
    Telemetry::new(Config::new("shop").output(json!({"to": "memory"})).set("redact", redact)).unwrap()
}

fn last(t: &Telemetry) -> Value {
    assert!(t.flush(Duration::from_secs(30)));
    serde_json::from_str(t.memory_lines().last().unwrap()).unwrap()
}

fn log(t: &Telemetry, attributes: &Value) -> Value {
    let logger = t.logger("shop");
    let mut record = logger.record(Severity::INFO).unwrap();
    record.message("m");
    read_json(attributes.to_string().as_bytes(), &mut record.attributes()).unwrap();
    record.emit();
    last(t)
}

fn counted(t: &Telemetry) -> Value {
    serde_json::from_str::<Value>(&t.stats_json()).unwrap()["redacted_by"].clone()
}

#[test]
fn a_hash_tells_equal_secrets_and_nothing_else() {
    let t = telemetry(json!({"mode": "hash", "hash_key": "0123456789abcdef"}));
    let line = log(
        &t,
        &json!({"password": "hunter2", "v": "pwd=hunter2;", "pin": 1234, "w": "pin=1234", "secret": {"a": 1}}),
    );
    assert_eq!(line["password"], "[redacted:deda27db]");
    assert_eq!(line["v"], "pwd=[redacted:deda27db];");
    assert_eq!(
        line["w"],
        format!("pin={}", line["pin"].as_str().unwrap()),
        "a number is hashed as it is written"
    );
    assert_eq!(line["secret"], "[redacted]", "what a container holds is not looked at");
    t.logger("shop").info("pwd {password} {pin:04d}").attr("password", "hunter2").attr("pin", 1234).emit();
    let line = last(&t);
    assert_eq!(line["message"], format!("pwd [redacted:deda27db] {}", line["pin"].as_str().unwrap()));
}

#[test]
fn what_is_dropped_leaves_nothing_behind() {
    let t = telemetry(json!({"mode": "drop"}));
    let line = log(
        &t,
        &json!({"password": "a", "n": 1, "in": {"token": "a", "b": 2, "secret": [1], "c": 3}, "all": {"pwd": "a"},
                "v": format!("by {CARD}, thanks"), "secret": [1, 2], "pin": 1, "list": [{"pwd": 1, "cookie": "x"}]}),
    );
    let kept = json!({"n": 1, "in": {"b": 2, "c": 3}, "all": {}, "v": "by , thanks", "list": [{"pwd": 1}]});
    for (key, value) in kept.as_object().unwrap() {
        assert_eq!(line[key], *value, "{key}");
    }
    for key in ["password", "secret", "pin"] {
        assert!(line.get(key).is_none(), "{key}");
    }
    let logger = t.logger("shop");
    let secret = format!("ghp_{}", "a1B2".repeat(9));
    let bytes = vec![b"ok".as_slice(), secret.as_bytes(), b"fine".as_slice()];
    logger
        .info("pwd {password}")
        .attr("password", "a")
        .attr("list", bytes)
        .attr("raw", secret.as_bytes())
        .emit();
    let line = last(&t);
    assert_eq!(line["message"], "pwd {password}");
    assert_eq!(line["list"], json!(["b2s=", "ZmluZQ=="]));
    assert!(line.get("raw").is_none());
}

#[test]
fn each_rule_and_pattern_counts_what_it_found() {
    let t =
        telemetry(json!({"patterns": {"badge": "B-[0-9]{6}", "never": "zzzz"}, "rules": {"email": true}}));
    assert_eq!(counted(&t), json!({}));
    let github = format!("ghp_{}", "a1B2".repeat(9));
    log(
        &t,
        &json!({"password": "a", "secret": [1], "v": format!("{github} {github} B-123456 and {CARD}"), "w": "B-123456"}),
    );
    log(&t, &json!({"x": "ann@shop.example", "y": "http://u:p@h/", "z": "pwd=x1", (github): 1}));
    assert_eq!(
        counted(&t),
        json!({"key": 2, "token": 2, "card": 1, "badge": 2, "email": 1, "url": 1, "assignment": 1})
    );
    let stats: Value = serde_json::from_str(&t.stats_json()).unwrap();
    assert_eq!(stats["redacted"], 8, "a value is counted once, whatever is in it");
}

#[test]
fn rules_can_be_turned_off_and_keys_allowed() {
    let rules = json!({"card": false, "token": false, "jwt": false, "pem": false, "url": false, "assignment": false, "iban": false});
    let t = telemetry(json!({"rules": rules, "allow": ["session_token"]}));
    let pem = "-----BEGIN PRIVATE KEY-----\na\n-----END PRIVATE KEY-----";
    let attributes = json!({"a": CARD, "b": format!("ghp_{}", "a1B2".repeat(9)), "c": "http://u:p@h/", "d": "pwd=x1", "e": pem,
        "f": "DE89370400440532013000", "g": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "session_token": "s"});
    let line = log(&t, &attributes);
    for (key, value) in attributes.as_object().unwrap() {
        assert_eq!(line[key], *value, "{key}");
    }
    assert_eq!(log(&t, &json!({"token": "s"}))["token"], "[redacted]");
}

#[test]
fn a_secret_that_a_limit_would_cut_is_masked_whole() {
    let limits = json!({"string_bytes": 32, "key_bytes": 32});
    let redact = json!({"patterns": {"badge": "B-[0-9]{6,}"}});
    let config =
        Config::new("shop").output(json!({"to": "memory"})).set("limits", limits).set("redact", redact);
    let t = Telemetry::new(config).unwrap();
    for secret in [
        CARD,
        "DE89 3704 0044 0532 0130 00",
        "B-1234567890",
        "pwd=hunter2hunter2",
        "http://u:hunter2hunter2@h/",
    ] {
        for pad in 0..40 {
            let text = format!("{} {secret} and more of it", "x".repeat(pad));
            let line = log(&t, &json!({"v": text, (text.as_str()): 1})).to_string();
            let tail = &secret[secret.len() - 12..secret.len() - 4];
            assert!(!line.contains(tail) && !line.contains("4111 1111") && !line.contains("B-1"), "{line}");
        }
    }
    let jwt = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2lnbmF0dXJl", "a1B2".repeat(10_000));
    assert_eq!(log(&t, &json!({"v": jwt}))["v"], "[redacted][truncated]");
}

#[test]
fn patterns_hold_after_reconfigure_and_for_texts_of_any_length() {
    let t = telemetry(json!({"patterns": {"short": "q[0-9]"}}));
    assert_eq!(log(&t, &json!({"v": "q1"}))["v"], "[redacted]");
    let document = |pattern: &str| {
        json!({"service": "shop", "outputs": [{"to": "memory"}], "redact": {"patterns": {"other": pattern}}})
            .to_string()
    };
    t.reconfigure(&document("w[0-9]"), &Environment::empty()).unwrap();
    let line = log(&t, &json!({"v": "q1 w1"}));
    assert_eq!(line["v"], "q1 [redacted]");
    assert_eq!(counted(&t), json!({"short": 1, "other": 1}));
}
