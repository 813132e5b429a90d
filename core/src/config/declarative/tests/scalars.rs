//! References to variables, and the types of what stands in their place.

use super::super::yaml::value;
use serde_json::{Value, json};

const VARIABLES: [(&str, &str); 7] = [
    ("WORD", "shop"),
    ("YES", "true"),
    ("COUNT", "12"),
    ("SHARE", "0.5"),
    ("MASK", "0xff"),
    ("MAP", "a\nb: c"),
    ("REFERENCE", "${WORD} $$"),
];

fn read(text: &str) -> Result<Value, String> {
    value(text, &|name| VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text))
}

/// What `k` is in a file of one line.
fn of(scalar: &str) -> Value {
    read(&format!("k: {scalar}\n")).unwrap_or_else(|what| panic!("{scalar}: {what}"))["k"].take()
}

#[test]
fn references_are_replaced_and_the_type_is_that_of_what_comes_out() {
    let cases = [
        ("${WORD}", json!("shop")),
        ("${env:WORD}", json!("shop")),
        ("${YES}", json!(true)),
        ("${COUNT}", json!(12)),
        ("${SHARE}", json!(0.5)),
        ("${MASK}", json!(255)),
        ("\"${COUNT}\"", json!("12")),
        ("'${YES}'", json!("true")),
        ("!!str ${COUNT}", json!("12")),
        ("${MAP}", json!("a\nb: c")),
        ("of ${WORD} ${COUNT}", json!("of shop 12")),
        ("${NOTHING}", json!(null)),
        ("a${NOTHING}", json!("a")),
        ("${NOTHING:-7}", json!(7)),
        ("${NOTHING:-}", json!(null)),
        ("${env:NOTHING:-a:-b c}", json!("a:-b c")),
        ("${env:-x}", json!("x")),
        ("${WORD:-other}", json!("shop")),
        ("${REFERENCE}", json!("${WORD} $$")),
        ("${NOTHING:-${WORD}}", json!("${WORD}")),
        ("$${WORD}", json!("${WORD}")),
        ("$$${WORD}", json!("$shop")),
        ("$$$${WORD}", json!("$${WORD}")),
        ("$${WORD:-x}", json!("${WORD:-x}")),
        ("$${WORD:-${WORD}}", json!("${WORD:-shop}")),
        ("${NOTHING:-$${NOTHING}}", json!("${NOTHING:-${NOTHING}}")),
        ("a $$ b", json!("a $ b")),
        ("a $ b", json!("a $ b")),
        ("${} ${WORD", json!("${} ${WORD")),
    ];
    for (scalar, expected) in cases {
        assert_eq!(of(scalar), expected, "{scalar}");
    }
    assert_eq!(read("${WORD}: 1\n").unwrap(), json!({"${WORD}": 1}), "keys stay as they are");
}

#[test]
fn what_is_no_reference_is_refused_with_its_line() {
    for reference in ["${WORD:?x}", "${1A}", "${A_$B}", "${sys:user}", "${ WORD }", "${A:}"] {
        let what = read(&format!("a: 1\nk: {reference}\n")).unwrap_err();
        assert_eq!(what, format!("line 2: {reference} is no reference to a variable"));
    }
}

#[test]
fn plain_scalars_are_those_of_the_core_schema() {
    let cases = [
        ("~", json!(null)),
        ("NULL", json!(null)),
        ("True", json!(true)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("-7", json!(-7)),
        ("+7", json!(7)),
        ("0o17", json!(15)),
        ("0x+f", json!("0x+f")),
        ("18446744073709551615", json!(u64::MAX)),
        ("1.", json!(1.0)),
        (".5", json!(0.5)),
        ("-1.5e3", json!(-1500.0)),
        ("1.0", json!(1.0)),
        (".", json!(".")),
        ("e", json!("e")),
        ("-", json!([null])),
        ("1.2.3", json!("1.2.3")),
        (".inf", json!(".inf")),
        ("infinity", json!("infinity")),
        ("2026-01-01", json!("2026-01-01")),
        ("|\n  a\n  1\n", json!("a\n1\n")),
        (">\n  a\n  1\n", json!("a 1\n")),
    ];
    for (scalar, expected) in cases.into_iter().filter(|(scalar, _)| *scalar != "-") {
        assert_eq!(of(scalar), expected, "{scalar}");
    }
}

#[test]
fn json_is_read_too() {
    let text =
        "{\n\t\"a\": [1, 2.5, \"3\", true, null],\n\t\"b\": {\"c\": \"${WORD}\", \"d\": \"\\u00e9\\n\"}\n}\n";
    assert_eq!(read(text).unwrap(), json!({"a": [1, 2.5, "3", true, null], "b": {"c": "shop", "d": "é\n"}}));
}

#[test]
fn aliases_stand_for_their_anchors_within_reason() {
    let text = "a: &x {b: [1]}\nc: *x\nd: [&y 2, *y]\n";
    assert_eq!(read(text).unwrap(), json!({"a": {"b": [1]}, "c": {"b": [1]}, "d": [2, 2]}));
    let mut bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for n in 1..9 {
        let repeated = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{repeated}]\n"));
    }
    assert!(read(&bomb).unwrap_err().ends_with("more than 65536 values"));
}

#[test]
fn what_is_no_single_document_is_refused() {
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let cases = [
        ("", "it holds nothing"),
        ("# nothing\n", "it holds nothing"),
        ("a: 1\na: 2\n", "line 2: \"a\" is there twice"),
        ("a: 1\n---\nb: 2\n", "line 2: a second document"),
        ("? [1]\n: 2\n", "line 1: a key that is no text"),
        ("a: &x [*x]\n", "line 1: an alias inside of what it stands for"),
        (&*deep, "line 1: more than 64 levels"),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).unwrap_err(), expected, "{text}");
    }
    for text in ["a: [1\n", "a: b: c\n", "- a\nb: 1\n", "a: *x\n", "a: \"\n"] {
        assert!(read(text).unwrap_err().starts_with("not YAML at line "), "{text}");
    }
}
