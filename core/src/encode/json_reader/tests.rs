//! What is JSON, what is not, and what becomes of it in a writer.

use super::*;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::target::Target;
use crate::error::ErrorCode;
use crate::model::attributes::Attributes;
use crate::stats::Counts;

/// What the writer holds afterwards, as an object, and the outcome.
fn read_with(
    limits: Limits,
    read: impl FnOnce(&mut AttributeWriter<'_>) -> Result<()>,
) -> (String, Result<()>) {
    let (rules, counts, mut attributes) =
        (Rules::new(limits, &Default::default(), None), Counts::default(), Attributes::default());
    let outcome = read(&mut AttributeWriter::new(&mut attributes, &rules, &counts, Target::Nested));
    let members: Vec<u8> =
        attributes.entries.iter().flat_map(|entry| attributes.member(entry).iter().copied()).collect();
    let text = String::from_utf8(members).unwrap();
    let object = format!("{{{}}}", text.strip_prefix(',').unwrap_or(&text));
    serde_json::from_str::<serde_json::Value>(&object).unwrap_or_else(|error| panic!("{object}: {error}"));
    (object, outcome)
}

fn read(json: impl AsRef<[u8]>) -> String {
    let (object, outcome) = read_with(Limits::default(), |writer| read_json(json.as_ref(), writer));
    outcome.unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(json.as_ref())));
    object
}

