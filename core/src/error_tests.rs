//! What a reader of a set-up error sees, and what he must never see.

use super::*;

#[test]
fn every_problem_has_its_own_line() {
    let error = Error::new(
        ErrorCode::Config,
        vec![
            Problem::new("level", "\"loud\"", "trace, debug"),
            Problem::finding("outputs[1].path", "missing", "a path"),
            Problem::finding("sampel", "unknown key", ""),
        ],
    );
    assert_eq!(
        error.to_string(),
        "level: \"loud\"; accepted: trace, debug\noutputs[1].path: missing; accepted: a path\nsampel: unknown key"
    );
    assert_eq!(error.code(), ErrorCode::Config);
}

#[test]
fn parts_that_are_empty_leave_no_punctuation() {
    assert_eq!(Problem::finding("", "nothing", "").to_string(), "nothing");
    assert_eq!(Problem::finding("", "", "something").to_string(), "accepted: something");
    assert_eq!(Problem::finding("key", "", "").to_string(), "key");
}

#[test]
fn secrets_by_key_are_masked() {
    for key in
        ["outputs[0].password", "OTEL_EXPORTER_API_KEY", "apiKey", "headers.Authorization", "x.client-secret"]
    {
        let problem = Problem::new(key, "hunter2", "something else");
        assert_eq!(problem.value, "[redacted]", "{key}");
        assert!(!problem.to_string().contains("hunter2"));
    }
    assert_eq!(Problem::new("password", "", "text").value, "", "an empty value hides nothing");
    assert_eq!(Problem::new("service", "shop", "text").value, "shop");
}

#[test]
fn user_info_of_urls_is_masked() {
    let cases = [
        ("http://me:pw@host/x", "http://[redacted]@host/x"),
        ("https://tok@host", "https://[redacted]@host"),
        ("http://a:p@w@host:1/p", "http://[redacted]@host:1/p"),
        ("http://host/p@th", "http://host/p@th"),
        ("see ftp://u:p@h and http://v:q@i?x=1", "see ftp://[redacted]@h and http://[redacted]@i?x=1"),
        ("plain", "plain"),
        ("://", "://"),
    ];
    for (given, shown) in cases {
        assert_eq!(Problem::new("endpoint", given, "").value, shown);
    }
}

#[test]
fn a_value_cannot_forge_a_line_or_flood_the_terminal() {
    let problem = Problem::new("k\n2", "a\nb\u{1b}[2J\u{202e}", "");
    assert_eq!(problem.key, "k\\n2");
    assert_eq!(problem.value, "a\\nb\\u{1b}[2J\\u{202e}");
    let long = Problem::new("k", &"ä".repeat(1000), "");
    assert_eq!(long.value.chars().count(), LONGEST_VALUE_CHARS + "[truncated]".len());
}

#[test]
fn helpers_carry_their_class() {
    assert_eq!(Error::argument("name", "", "text").code(), ErrorCode::Argument);
    assert_eq!(Error::already(["service", "level"]).to_string().lines().count(), 2);
    assert_eq!(Error::closed("flush").code().as_str(), "closed");
    assert!(Error::json(17, "a comma").to_string().contains("byte 17"));
    assert!(Error::utf8("message", 3).to_string().contains("byte 3"));
    assert_eq!(Error::limit("depth", "99", "at most 64").code(), ErrorCode::Limit);
    let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    assert!(Error::io("logs/a", &refused).to_string().starts_with("logs/a: "));
}
