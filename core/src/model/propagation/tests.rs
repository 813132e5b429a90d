//! What the fields of the W3C's formats and the correlation id are read from and written as.

use super::*;
use crate::model::baggage::Baggage;
use crate::model::context::SpanContext;

const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn span(value: &str) -> Option<SpanContext> {
    traceparent::parse(value)
}

#[test]
fn traceparent_reads_and_writes() {
    let read = span(GOOD).unwrap();
    assert_eq!(read.trace_id.to_string(), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(read.span_id.to_string(), "b7ad6b7169203331");
    assert!(read.flags.is_sampled() && read.is_remote);
    assert_eq!(traceparent::format(&read).as_str(), GOOD);
    for (given, flags) in [("00", "00"), ("01", "01"), ("02", "02"), ("03", "03"), ("04", "00"), ("ff", "03")]
    {
        let read = span(&format!("{}{given}", &GOOD[..53])).unwrap();
        assert!(traceparent::format(&read).as_str().ends_with(&format!("-{flags}")), "{given}");
    }
    assert_eq!(span(&format!(" \t{GOOD} ")), span(GOOD));
    let context = crate::model::context::Context { span: span(GOOD), carried: None };
    assert_eq!(context.traceparent().as_deref(), Some(GOOD));
}

#[test]
fn later_versions_are_read_as_far_as_they_are_known() {
    let later = |version: &str, rest: &str| format!("{version}{}{rest}", &GOOD[2..]);
    for value in [later("01", ""), later("cc", "-what"), later("cc", "-"), later("fe", "-a-b")] {
        assert_eq!(span(&value), span(GOOD), "{value}");
    }
    for value in [later("cc", ".x"), later("cc", "x"), later("ff", ""), later("ff", "-x"), later("00", "-x")]
    {
        assert_eq!(span(&value), None, "{value}");
    }
}

#[test]
fn malformed_traceparents_are_refused() {
    let bad = [
        "",
        "-",
        "00",
        &GOOD[..54],
        &GOOD.to_uppercase(),
        &GOOD.replace("00-", "0A-"),
        &GOOD.replace("00-", "0g-"),
        &GOOD.replace('-', "_"),
        &GOOD.replace("0af7", "0xf7"),
        &GOOD.replace("0af7", "0 f7"),
        &GOOD.replace("0af7", "0éf"),
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
        "00.0af7651916cd43dd8448eb211c80319c.b7ad6b7169203331.01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
        "\u{fe}0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ];
    for value in bad {
        assert_eq!(span(value), None, "{value:?}");
    }
}

fn state(values: &[&str]) -> Option<String> {
    let read = tracestate::parse_all(values.iter().copied());
    if let [value] = values {
        assert_eq!(tracestate::parse(value), read);
    }
    read.map(String::from)
}

#[test]
fn tracestate_is_kept_as_it_came() {
    let cases: [(&[&str], &str); 12] = [
        (&["a=1"], "a=1"),
        (&["a=1,b=2"], "a=1,b=2"),
        (&[" a=1 , b=2\t"], "a=1,b=2"),
        (&["a=1", "b=2"], "a=1,b=2"),
        (&["a=1,,", "", ",b=2"], "a=1,b=2"),
        (&["foo@bar=1"], "foo@bar=1"),
        (&["0tenant-*/_@system=x"], "0tenant-*/_@system=x"),
        (&["0digit=1"], "0digit=1"),
        (&["t@=1,t@@v=1,t@1v@w=1"], "t@=1,t@@v=1,t@1v@w=1"),
        (
            &["a=with space and !\"#$%&'()*+-./:;<>?@[]^_`{|}~"],
            "a=with space and !\"#$%&'()*+-./:;<>?@[]^_`{|}~",
        ),
        (&["a= x"], "a= x"),
        (&["a=1,a=2"], "a=1,a=2"),
    ];
    for (values, expected) in cases {
        assert_eq!(state(values).as_deref(), Some(expected), "{values:?}");
    }
}

#[test]
fn one_wrong_member_voids_the_tracestate() {
    let long_key = format!("{}=1", "k".repeat(257));
    let long_value = format!("k={}", "v".repeat(257));
    let bad = [
        "",
        ",",
        " ",
        "nokey",
        "=1",
        "a=",
        "a=b=c",
        "A=1",
        "aB=1",
        "a b=1",
        "a,b",
        "é=1",
        "a=é",
        "a=\u{7f}",
        "a=\t1",
        "@v=1",
        "a=1,-b=2",
        &long_key,
        &long_value,
    ];
    for value in bad {
        assert_eq!(state(&[value]), None, "{value:?}");
    }
    assert_eq!(state(&[]), None);
}

#[test]
fn tracestate_is_bounded() {
    let members = |count: usize| (0..count).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join(",");
    assert_eq!(state(&[&members(32)]), Some(members(32)));
    assert_eq!(state(&[&members(33)]), None);
    let long = |last: usize| format!("a={},b={}", "v".repeat(256), "w".repeat(last));
    assert_eq!(state(&[&long(251)]).unwrap().len(), 512);
    assert_eq!(state(&[&long(252)]), None);
    let huge = "a=1,".repeat(1_000_000);
    assert_eq!(state(&[&huge]), None);
}

fn members(values: &[&str]) -> Vec<(String, String)> {
    let members = baggage::parse(values.iter().copied(), &mut Room::default());
    members.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn written<'m>(members: impl IntoIterator<Item = (&'m str, &'m str)>) -> String {
    let mut all = Baggage::default();
    for (name, value) in members {
        all.put(name, value);
    }
    baggage::format(&all)
}

#[test]
fn baggage_reads_members_in_order() {
    let read =
        members(&["userId=am%C3%A9lie, serverNode=DF%2028 ,isProduction=false;p=1;q,empty=", " a = x=y \t"]);
    let expected = [
        ("userId", "amélie"),
        ("serverNode", "DF 28"),
        ("isProduction", "false"),
        ("empty", ""),
        ("a", "x=y"),
    ];
    assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let read = members(&["a=1,b=2", "a=3"]);
    assert_eq!(read, [("a".to_owned(), "3".to_owned()), ("b".to_owned(), "2".to_owned())]);
}

#[test]
fn baggage_skips_what_it_cannot_read() {
    let read = members(&["a=1,novalue,=x,b c=2,d=\"q\",e=5,fé=6,,g=7,h=é,i=a b,j=\\,k(=1"]);
    let names: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "e", "g"]);
}