#[test]
fn members_arrive_in_order_and_as_they_are() {
    let cases = [
        ("{}", "{}"),
        (" \t\r\n{ \n } \n", "{}"),
        (r#"{"a":1,"b":"x","c":true,"d":false,"e":null}"#, r#"{"a":1,"b":"x","c":true,"d":false,"e":null}"#),
        ("{\n  \"a\" : [ 1 , { \"b\" : [ ] , \"c\" : { } } ]\n}", r#"{"a":[1,{"b":[],"c":{}}]}"#),
        (r#"{"z":1,"a":2,"z":3}"#, r#"{"z":3,"a":2}"#),
        (r#"{"":0," ":1}"#, r#"{"":0," ":1}"#),
    ];
    for (json, expected) in cases {
        assert_eq!(read(json), expected, "{json}");
    }
}

#[test]
fn numbers_keep_their_kind_and_their_digits() {
    let cases = [
        ("0", "0"),
        ("-0", "0"),
        ("-1", "-1"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", r#""9223372036854775808""#),
        ("-9223372036854775809", r#""-9223372036854775809""#),
        ("123456789012345678901234567890", r#""123456789012345678901234567890""#),
        ("1.0", "1.0"),
        ("-0.0", "-0.0"),
        ("0.1", "0.1"),
        ("1e2", "100.0"),
        ("1E+2", "100.0"),
        ("12.5e-1", "1.25"),
        ("1e999", r#""Infinity""#),
        ("-1e999", r#""-Infinity""#),
        ("5e-324", "5e-324"),
        ("1e-999", "0.0"),
    ];
    for (json, expected) in cases {
        assert_eq!(read(format!(r#"{{"n":{json}}}"#)), format!(r#"{{"n":{expected}}}"#), "{json}");
    }
}

#[test]
fn escapes_are_resolved_and_written_anew() {
    let cases = [
        (r#""\"\\\/\b\f\n\r\t""#, r#""\"\\/\b\f\n\r\t""#),
        (r#""\u0041\u00e9\u20AC""#, r#""Aé€""#),
        (r#""\ud83d\ude00x""#, r#""😀x""#),
        (r#""\u0000\u001b\u007f\u2028""#, r#""\u0000\u001b\u007f\u2028""#),
        (r#""😀 raw""#, r#""😀 raw""#),
        (r#""a\\u0041""#, r#""a\\u0041""#),
    ];
    for (json, expected) in cases {
        assert_eq!(read(format!(r#"{{"s":{json}}}"#)), format!(r#"{{"s":{expected}}}"#), "{json}");
        assert_eq!(read(format!(r#"{{{json}:1}}"#)), format!(r#"{{{expected}:1}}"#), "{json}");
    }
}

#[test]
fn ill_formed_text_is_repaired_and_counted_once_a_string() {
    let cases: [(&[u8], &str); 9] = [
        (br"\ud800", "\u{fffd}"),
        (br"\udc00x", "\u{fffd}x"),
        (br"\ud800\ud800\udc00", "\u{fffd}\u{10000}"),
        (br"a\ud800b", "a\u{fffd}b"),
        (br"\ud800\n", "\u{fffd}\\n"),
        (br"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        (b"\xff", "\u{fffd}"),
        (b"a\xc3", "a\u{fffd}"),
        (b"\\u0041\xff", "A\u{fffd}"),
    ];
    for (inside, expected) in cases {
        let json = [br#"{"s":""#, inside, br#""}"#].concat();
        assert_eq!(read(&json), format!(r#"{{"s":"{expected}"}}"#));
        let (rules, counts, mut attributes) = (
            Rules::new(Limits::default(), &Default::default(), None),
            Counts::default(),
            Attributes::default(),
        );
        read_json(&json, &mut AttributeWriter::new(&mut attributes, &rules, &counts, Target::Log)).unwrap();
        assert_eq!(counts.sanitized_utf8.get(), 1);
    }
    assert_eq!(read(b"{\"\xff\":1,\"\\ud800\":2}"), "{\"\u{fffd}\":2}");
}

/// Text that is not JSON and the byte where that shows.
const BAD: &[(&str, usize)] = &[
    ("", 0),
    ("  ", 2),
    ("[]", 0),
    ("1", 0),
    ("null", 0),
    ("\"x\"", 0),
    ("{", 1),
    ("{,", 1),
    ("}", 0),
    ("{1:2}", 1),
    ("{'a':1}", 1),
    ("{a:1}", 1),
    (r#"{"a"}"#, 4),
    (r#"{"a" 1}"#, 5),
    (r#"{"a":}"#, 5),
    (r#"{"a":1"#, 6),
    (r#"{"a":1,}"#, 7),
    (r#"{"a":1 "b":2}"#, 7),
    (r#"{"a":1]"#, 6),
    (r#"{"a":[1}"#, 7),
    (r#"{"a":[1,]}"#, 8),
    (r#"{"a":[1 2]}"#, 8),
    (r#"{"a":[}"#, 6),
    (r#"{"a":1}x"#, 7),
    (r#"{"a":1}{}"#, 7),
    (r#"{"a":01}"#, 6),
    (r#"{"a":+1}"#, 5),
    (r#"{"a":-}"#, 6),
    (r#"{"a":1.}"#, 7),
    (r#"{"a":.5}"#, 5),
    (r#"{"a":1e}"#, 7),
    (r#"{"a":1e+}"#, 8),
    (r#"{"a":0x1}"#, 6),
    (r#"{"a":NaN}"#, 5),
    (r#"{"a":Infinity}"#, 5),
    (r#"{"a":True}"#, 5),
    (r#"{"a":nul}"#, 5),
    (r#"{"a":truex}"#, 9),
    (r#"{"a":"x}"#, 8),
    (r#"{"a":"\x"}"#, 6),
    (r#"{"a":"\u12"}"#, 6),
    (r#"{"a":"\u123g"}"#, 6),
    (r#"{"a":"\"#, 6),
    ("{\"a\":\"b\nc\"}", 7),
    ("{\"a\":\"\u{1}\"}", 6),
    ("{\"a\":1 /* no */}", 7),
    ("\u{feff}{}", 0),
    ("{\"a\":1}\0", 7),
];

#[test]
fn errors_name_the_byte_and_what_is_expected() {
    for (json, offset) in BAD {
        let (_, outcome) = read_with(Limits::default(), |writer| read_json(json.as_bytes(), writer));
        let error = outcome.expect_err(json);
        assert_eq!(error.code(), ErrorCode::Json);
        assert!(
            error.to_string().starts_with(&format!("JSON: not valid at byte {offset}; accepted: ")),
            "{json}: {error}"
        );
    }
}

#[test]
fn what_is_skipped_is_checked_all_the_same() {
    let shallow = || Limits { depth: 1, attributes: 1, ..Limits::default() };
    for (json, offset) in BAD {
        // Once too deep to be written, once behind the last member that fits.
        for (before, after) in [(r#"{"o":{"deep":{"in":"#, "}}}"), (r#"{"o":{"k":1,"in":"#, "}}")] {
            let Some(inner) = json.strip_prefix(r#"{"a":"#).and_then(|json| json.strip_suffix('}')) else {
                continue;
            };
            let wrapped = format!("{before}{inner}{after}");
            let (_, outcome) = read_with(shallow(), |writer| read_json(wrapped.as_bytes(), writer));
            assert!(outcome.is_err(), "{wrapped} {offset}");
        }
    }
    let (object, outcome) = read_with(shallow(), |writer| {
        read_json(br#"{"o":{"k":1,"l":[{"m":"\u0041"},-1.5e3,null]}}"#, writer)
    });
    assert_eq!((object.as_str(), outcome), (r#"{"o":{"k":1,"[truncated]":"[truncated]"}}"#, Ok(())));
}

#[test]
fn an_error_leaves_the_writer_well_formed() {
    let whole = r#"{"a":{"b":[1,{"c":"d\n"},true],"e":-1.5},"f":null}"#;
    for end in 0..whole.len() {
        let (object, outcome) =
            read_with(Limits::default(), |writer| read_json(&whole.as_bytes()[..end], writer));
        assert!(outcome.is_err(), "{end}");
        assert!(object.starts_with('{'), "{object}");
    }
    let (object, _) = read_with(Limits::default(), |writer| read_json(br#"{"a":1,"b":{"c":[2,x"#, writer));
    assert_eq!(object, r#"{"a":1,"b":{"c":[2,null]}}"#);
}

#[test]
fn single_values() {
    for (json, expected) in [("1", "1"), (" \"x\" ", "\"x\""), ("[1]", "[1]"), ("{\"a\":{}}", "{\"a\":{}}")] {
        let (object, outcome) = read_with(Limits::default(), |writer| {
            writer.key("k");
            read_json_value(json.as_bytes(), writer)
        });
        assert_eq!((object, outcome), (format!("{{\"k\":{expected}}}"), Ok(())));
    }
    for json in ["", "1 2", "x", "[1"] {
        let (object, outcome) = read_with(Limits::default(), |writer| {
            writer.key("k");
            read_json_value(json.as_bytes(), writer)
        });
        assert!(outcome.is_err() && object.starts_with("{\"k\":"), "{json}: {object}");
    }
}

#[test]
fn limits_and_redaction_are_the_writers() {
    let limits = Limits { attributes: 2, string_bytes: 4, ..Limits::default() };
    let json = br#"{"password":"x","token":{"a":["b"]},"long":"abcdefgh"}"#;
    let (object, outcome) = read_with(limits, |writer| read_json(json, writer));
    assert_eq!(outcome, Ok(()));
    assert!(object.starts_with(r#"{"password":"[redacted]","token":"[redacted]""#), "{object}");
    assert!(!object.contains("abcd"), "{object}");
}

#[test]
fn no_depth_exhausts_the_stack() {
    let limits = || Limits { depth: crate::encode::attributes::limits::HARD_DEPTH, ..Limits::default() };
    let deep = format!(r#"{{"d":{}1{}}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
    let (object, outcome) = read_with(limits(), |writer| read_json(deep.as_bytes(), writer));
    assert_eq!(outcome, Ok(()));
    assert!(object.contains("[truncated]") && object.len() < 300, "{object}");
    let open = format!(r#"{{"d":{}"#, r#"{"x":["#.repeat(500_000));
    let (_, outcome) = read_with(limits(), |writer| read_json(open.as_bytes(), writer));
    assert!(outcome.is_err());
}

#[test]
fn any_change_of_a_byte_is_an_error_or_read_and_agrees_with_a_reference() {
    let whole = br#"{"a":{"b":[1,-2.5e1,"\u00e9\n"],"c":null},"d":true}"#;
    for at in 0..whole.len() {
        for byte in
            [b'{', b'}', b'[', b']', b'"', b'\\', b',', b':', b'0', b'-', b'.', b'e', b' ', b'x', 0, 0x80]
        {
            let mut changed = whole.to_vec();
            changed[at] = byte;
            let (_, outcome) = read_with(Limits::default(), |writer| read_json(&changed, writer));
            let reference = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&changed);
            let text = String::from_utf8_lossy(&changed);
            // Where they differ by design: text that is repaired instead of refused.
            if byte != 0x80 && !text.contains(r"\ud") {
                assert_eq!(outcome.is_ok(), reference.is_ok(), "{text}");
            }
        }
    }
}
