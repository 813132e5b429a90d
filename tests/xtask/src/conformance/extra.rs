//! The records of an extra file: what the steps gave that is not a line, and whether it is as expected.
//! A record is `<kind> <length>\n<data>\n`; the length counts bytes, so that data may hold anything.

use serde_json::Value;

use crate::Outcome;

pub struct Extra {
    pub kind: String,
    pub data: String,
}

pub fn read(mut bytes: &[u8]) -> Outcome<Vec<Extra>> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let (record, rest) = one(bytes).ok_or_else(|| format!("record {}: malformed", records.len()))?;
        records.push(record);
        bytes = rest;
    }
    Ok(records)
}

fn one(bytes: &[u8]) -> Option<(Extra, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let (kind, length) = head.split_once(' ')?;
    let start = end + 1;
    let stop = start.checked_add(length.parse().ok()?)?;
    let data = String::from_utf8(bytes.get(start..stop)?.to_vec()).ok()?;
    let rest = bytes.get(stop..)?.strip_prefix(b"\n")?;
    Some((Extra { kind: kind.to_owned(), data }, rest))
}

/// Compares one record with what the vector says of it, which is an object of one key.
pub fn check(expected: &Value, actual: &Extra) -> Outcome {
    let (key, wanted) = expected
        .as_object()
        .filter(|object| object.len() == 1)
        .and_then(|object| object.iter().next())
        .ok_or("an entry of `expected_extra` has one key")?;
    let kind = if key == "error" { "result" } else { key.as_str() };
    if kind != actual.kind {
        return Err(format!("`{kind}` was expected, `{}` came: {}", actual.kind, actual.data));
    }
    let differs = || format!("{key}\n    expected {wanted}\n    actual   {}", actual.data);
    match key.as_str() {
        "text" | "result" => {
            wanted.as_str().filter(|text| *text == actual.data).map(|_| ()).ok_or_else(differs)
        }
        "carrier" => (*wanted == json(&actual.data)?).then_some(()).ok_or_else(differs),
        "stats" => stats(wanted, &json(&actual.data)?),
        "error" => {
            let parts =
                wanted.as_array().filter(|parts| !parts.is_empty()).ok_or("`error` is a list of texts")?;
            let all = parts.iter().all(|part| part.as_str().is_some_and(|part| actual.data.contains(part)));
            (all && actual.data != "ok").then_some(()).ok_or_else(differs)
        }
        other => Err(format!("unknown key `{other}` in `expected_extra`")),
    }
}

/// The named paths only; a number in a path indexes a list.
fn stats(wanted: &Value, actual: &Value) -> Outcome {
    let wanted = wanted.as_object().filter(|paths| !paths.is_empty()).ok_or("`stats` names no path")?;
    for (path, value) in wanted {
        let found = path.split('.').try_fold(actual, |at, step| match at {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            _ => at.get(step),
        });
        if found != Some(value) {
            return Err(format!("stats {path}: expected {value}, actual {}", found.unwrap_or(&Value::Null)));
        }
    }
    Ok(())
}

fn json(text: &str) -> Outcome<Value> {
    serde_json::from_str(text).map_err(|error| format!("{error}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn records_are_read_by_length() {
        let records = read("text 4\na\nb\n\nresult 2\nok\n".as_bytes()).unwrap();
        assert_eq!(
            records.iter().map(|r| (r.kind.as_str(), r.data.as_str())).collect::<Vec<_>>(),
            [("text", "a\nb\n"), ("result", "ok")]
        );
        assert!(read(b"").unwrap().is_empty());
        assert!(read(b"text 9\nshort\n").is_err());
        assert!(read(b"text 18446744073709551615\nx\n").is_err());
    }

    fn verdict(expected: Value, kind: &str, data: &str) -> bool {
        check(&expected, &Extra { kind: kind.to_owned(), data: data.to_owned() }).is_ok()
    }

    #[test]
    fn each_kind_compares_in_its_way() {
        assert!(verdict(json!({"text": "a\n"}), "text", "a\n"));
        assert!(!verdict(json!({"text": "a\n"}), "text", "a"));
        assert!(!verdict(json!({"text": "a"}), "stats", "a"));
        assert!(verdict(json!({"carrier": {"a": "1", "b": "2"}}), "carrier", r#"{"b":"2","a":"1"}"#));
        assert!(!verdict(json!({"carrier": {}}), "carrier", r#"{"a":"1"}"#));
        let stats = r#"{"outputs":[{"dropped":{"full":2}}],"truncated":0}"#;
        assert!(verdict(json!({"stats": {"outputs.0.dropped.full": 2, "truncated": 0}}), "stats", stats));
        assert!(!verdict(json!({"stats": {"outputs.1.dropped.full": 2}}), "stats", stats));
        assert!(!verdict(json!({"stats": {}}), "stats", stats));
        assert!(verdict(json!({"result": "ok"}), "result", "ok"));
        assert!(!verdict(json!({"result": "ok"}), "result", "level: ok"));
        assert!(verdict(json!({"error": ["level", "loud"]}), "result", "level: \"loud\" is not"));
        assert!(!verdict(json!({"error": ["level", "loud"]}), "result", "level"));
        assert!(!verdict(json!({"error": ["ok"]}), "result", "ok"));
        assert!(!verdict(json!({"error": []}), "result", "level"));
    }
}
