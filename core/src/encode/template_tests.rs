//! Templates: what is a hole, what is not, and how values look in a message.

use super::*;

fn escape(out: &mut Vec<u8>, text: &str) {
    let json = serde_json::to_string(text).unwrap();
    out.extend_from_slice(&json.as_bytes()[1..json.len() - 1]);
}

const VALUES: [(&str, &str); 17] = [
    ("name", r#""Ada""#),
    ("quoted", r#""say \"hi\" \\ \u001b""#),
    ("n", "42"),
    ("neg", "-42"),
    ("big", "9223372036854775807"),
    ("f", "9.5"),
    ("third", "0.3333333333333333"),
    ("huge", "1e+300"),
    ("yes", "true"),
    ("nil", "null"),
    ("nan", r#""NaN""#),
    ("list", r#"["a\"b",1]"#),
    ("map", r#"{"k":"v"}"#),
    ("http.route", r#""/a""#),
    ("x-y", "1"),
    ("größe", "2"),
    ("empty", r#""""#),
];

fn full(template: &str, limit: usize) -> (String, bool) {
    let mut out = Vec::new();
    let find = |name: &str| VALUES.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_bytes());
    let changed = render(template, limit, escape, find, &mut out);
    (String::from_utf8(out).unwrap(), changed)
}

fn message(template: &str) -> String {
    let (text, changed) = full(template, 65_536);
    let read: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
    assert_eq!(changed, read != template, "changed is reported exactly: {template}");
    read
}

#[test]
fn holes_are_filled_from_encoded_values() {
    let cases = [
        ("plain", "plain"),
        ("", ""),
        ("User {name} paid", "User Ada paid"),
        ("{name}{name}", "AdaAda"),
        ("{quoted}", "say \"hi\" \\ \u{1b}"),
        ("{n} {neg} {f} {yes} {nil} {nan}", "42 -42 9.5 true null NaN"),
        ("{list} {map}", r#"["a\"b",1] {"k":"v"}"#),
        ("{http.route} {x-y} {größe}", "/a 1 2"),
        ("[{empty}]", "[]"),
        ("line\n\"{n}\"", "line\n\"42\""),
    ];
    for (template, expected) in cases {
        assert_eq!(message(template), expected, "{template}");
    }
}

#[test]
fn formats_apply_to_numbers_only() {
    let cases = [
        ("{f:.2f}", "9.50"),
        ("{f:.0f}", "10"),
        ("{n:.2f}", "42.00"),
        ("{n:.0f}", "42"),
        ("{third:.3f}", "0.333"),
        ("{big:.1f}", "9223372036854775807.0"),
        ("{nan:.2f}", "NaN"),
        ("{n:08d}", "00000042"),
        ("{neg:08d}", "-0000042"),
        ("{n:8d}|", "      42|"),
        ("{n:d}", "42"),
        ("{n:1d}", "42"),
        ("{n:099d}", &format!("{:099}", 42)),
        ("{f:d}", "{f:d}"),
        ("{name:.2f}", "{name:.2f}"),
        ("{name:d}", "{name:d}"),
        ("{yes:d}", "{yes:d}"),
        ("{list:.1f}", "{list:.1f}"),
        ("{n:x}", "{n:x}"),
        ("{n:.f}", "{n:.f}"),
        ("{n:.100f}", "{n:.100f}"),
        ("{n:100d}", "{n:100d}"),
        ("{n:>8}", "{n:>8}"),
        ("{n:}", "{n:}"),
    ];
    for (template, expected) in cases {
        assert_eq!(message(template), expected, "{template}");
    }
}

#[test]
fn anything_else_in_braces_stays_as_written() {
    for template in [
        "{missing}",
        "{}",
        "{ n }",
        "{0}{1}",
        "{n",
        "n}",
        "{",
        "}",
        "{n:",
        "{n:08d",
        "{\"a\": 1}",
        "{n!r}",
        "{n[0]}",
        "${jndi:ldap://x}",
        "{n:08d:}",
        "a } b { c",
    ] {
        assert_eq!(message(template), template);
    }
}

#[test]
fn doubled_braces_mean_one() {
    let cases = [
        ("{{n}}", "{n}"),
        ("{{{n}}}", "{42}"),
        ("{{}}", "{}"),
        ("}}{{", "}{"),
        ("{{{{", "{{"),
        ("{n}}}", "42}"),
        ("{{{", "{{"),
    ];
    for (template, expected) in cases {
        assert_eq!(message(template), expected, "{template}");
    }
}

#[test]
fn a_value_is_never_a_template() {
    let mut out = Vec::new();
    render("{a}", 100, escape, |_| Some(br#""{b} {{""#.as_slice()), &mut out);
    assert_eq!(out, b"{b} {{");
}

#[test]
fn names_are_bounded() {
    let long = format!("{{{}}}", "a".repeat(257));
    assert!(parts(&long).all(|part| matches!(part, Part::Text(_))));
    let fits = format!("{{{}}}", "a".repeat(256));
    assert!(matches!(parts(&fits).next(), Some(Part::Hole { .. })));
}

#[test]
fn repeated_holes_cannot_blow_a_message_up() {
    let value = format!("\"{}\"", "x".repeat(60_000));
    let template = "{a}".repeat(20_000);
    let mut out = Vec::new();
    assert!(render(&template, 65_536, escape, |_| Some(value.as_bytes()), &mut out));
    assert_eq!(out.len(), 65_536 + TRUNCATED.len());
    assert!(out.ends_with(TRUNCATED));
}

#[test]
fn cuts_split_neither_characters_nor_escapes() {
    for limit in 0..60 {
        for template in
            ["ä{quoted}ö{quoted}{größe}", "{list}{list}é{map}{map}", "äöüäöüäöüäöüäöüäöüäöüäöü\u{1b}"]
        {
            let (text, _) = full(template, limit);
            let read: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            let (whole, _) = full(template, 10_000);
            let whole: String = serde_json::from_str(&format!("\"{whole}\"")).unwrap();
            match read.strip_suffix("[truncated]") {
                Some(kept) => assert!(whole.starts_with(kept), "{template} {limit}: {kept}"),
                None => assert_eq!(read, whole),
            }
        }
    }
}

#[test]
fn hostile_templates_take_linear_time() {
    let started = std::time::Instant::now();
    for template in ["{".repeat(300_000), "{a".repeat(150_000), "{a:".repeat(100_000), "}".repeat(300_001)] {
        let mut out = Vec::new();
        render(&template, usize::MAX, escape, |_| None, &mut out);
    }
    let long_name = format!("{{{}", "é".repeat(200_000));
    assert_eq!(parts(&long_name).count(), 1);
    assert!(started.elapsed() < std::time::Duration::from_secs(60));
}

#[test]
fn padding_agrees_with_rounding_the_binary_value() {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let mut padded_ones = 0;
    for round in 0..40_000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let magnitude = 10_f64.powi((bits >> 60) as i32);
        let number = (((bits >> 8) & 0xf_ffff) as f64 / 1000.0 * magnitude * 1000.0).round() / 1000.0;
        let text = serde_json::to_string(&if round % 2 == 0 { number } else { -number }).unwrap();
        for decimals in 0..8 {
            if let Some(padded) = padded(&text, decimals) {
                padded_ones += 1;
                assert_eq!(padded, format!("{:.decimals$}", text.parse::<f64>().unwrap()), "{text}");
            }
        }
    }
    assert!(padded_ones > 10_000, "{padded_ones}");
}
