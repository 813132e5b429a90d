use super::*;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::target::Target;
use crate::model::attributes::KnownValue;
use crate::model::context::FieldSet;
use crate::stats::Counts;

fn written(fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Attributes {
    let mut attributes = Attributes::default();
    let (rules, counts) = (Rules::new(Limits::default(), &Default::default(), None), Counts::default());
    fill(&mut AttributeWriter::new(&mut attributes, &rules, &counts, Target::Log));
    attributes
}

fn every_type(writer: &mut AttributeWriter<'_>) {
    writer.key("text");
    writer.str("NaN \"a\"\n\u{1f600}");
    writer.key("nan");
    writer.float(f64::NEG_INFINITY);
    writer.key("list");
    writer.begin_list();
    for value in [1.0, f64::INFINITY] {
        writer.more();
        writer.float(value);
    }
    writer.more();
    writer.begin_map();
    writer.more();
    writer.key("b\"");
    writer.bytes(b"\0\xff");
    writer.more();
    writer.key("n");
    writer.null();
    writer.end_map();
    writer.end_list();
    writer.key("big");
    writer.uint(u64::MAX);
    writer.key("int");
    writer.int(i64::MIN);
}

fn shown(attributes: &Attributes) -> String {
    fn one(value: &Value<'_>) -> String {
        match value {
            Value::List(list) => {
                format!("[{}]", list.values().map(|v| one(&v)).collect::<Vec<_>>().join(" "))
            }
            Value::Map(map) => {
                let members = map.members().map(|(key, v)| format!("{key}={}", one(&v)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(" "))
            }
            other => format!("{other:?}"),
        }
    }
    members(attributes).map(|(key, value)| format!("{key}={}", one(&value))).collect::<Vec<_>>().join("; ")
}

const EVERY_TYPE: &str = "text=Text(\"NaN \\\"a\\\"\\n\u{1f600}\"); nan=Float(-inf); \
    list=[Float(1.0) Float(inf) {b\"=Bytes([0, 255]) n=Null}]; big=BigInt(\"18446744073709551615\"); \
    int=Int(-9223372036854775808)";

#[test]
fn every_value_keeps_its_type() {
    assert_eq!(shown(&written(every_type)), EVERY_TYPE);
}

#[test]
fn a_copy_keeps_all_types() {
    let first = written(every_type);
    let second = written(|writer| copy(&first, writer));
    assert_eq!(second.bytes, first.bytes);
    assert_eq!(shown(&second), EVERY_TYPE);
}

#[test]
fn types_follow_their_values_when_keys_repeat() {
    let attributes = written(|writer| {
        writer.key("a");
        writer.bytes(b"long enough to move what stands behind");
        writer.key("b");
        writer.float(f64::NAN);
        writer.key("c");
        writer.begin_map();
        for (key, value) in [("x", 1.5), ("y", f64::NAN), ("x", f64::INFINITY), ("y", 0.5)] {
            writer.more();
            writer.key(key);
            writer.float(value);
        }
        writer.end_map();
        writer.key("a");
        writer.str("short");
        writer.key("user_id");
        writer.bytes(&[1; 2000]);
    });
    let shown = shown(&attributes);
    assert!(
        shown.starts_with(
            "a=Text(\"short\"); b=Float(NaN); c={x=Float(inf) y=Float(0.5)}; user_id_=Bytes([1,"
        )
    );
}

#[test]
fn a_member_that_is_taken_back_takes_its_marks_along() {
    let attributes = written(|writer| {
        writer.key("gone");
        writer.begin_list();
        writer.more();
        writer.float(f64::NAN);
        // The host ends here: the list is never closed.
    });
    assert!(attributes.marks.is_empty() && attributes.entries.is_empty());
}

#[test]
fn a_copy_gives_no_name_a_second_underscore() {
    let first = written(|writer| {
        for key in ["level", "level_", "event"] {
            writer.key(key);
            writer.int(1);
        }
    });
    let second = written(|writer| copy(&first, writer));
    assert_eq!(shown(&first), "level_=Int(1); level__=Int(1); event_=Int(1)");
    assert_eq!(shown(&second), shown(&first));
}

/// What is known of each value, in order; it must be what the value's text says.
fn known(attributes: &Attributes) -> Vec<KnownValue> {
    let known = attributes.entries.iter().map(|entry| {
        match (entry.known, value(attributes, entry)) {
            (KnownValue::Nothing, _) => {}
            (KnownValue::Text, Value::Text(text)) => {
                assert_eq!(attributes.value(entry), format!("\"{text}\"").as_bytes());
            }
            (KnownValue::Bool(known), Value::Bool(read)) => assert_eq!(known, read),
            (KnownValue::Int(known), Value::Int(read)) => assert_eq!(known, read),
            (KnownValue::Float(known), Value::Float(read)) => assert_eq!(known, read.to_bits()),
            other => panic!("{other:?}"),
        }
        entry.known
    });
    known.collect()
}

#[test]
fn what_is_known_of_a_value_is_what_its_text_says() {
    let long = "long ".repeat(40);
    let attributes = written(|writer| {
        for (key, text) in [("a", ""), ("b", "é"), ("c", "\"\n"), ("d", &*long), ("user_id", "u-1")] {
            writer.key(key);
            writer.str(text);
        }
        writer.key("password");
        writer.int(1);
        writer.key("token");
        writer.str("\"");
        for float in [0.1, -f64::NAN, f64::INFINITY] {
            writer.key(&float.to_string());
            writer.float(float);
        }
        writer.key("i");
        writer.int(i64::MIN);
        writer.key("t");
        writer.bool(true);
        writer.key("n");
        writer.null();
        writer.key("big");
        writer.uint(u64::MAX);
        writer.key("list");
        writer.begin_list();
        writer.end_list();
        // The last value of a key is the one that is known.
        writer.key("a");
        writer.int(7);
        writer.key("i");
        writer.str("\\");
    });
    let (nan, text) = (f64::NAN.to_bits(), KnownValue::Text);
    let expected = [
        KnownValue::Int(7),
        text,
        KnownValue::Nothing,
        text,
        text,
        text,
        text,
        KnownValue::Float(0.1_f64.to_bits()),
        KnownValue::Float(nan),
        KnownValue::Float(f64::INFINITY.to_bits()),
        KnownValue::Nothing,
        KnownValue::Bool(true),
        KnownValue::Nothing,
        KnownValue::Nothing,
        KnownValue::Nothing,
    ];
    assert_eq!(known(&attributes), expected);
    assert!(!attributes.has_escaped_key);
    let set = FieldSet::merged(None, &attributes);
    assert_eq!((known(&set.well_known), known(&set.plain).len()), (vec![text], expected.len() - 1));
    let set = FieldSet::merged(Some(&set), &written(|writer| writer.attr("a\"", "x")));
    assert!(set.plain.has_escaped_key, "a copy of a key is escaped like the key");
}
