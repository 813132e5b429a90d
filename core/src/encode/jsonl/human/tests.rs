//! What a terminal shows, to the byte, and what it must never get to see.

use super::*;

fn shown(line: &str) -> String {
    let mut out = Vec::new();
    render(line.as_bytes(), Style { colour: false }, &mut out);
    String::from_utf8(out).unwrap()
}

const LOG: &str = r#"{"timestamp":"2026-01-02T03:04:05.123456Z","level":"INFO","message":"order \"42\" placed","logger":"shop.cart","service":"shop","version":"1","environment":"prod","host":"h","pid":1,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","user_id":"u-7","template":"order {order_id} placed","order_id":42,"text":"two words","empty":"","list":[1,"a,b"],"map":{"k":"}"},"eq":"a=b"}"#;

#[test]
fn a_log_line() {
    assert_eq!(
        shown(LOG),
        "03:04:05.123Z INFO  shop.cart order \"42\" placed  user_id=u-7 order_id=42 text=\"two words\" empty=\"\" \
         list=[1,\"a,b\"] map={\"k\":\"}\"} eq=\"a=b\" trace=4bf92f35\n"
    );
}

#[test]
fn what_enrichment_tells_is_not_repeated_in_front_of_people() {
    let of = |more: &str| {
        shown(&format!(
            r#"{{"timestamp":"2026-01-02T03:04:05.123456Z","level":"INFO","message":"m","service":"s","host":"h",{more}}}"#
        ))
    };
    let told = r#""container.id":"c","k8s.pod.name":"p","thread.id":7,"thread.name":"main","a":1"#;
    assert_eq!(of(told), "03:04:05.123Z INFO  m  thread.id=7 thread.name=main a=1\n");
    assert_eq!(of(r#""a":1,"container.id":"c""#), "03:04:05.123Z INFO  m  a=1 container.id=c\n");
}

#[test]
fn an_error_stands_underneath_with_its_causes() {
    let line = r#"{"timestamp":"2026-01-02T03:04:05.123456Z","level":"ERROR","message":"failed","service":"s","error":{"type":"ValueError","message":"bad\nvalue","stack":"Traceback:\n  File \"a.py\"\n\n  C:\\new\u001b","cause":{"type":"KeyError","message":"k"}}}"#;
    assert_eq!(
        shown(line),
        "03:04:05.123Z ERROR failed\n    ValueError: bad\\nvalue\n      Traceback:\n        File \"a.py\"\n        \
         C:\\\\new\\u001b\n    caused by KeyError: k\n"
    );
}

#[test]
fn a_span_and_metrics_take_a_line_each() {
    let span = r#"{"timestamp":"2026-01-02T03:04:05.123456Z","kind":"span","name":"checkout","service":"s","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","parent_span_id":"1111111111111111","span_kind":"server","duration_ns":1234567,"status":"error","status_message":"no stock","scope":"x","attributes":{"a":1,"b":"c d"},"events":[{"name":"e","attributes":{"x":[1,2]}},{"name":"f"}],"links":[{}]}"#;
    assert_eq!(
        shown(span),
        "03:04:05.123Z SPAN  checkout 1.2 ms error: no stock server a=1 b=\"c d\" events=2 links=1 trace=4bf92f35 \
         span=00f067aa parent=11111111\n"
    );
    let counter = r#"{"timestamp":"2026-01-02T03:04:05.123456Z","kind":"metric","name":"orders_total","service":"s","type":"counter","unit":"1","temporality":"cumulative","attributes":{"region":"eu"},"value":3}"#;
    assert_eq!(shown(counter), "03:04:05.123Z METRIC orders_total 3 region=eu\n");
    let histogram = r#"{"timestamp":"2026-01-02T03:04:05.123456Z","kind":"metric","name":"d","service":"s","type":"histogram","unit":"s","attributes":{},"count":2,"sum":0.5,"min":0.1,"max":0.4,"buckets":[["+Inf",2]]}"#;
    assert_eq!(shown(histogram), "03:04:05.123Z METRIC d s count=2 sum=0.5 min=0.1 max=0.4\n");
}

#[test]
fn durations_have_a_unit_that_suits() {
    for (ns, text) in [(0_u64, "0 ns"), (999, "999 ns"), (1_500, "1.5 us"), (59_900_000_000, "59.90 s")] {
        let line = format!(r#"{{"kind":"span","name":"n","duration_ns":{ns},"status":"unset"}}"#);
        assert_eq!(shown(&line), format!("--:--:--.---Z SPAN  n {text}\n"));
    }
}

#[test]
fn no_control_reaches_the_terminal() {
    let hostile = r#"\u001b[2J\u0007\r\n\t\u202e\u2028\u0085"#;
    let line = format!(
        r#"{{"timestamp":"2026-01-02T03:04:05.123456Z","level":"FATAL","message":"{hostile}","logger":"{hostile}","k{hostile}":"{hostile}","error":{{"type":"{hostile}","message":"{hostile}","stack":"{hostile}"}}}}"#
    );
    let text = shown(&line);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    // Only the stack is broken into lines, and those are indented.
    assert_eq!(text.lines().count(), 4);
    assert!(text.lines().skip(1).all(|line| line.starts_with("    ")), "{text}");
}

#[test]
fn colours_add_nothing_but_colours() {
    let mut out = Vec::new();
    render(LOG.as_bytes(), Style { colour: true }, &mut out);
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("\x1b[32mINFO\x1b[0m"));
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, shown(LOG));
}

#[test]
fn anything_else_is_copied_and_nothing_panics() {
    assert_eq!(shown("not json"), "not json\n");
    assert_eq!(shown(""), "\n");
    assert_eq!(shown("{}"), "--:--:--.---Z   \n");
    for end in 0..LOG.len() {
        if let Some(cut) = LOG.get(..end) {
            shown(cut);
            shown(&format!("{cut}}}"));
            shown(&format!("{cut}\"}}"));
        }
    }
}