#[test]
fn baggage_percent_decoding_never_fails() {
    let cases = [
        ("%41%6a%6A", "Ajj"),
        ("%", "%"),
        ("%4", "%4"),
        ("%zz", "%zz"),
        ("%ff", "\u{fffd}"),
        ("%C3", "\u{fffd}"),
        ("%00%0d%0A", "\0\r\n"),
        ("100%25", "100%"),
        ("%%41", "%A"),
        ("%ed%a0%80", "\u{fffd}\u{fffd}\u{fffd}"),
    ];
    for (value, expected) in cases {
        assert_eq!(members(&[&format!("k={value}")]), [("k".to_owned(), expected.to_owned())], "{value}");
    }
}

#[test]
fn baggage_is_bounded_over_all_fields() {
    let list = |prefix: &str, count: usize| {
        (0..count).map(|n| format!("{prefix}{n}=v")).collect::<Vec<_>>().join(",")
    };
    assert_eq!(members(&[&list("k", 70)]).len(), 64);
    assert_eq!(members(&[&list("a", 40), &list("b", 40)]).len(), 64);
    assert_eq!(members(&["bad,".repeat(60).as_str(), &list("k", 10)]).len(), 3, "61 of the 64 are bad");
    let member = |name: &str, length: usize| format!("{name}={}", "x".repeat(length - 2));
    assert_eq!(members(&[&member("a", 4_096)]).len(), 1);
    assert_eq!(members(&[&member("a", 4_097), "b=1"]).len(), 1);
    let (a, b, c) = (member("a", 4_000), member("b", 4_000), member("c", 4_000));
    assert_eq!(members(&[&a, &b, &c]).len(), 2);
    assert_eq!(members(&[&format!("{a},{b},{c}")]).len(), 2);
    assert_eq!(members(&[&a, &b, &format!("d=1,{c},e=1")]).len(), 3);
    assert_eq!(members(&[&a, &format!("{c}{c}{c}"), "d=1"]).len(), 1, "nothing is read behind the limit");
    let exact = format!("{},{}", member("a", 4_096), member("b", 4_095));
    assert_eq!((exact.len(), members(&[&exact]).len()), (8_192, 2));
    assert_eq!(members(&[&"é".repeat(8_000)]).len(), 0);
}

