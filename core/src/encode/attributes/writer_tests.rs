use super::*;
use crate::encode::attributes::limits::Limits;

fn rules() -> Rules {
    Rules::new(
        Limits { attributes: 4, depth: 2, nodes: 12, string_bytes: 8, ..Limits::default() },
        &Default::default(),
        None,
    )
}

fn written(target: Target, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> String {
    let (rules, counts, mut attributes) = (rules(), Counts::default(), Attributes::default());
    fill(&mut AttributeWriter::new(&mut attributes, &rules, &counts, target));
    let joined = String::from_utf8(attributes.bytes.clone()).unwrap();
    for entry in &attributes.entries {
        let member = format!("{{{}}}", &String::from_utf8_lossy(attributes.member(entry))[1..]);
        serde_json::from_str::<serde_json::Value>(&member)
            .unwrap_or_else(|error| panic!("{member}: {error}"));
    }
    joined
}

#[test]
fn scalars_in_call_order() {
    let text = written(Target::Log, |w| {
        w.key("a");
        w.int(-1);
        w.key("b");
        w.float(1.0);
        w.key("c");
        w.bool(true);
        w.key("d");
        w.null();
    });
    assert_eq!(text, r#","a":-1,"b":1.0,"c":true,"d":null"#);
}

#[test]
fn the_last_value_of_a_repeated_key_wins_at_the_first_place() {
    let text = written(Target::Log, |w| {
        w.key("a");
        w.str("long");
        w.key("b");
        w.int(2);
        w.key("a");
        w.int(1);
        w.key("b");
        w.str("two");
    });
    assert_eq!(text, r#","a":1,"b":"two""#);
}

#[test]
fn repeated_keys_inside_maps_too() {
    let text = written(Target::Nested, |w| {
        w.key("m");
        assert!(w.begin_map());
        for (key, value) in [("x", 1), ("y", 2), ("x", 333)] {
            assert!(w.more());
            w.key(key);
            w.int(value);
        }
        w.end_map();
        w.key("n");
        w.int(5);
    });
    assert_eq!(text, r#","m":{"x":333,"y":2},"n":5"#);
}

#[test]
fn reserved_and_well_known_names() {
    let text = written(Target::Log, |w| {
        w.key("level");
        w.str("x");
        w.key("user_id");
        w.str("u");
        w.key("event");
        w.int(5);
    });
    assert_eq!(text, r#","level_":"x","user_id":"u","event_":5"#);
    assert_eq!(
        written(Target::Span, |w| {
            w.key("level");
            w.int(1);
        }),
        r#","level":1"#
    );
}

#[test]
fn underscores_never_make_two_names_one() {
    let text = written(Target::Log, |w| {
        for (key, value) in [("level_", 1), ("level", 2), ("level__", 3), ("level_", 4)] {
            w.key(key);
            w.int(value);
        }
    });
    assert_eq!(text, r#","level__":4,"level_":2,"level___":3"#);
    let text = written(Target::Log, |w| {
        for (key, value) in [("event", 1), ("event_", 2), ("event", 3)] {
            w.key(key);
            w.int(value);
        }
        w.key("event");
        w.str("e");
        w.key("event");
        w.int(4);
    });
    assert_eq!(text, r#","event_":4,"event__":2,"event":"e""#);
}

#[test]
fn limits_leave_one_last_element() {
    let text = written(Target::Log, |w| {
        for key in ["a", "b", "c", "d", "e", "f", "a"] {
            w.key(key);
            w.int(1);
        }
    });
    assert_eq!(text, r#","a":1,"b":1,"c":1,"d":1,"[truncated]":"[truncated]""#);
    let list = written(Target::Log, |w| {
        w.key("l");
        assert!(w.begin_list());
        let mut written = 0;
        while w.more() {
            w.int(0);
            written += 1;
        }
        w.end_list();
        assert_eq!(written, 11);
    });
    assert!(list.ends_with(r#",0,"[truncated]"]"#), "{list}");
}

#[test]
fn depth_is_bounded() {
    let text = written(Target::Log, |w| {
        w.key("l");
        assert!(w.begin_list());
        assert!(w.more());
        assert!(w.begin_list());
        assert!(w.more());
        assert!(!w.begin_list());
        w.end_list();
        w.end_list();
    });
    assert_eq!(text, r#","l":[["[truncated]"]]"#);
}

#[test]
fn strings_are_cut_at_characters() {
    assert_eq!(
        written(Target::Log, |w| {
            w.key("s");
            w.str("1234567é");
        }),
        r#","s":"1234567[truncated]""#
    );
}

#[test]
fn masks_hide_text_and_containers_but_not_plain_numbers() {
    let text = written(Target::Log, |w| {
        w.key("token");
        w.str("x");
        w.key("api_key");
        assert!(!w.begin_map());
        w.key("secret");
        w.int(1);
        w.key("pin");
        w.int(1);
    });
    assert_eq!(text, r#","token":"[redacted]","api_key":"[redacted]","secret":1,"pin":"[redacted]""#);
}

#[test]
fn ill_formed_text_is_repaired() {
    let text = written(Target::Log, |w| {
        w.key_utf8_lossy(b"k\xff");
        w.utf8_lossy(b"a\xff");
        w.key("u");
        w.utf16_lossy(&[0x61, 0xd800]);
    });
    assert_eq!(text, ",\"k\u{fffd}\":\"a\u{fffd}\",\"u\":\"a\u{fffd}\"");
}

#[test]
fn binary_data_is_base64() {
    assert_eq!(
        written(Target::Log, |w| {
            w.key("b");
            w.bytes(b"foo");
        }),
        r#","b":"Zm9v""#
    );
}

#[test]
fn writers_may_nest_on_one_thread() {
    let text = written(Target::Log, |w| {
        w.key("outer");
        let inner = written(Target::Log, |inner| {
            inner.key("x");
            inner.int(1);
        });
        w.str(&inner);
    });
    assert_eq!(text, r#","outer":",\"x\":1""#);
}
