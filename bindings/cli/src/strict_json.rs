//! Reads one line as JSON more strictly than JSON readers do: a repeated key is an error, and so
//! is a character that a line may only hold escaped. Not for the schema's rules: see `schema`.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses `line`, or says in words why it is not one line of strict JSON.
pub(crate) fn parse(line: &[u8]) -> Result<Value, String> {
    let text =
        std::str::from_utf8(line).map_err(|e| format!("not UTF-8 from byte {} on", e.valid_up_to() + 1))?;
    if let Some(c) = text.chars().find(|c| must_be_escaped(*c)) {
        return Err(format!("U+{:04X} stands unescaped", u32::from(c)));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict.deserialize(&mut reader).and_then(|v| reader.end().map(|()| v));
    value.map_err(|e| {
        // serde_json counts lines too, which here is always the first one.
        let text = e.to_string();
        text.replace(" at line 1 column ", " at column ")
    })
}

/// Characters that end a line for some reader, steer a terminal or hide text.
fn must_be_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(Key(key)) = members.next_key()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("key {key:?} stands twice")));
            }
            let value = members.next_value_seed(Strict)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader).map(Key)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn plain_values_are_read() {
        let value = parse(br#"{"a":[1,-2,1.5,true,null,"x\n"],"b":{}}"#).unwrap();
        assert_eq!(value["a"][5], "x\n");
        assert_eq!(value["a"][1], -2);
    }

    #[test]
    fn repeated_keys_are_refused_at_every_depth() {
        assert!(parse(br#"{"a":1,"a":1}"#).unwrap_err().starts_with("key \"a\" stands twice"));
        assert!(parse(br#"{"b":[{"a":1,"a":1}]}"#).unwrap_err().contains("stands twice"));
        assert!(parse(br#"{"b":{"a":1},"a":1}"#).is_ok());
    }

    #[test]
    fn what_must_be_escaped_is_refused_raw() {
        assert_eq!(parse("{\"a\":\"\u{2028}\"}".as_bytes()).unwrap_err(), "U+2028 stands unescaped");
        assert_eq!(parse("{\"a\":\"\u{9b}\"}".as_bytes()).unwrap_err(), "U+009B stands unescaped");
        assert_eq!(parse(b"{\"a\":1}\r").unwrap_err(), "U+000D stands unescaped");
        assert!(parse(br#"{"a":"\u2028"}"#).is_ok());
    }

    #[test]
    fn broken_lines_say_where() {
        assert_eq!(parse(b"{\"a\":\xff}").unwrap_err(), "not UTF-8 from byte 6 on");
        assert_eq!(parse(b"{} {}").unwrap_err(), "trailing characters at column 4");
        assert!(parse(b"").is_err());
    }
}
