//! What passes, and what is said of mistakes.

mod hostile;

use super::*;

fn times(since: Option<&str>, until: Option<&str>) -> Times {
    Times { since: since.map(str::to_owned), until: until.map(str::to_owned) }
}

fn filter(text: &str) -> Filter {
    Filter::read(text, &times(None, None)).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

/// Whether it passes, by the filter itself and by its needle, which has to find all that pass.
fn passes(text: &str, line: &str) -> bool {
    let filter = filter(text);
    let passes = filter.passes(line.as_bytes());
    if let Some(needle) = filter.needle() {
        let block = format!("{{}}\n\n{line}\n{{\"other\":1}}\n");
        let mut found = false;
        needle.lines(block.as_bytes(), |candidate| found |= candidate == line.as_bytes());
        assert!(found || !passes, "{text} does not find {line}");
    }
    passes
}

const LINE: &str = r#"{"timestamp":"2026-11-30T10:00:00.000001Z","level":"WARN","message":"order \"42\" timed out in Köln","logger":"shop.cart","service":"shop","pid":7,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","user_id":"u-7","http.route":"/cart/{id}","duration_ns":1500000,"ratio":0.5,"ok":true,"none":null,"tags":["blue","red",3],"big":"18446744073709551616","error":{"type":"KeyError","message":"k","cause":{"type":"OSError"}}}"#;
const SPAN: &str = r#"{"timestamp":"2026-11-30T10:00:00.000001Z","kind":"span","name":"GET /cart","service":"shop","duration_ns":5,"attributes":{"http.response.status_code":503,"db":{"rows":2}}}"#;

#[test]
fn each_kind_of_term_holds_and_does_not_hold() {
    for (yes, no) in [
        ("", "absent-word"),
        ("level>=warn", "level>=error"),
        ("level=WARN", "level=info"),
        ("level<=warning level>debug level<error", "level>warn"),
        ("level!=info", "level!=warn"),
        ("service=shop", "service=sho"),
        ("logger=shop.*", "logger=*.shop"),
        ("logger=sh*p.*rt logger=* absent!=*", "logger=sh*x*rt"),
        ("trace=4bf9 trace=4BF92F3577B34DA6A3CE929D0E0E4736", "trace=bf92"),
        ("user_id!=7", "user_id=7"),
        ("absent!=7", "absent=7"),
        ("pid=7 pid=7.0 pid=0.7e1 pid!=70 pid=\"7\"", "pid=77"),
        ("duration_ns>1000000 duration_ns<=1.5e6", "duration_ns<1500000"),
        ("ratio>=0.5 ratio<1", "ratio>0.5"),
        ("big>18446744073709551615", "big>18446744073709551616"),
        ("ok=true none=null", "ok=false"),
        ("tags=blue tags=3 tags~ed", "tags=green"),
        ("tags=b*", "tags=x*"),
        ("message~\"timed out\"", "message~\"timed  out\""),
        ("message!~refused absent!~x", "message!~timed"),
        ("message=\"order \\\"42\\\" timed out in Köln\"", "message=order"),
        ("message~'\"42\"'", "message~'\\\"42\\\"'"),
        ("http.route=/cart/{id} http.route~/cart", "http.route=/cart"),
        ("error.type=KeyError error.cause.type=OSError error=*", "error.type=OSError"),
        ("kind=log kind!=span", "kind=span"),
        ("timestamp>=2026-11-30T10:00Z timestamp<2026-11-30T11:00:00+01:00", "timestamp<2026-11-30T10:00"),
        ("timed \"out in\" Köln \"\\\"42\\\"\" u-7", "\"timed u-7\""),
    ] {
        if yes != "timestamp>=2026-11-30T10:00Z timestamp<2026-11-30T11:00:00+01:00" {
            assert!(passes(yes, LINE), "{yes}");
        }
        assert!(!passes(no, LINE), "{no}");
    }
    assert!(passes("timestamp>=2026-11-30T10:00Z timestamp<2026-11-30T11:00:01+01:00", LINE));
}

#[test]
fn a_filter_asks_for_all_of_its_terms() {
    assert!(passes("level>=warn service=shop timed", LINE));
    for one_is_wrong in
        ["level>=fatal service=shop timed", "level>=warn service=x timed", "level>=warn service=shop x"]
    {
        assert!(!passes(one_is_wrong, LINE), "{one_is_wrong}");
    }
}

#[test]
fn attributes_of_spans_are_found_without_saying_where_they_are() {
    for yes in [
        "kind=span http.response.status_code>=500",
        "attributes.http.response.status_code=503",
        "db.rows=2",
        "attributes.db.rows=2",
    ] {
        assert!(passes(yes, SPAN), "{yes}");
    }
    assert!(!passes("level>=trace", SPAN), "a span has no level");
    assert!(!passes("kind=log", SPAN) && !passes("kind=metric", SPAN));
    // The top comes first.
    assert!(passes("duration_ns=5", SPAN));
}

#[test]
fn a_number_is_found_wherever_its_key_stands() {
    for (yes, line) in [
        ("n=3", r#"{"m":{"n":1},"n":3}"#),
        ("a.n>2", r#"{"n":1,"a":{"n":3}}"#),
        ("a.n>2", r#"{"n":1,"a.n":3}"#),
        ("n>2", r#"{"kind":"span","attributes":{"n":3.5}}"#),
        ("n>2", r#"{"n":"3"}"#),
        ("n>2", r#"{"n" : [1, 3]}"#),
        ("n<-2 n>-1e3", r#"{"x":"n","n":-3}"#),
    ] {
        assert!(passes(yes, line), "{yes} {line}");
        assert!(!passes(&format!("{yes} n=7"), line) && !passes("n>2000", line), "{yes} {line}");
    }
}

#[test]
fn lines_of_other_writers_are_found_too() {
    let other = "{ \"level\" : \"WARN\", \"message\": \"in K\\u00f6ln a\\/b\", \"user\\u005fid\": \"\\u0075-7\", \"n\" : [ 1 , 2 ] }\r";
    for yes in [
        "level=warn",
        "message=\"in Köln a/b\"",
        "Köln",
        "a/b",
        "user_id=u-7",
        "user_id=u*",
        "n=2",
        "message~/b",
    ] {
        assert!(passes(yes, other), "{yes}");
    }
}

#[test]
fn what_is_no_json_has_words_only() {
    for line in
        ["plain text, timed out", "{\"service\":\"shop\",\"torn", "[1]", "{\"service\":\"shop\"} more"]
    {
        assert!(!passes("service=shop", line) && !passes("user_id!=7", line), "{line}");
        assert!(passes("", line));
    }
    assert!(passes("\"timed out\"", "plain text, timed out"));
    assert!(!passes("timed service=shop", "plain text, timed out"));
}

#[test]
fn bounds_of_time_are_from_the_first_on_and_before_the_second() {
    let between = |since, until| {
        Filter::read("", &times(since, until))
            .unwrap_or_else(|problem| panic!("{problem}"))
            .passes(LINE.as_bytes())
    };
    assert!(between(Some("2026-11-30T10:00:00.000001Z"), None));
    assert!(!between(Some("2026-11-30T10:00:00.000002Z"), None));
    assert!(!between(None, Some("2026-11-30T10:00:00.000001Z")));
    assert!(between(None, Some("2026-11-30T11:00:01+01:00")));
    assert!(between(Some("2026-11-30"), Some("2026-12-01")) && between(Some("2026-11-30 09:59"), None));
    let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    for (text, seconds) in [("10m", 600), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800), ("-5s", 5)] {
        assert_eq!(bounds::time_us(text, now), Some((1_000_000 - seconds) * 1_000_000), "{text}");
    }
    let without = Filter::read("", &times(Some("1h"), None)).ok().unwrap();
    assert!(!without.passes(b"{\"message\":\"no time\"}") && !without.passes(b"plain"));
}

#[test]
fn all_mistakes_are_told_at_once_with_what_is_accepted() {
    let text =
        "level>=loud kind=trace duration_ns>fast service> =shop a==b timestamp>soon kind>span ok=1 \"open";
    let Err(problem) = Filter::read(text, &times(Some("yesterday"), Some("1 month"))) else { panic!() };
    let told = problem.to_string();
    let lines: Vec<&str> = told.split("\nvigie: ").collect();
    assert_eq!(
        lines,
        [
            "filter level>=loud: `loud` is no level; accepted: trace, debug, info, warn, error, fatal",
            "filter kind=trace: `trace` is no kind; accepted: log, span, metric",
            "filter duration_ns>fast: `fast` is no number; > compares numbers, level and timestamp",
            "filter service>: no value behind >; accepted: a word or a text in quotes",
            "filter =shop: no key in front of =; text with operators in it stands in quotes",
            "filter a==b: == is no operator; accepted: != !~ >= <= = ~ > <",
            "filter timestamp>soon: `soon` is no time; accepted: one such as 2026-11-30T10:00Z, or 10m back from now",
            "filter kind>span: a kind is compared with = and !=",
            "filter \"open: the quote is not closed",
            "--since yesterday: no time; accepted: a length of time back from now such as 10m, 2h or 1d, or a time such as \
             2026-11-30T10:00Z or 2026-11-30, which is UTC without a zone",
            "--until 1 month: no time; accepted: a length of time back from now such as 10m, 2h or 1d, or a time such as \
             2026-11-30T10:00Z or 2026-11-30, which is UTC without a zone",
        ]
    );
}
