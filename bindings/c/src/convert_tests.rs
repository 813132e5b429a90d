use super::*;
use crate::error::{VIGIE_E_ARG, VIGIE_E_JSON};

#[test]
fn null_is_accepted_only_without_a_length() {
    let null = std::ptr::null();
    // SAFETY: NULL is what these functions are asked to judge.
    unsafe {
        assert_eq!(bytes(null, 0, "x").unwrap(), b"");
        assert_eq!(bytes(null, 3, "x").unwrap_err().code, VIGIE_E_ARG);
        assert_eq!(bytes(b"a".as_ptr(), usize::MAX, "x").unwrap_err().code, VIGIE_E_ARG);
        assert_eq!(text(b"a\xff".as_ptr(), 2, "x").unwrap_err().code, VIGIE_E_UTF8);
    }
}

#[test]
fn an_out_buffer_is_filled_whole_or_not_at_all() {
    let mut buffer = [7_u8; 4];
    let mut length = 0;
    // SAFETY: the buffer is as long as the capacities given, the length is writable.
    unsafe {
        assert_eq!(put("abcd", buffer.as_mut_ptr(), 3, &mut length).unwrap_err().code, VIGIE_E_BUFFER);
        assert_eq!((length, buffer), (4, [7; 4]));
        assert_eq!(put("abcd", std::ptr::null_mut(), 0, &mut length).unwrap_err().code, VIGIE_E_BUFFER);
        assert_eq!(put("abcd", std::ptr::null_mut(), 9, &mut length).unwrap_err().code, VIGIE_E_ARG);
        assert_eq!(put("abcd", buffer.as_mut_ptr(), 4, &mut length).unwrap(), VIGIE_OK);
        assert_eq!((length, &buffer), (4, b"abcd"));
        assert_eq!(put("", std::ptr::null_mut(), 0, &mut length).unwrap(), VIGIE_OK);
        assert_eq!(length, 0);
        assert_eq!(put("", buffer.as_mut_ptr(), 4, std::ptr::null_mut()).unwrap_err().code, VIGIE_E_ARG);
    }
}

#[test]
fn lone_surrogates_are_repaired_and_pairs_kept() {
    for (given, expected) in [
        (&br#"{"a":"\ud800"}"#[..], r#"{"a":"\ufffd"}"#),
        (br#"{"a":"\ude00x\ud83d"}"#, r#"{"a":"\ufffdx\ufffd"}"#),
        (br#"{"a":"\ud83d\ude00"}"#, r#"{"a":"\ud83d\ude00"}"#),
        (br#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\ufffd\ud83d\ude00"}"#),
        (br#"{"a":"\\ud800"}"#, r#"{"a":"\\ud800"}"#),
        (b"\\ud80", "\\ud80"),
        (b"\\ud\\", "\\ud\\"),
        ("\\ud\u{e9}\u{e9}\u{e9}\\é".as_bytes(), "\\ud\u{e9}\u{e9}\u{e9}\\é"),
        (b"\xff\\uD800", "\u{fffd}\\ufffd"),
    ] {
        assert_eq!(repaired(given), expected);
    }
}

#[test]
fn documents_say_what_they_accept() {
    let error = document::<ErrorDocument>(r#"{"typ":"E"}"#).unwrap_err();
    assert_eq!(error.code, VIGIE_E_JSON);
    let json = r#"{"type":"E","cause":{"type":"C"},"errors":[{"type":"M","attributes":{"code":5}}]}"#;
    let mut given = Vec::new();
    let info = document::<ErrorDocument>(json)
        .unwrap()
        .into_error(&mut |json, error| given.push(format!("{} {json}", error.type_name)));
    assert_eq!(info.type_name, "E");
    assert_eq!(info.cause.unwrap().type_name, "C");
    assert_eq!(info.errors[0].type_name, "M");
    assert_eq!(given, [r#"M {"code":5}"#]);
}

#[test]
fn severities_outside_1_to_24_are_refused() {
    for number in [i32::MIN, -1, 0, 25, 265, i32::MAX] {
        assert_eq!(severity(number).unwrap_err().code, VIGIE_E_ARG);
    }
    assert_eq!(severity(9).unwrap().text(), "INFO");
}