#[test]
fn hostile_baggage_costs_no_time() {
    let started = std::time::Instant::now();
    let fields: Vec<String> = (0..20).map(|_| "a=b,".repeat(50_000)).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let prepared = started.elapsed();
    assert_eq!(members(&fields).len(), 1);
    assert!(started.elapsed() - prepared < std::time::Duration::from_secs(20));
}

#[test]
fn baggage_writes_what_it_reads() {
    assert_eq!(written([("k", "v w"), ("p", "100%,;\"\\=é")]), "k=v%20w,p=100%25%2C%3B%22%5C=%C3%A9");
    assert_eq!(written([("a b", "1"), ("", "1"), ("a,b", "1"), ("é", "1"), ("ok", "")]), "ok=");
    assert_eq!(written([("k", "a\r\nX-Evil: 1\0")]), "k=a%0D%0AX-Evil:%201%00");
    let values = ["", "plain", "ä ö\u{1f600}", "a=b;c,d", "%41", "\u{7f}\u{80}", "\t\n"];
    for value in values {
        assert_eq!(members(&[&written([("k", value)])]), [("k".to_owned(), value.to_owned())], "{value:?}");
    }
}

/// Headers of the characters that matter, by chance but the same each time.
fn headers_by_chance() -> impl Iterator<Item = String> {
    const PARTS: [&str; 24] = [
        "a",
        "b",
        "key",
        "=",
        "=",
        "=",
        ",",
        ",",
        ";",
        "%",
        "%20",
        "%2c",
        "%2C",
        "%C3",
        "%A4",
        "%C3%A4",
        "%F0%9F%98%80",
        "%41",
        "%ED%A0%80",
        "%G0",
        " ",
        "\t",
        "\"",
        "é",
    ];
    let mut state = 1_u64;
    std::iter::repeat_with(move || {
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        (0..next(12)).map(|_| PARTS[next(24) as usize]).collect()
    })
    .take(200_000)
}

#[test]
fn baggage_that_is_passed_on_as_it_came_is_what_its_members_are_written_as() {
    let mut passed_on = 0;
    for header in headers_by_chance() {
        let quick = baggage::parse([header.as_str()].into_iter(), &mut Room::default());
        // A second header has to be taken apart.
        let slow = baggage::parse(["first=1", header.as_str()].into_iter(), &mut Room::default());
        let members: Vec<_> = slow.iter().skip(1).collect();
        assert_eq!(quick.iter().collect::<Vec<_>>(), members, "{header}");
        assert_eq!(baggage::format(&quick), written(members), "{header}");
        passed_on += usize::from(quick.header().is_some());
    }
    assert!(passed_on > 500, "{passed_on}");
}

#[test]
fn written_baggage_keeps_the_limits() {
    let names: Vec<String> = (0..100).map(|n| format!("k{n}")).collect();
    assert_eq!(written(names.iter().map(|name| (name.as_str(), "v"))).split(',').count(), 64);
    let long = "x".repeat(4_094);
    assert_eq!(written([("a", long.as_str())]).len(), 4_096);
    assert_eq!(written([("a", "é".repeat(1_000_000).as_str()), ("b", "1")]), "b=1");
    assert_eq!(written([("ab", long.as_str()), ("c", "1")]), "c=1");
    let three = written([("a", long.as_str()), ("b", &long[..4_093]), ("c", "1")]);
    assert_eq!(three.len(), 8_192);
}

#[test]
fn correlation_ids_are_bounded_and_cannot_forge_headers() {
    assert_eq!(correlation::parse(" req-1\t"), Some("req-1"));
    assert_eq!(correlation::parse(""), None);
    assert_eq!(correlation::parse(" "), None);
    assert_eq!(correlation::parse(&"é".repeat(200)).map(str::len), Some(256));
    assert_eq!(correlation::parse(&format!("a{}", "é".repeat(200))).map(str::len), Some(255));

    assert_eq!(correlation::format("req-1 x%").as_deref(), Some("req-1 x%"));
    assert_eq!(correlation::format("a\r\nX-Evil: 1\0é").as_deref(), Some("a%0D%0AX-Evil: 1%00%C3%A9"));
    assert_eq!(correlation::format(" "), None);
    assert_eq!(correlation::format(&"x".repeat(256)).map(|value| value.len()), Some(256));
    assert!(correlation::format(&"é".repeat(1_000)).is_some_and(|value| value.len() <= 256));
}
