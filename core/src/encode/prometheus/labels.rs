//! The block of labels that stands between the braces of a sample.

use super::format::Escaping;
use super::names::{is_legal, label_name, quoted};
use crate::model::attributes::{Attributes, Entry};
use crate::model::metric::InstrumentKind;
use std::collections::HashSet;
use std::fmt::Write as _;

/// The label blocks of one instrument's series.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Those that are taken: unlike attributes can look alike here.
    taken: HashSet<Box<str>, foldhash::fast::RandomState>,
}

impl Blocks {
    /// A block that no other series of the instrument shows: a sample named twice fails a whole scrape.
    pub(super) fn take(
        &mut self,
        attributes: &Attributes,
        kind: InstrumentKind,
        escaping: Escaping,
    ) -> String {
        let pairs = attributes.entries.iter().map(|entry| (key(attributes, entry), attributes.value(entry)));
        let plain = label_block(pairs, kind, escaping);
        let mut block = plain.clone();
        let mut number = 2_u32;
        while self.taken.contains(block.as_str()) {
            block.clone_from(&plain);
            add_label(&mut block, "vigie_series", &number.to_string());
            number += 1;
        }
        self.taken.insert(block.as_str().into());
        block
    }
}

/// `"key"`, quoted and escaped as in JSON.
fn key<'a>(attributes: &'a Attributes, entry: &Entry) -> &'a [u8] {
    let fragment = attributes.fragment(entry);
    let fragment = fragment.strip_prefix(b",").unwrap_or(fragment);
    fragment.strip_suffix(b":").unwrap_or(fragment)
}

/// Renders `a="1",b="x"` from pairs of key and value, both as JSON text (keys with their quotes).
///
/// Keys that become one label name are joined with `;` in the order given, as OpenTelemetry's
/// compatibility rules ask. Empty and null values are left out: Prometheus takes an empty label for an absent one.
fn label_block<'a>(
    pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    kind: InstrumentKind,
    escaping: Escaping,
) -> String {
    let mut labels: Vec<(String, String)> = Vec::new();
    for (key, value) in pairs {
        let key: String = serde_json::from_slice(key).unwrap_or_default();
        let name = label_name(&key, kind, escaping);
        let text = label_value(&String::from_utf8_lossy(value));
        if text.is_empty() {
            continue;
        }
        match labels.iter_mut().find(|(known, _)| *known == name) {
            Some((_, joined)) => {
                joined.push(';');
                joined.push_str(&text);
            }
            None => labels.push((name, text)),
        }
    }
    let mut out = String::new();
    for (name, value) in &labels {
        add_label(&mut out, name, value);
    }
    out
}

/// Appends `name="value"` to a label block; the value is escaped already.
fn add_label(block: &mut String, name: &str, value: &str) {
    if !block.is_empty() {
        block.push(',');
    }
    // Writing to a String cannot fail.
    let _ = if is_legal(name) {
        write!(block, "{name}=\"{value}\"")
    } else {
        write!(block, "{}=\"{value}\"", quoted(name))
    };
}

/// A JSON value as an escaped label value: strings lose their quotes, all else stays JSON text.
///
/// The text formats know the escapes `\\ \" \n` only. Other escapes of the JSON string stay visible
/// as text, so that no control character reaches a terminal or splits a line.
fn label_value(json: &str) -> String {
    let Some(inner) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return if json == "null" { String::new() } else { json.replace('\\', "\\\\").replace('"', "\\\"") };
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push_str("\\n"),
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some(other) => {
                out.push_str("\\\\");
                out.push(other);
            }
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(pairs: &[(&str, &str)], kind: InstrumentKind) -> String {
        let quoted: Vec<String> = pairs.iter().map(|(key, _)| serde_json::to_string(key).unwrap()).collect();
        label_block(
            quoted.iter().zip(pairs).map(|(key, (_, value))| (key.as_bytes(), value.as_bytes())),
            kind,
            Escaping::Underscores,
        )
    }

    #[test]
    fn label_names_are_legal_unreserved_and_joined() {
        let counter = InstrumentKind::Counter;
        assert_eq!(block(&[("http.route", "\"/x\""), ("1st", "2")], counter), r#"http_route="/x",_1st="2""#);
        assert_eq!(block(&[("__name__", "\"forged\"")], counter), r#"_name__="forged""#);
        assert_eq!(block(&[("le", "1")], InstrumentKind::Histogram), r#"le_="1""#);
        assert_eq!(block(&[("le", "1")], counter), r#"le="1""#);
        assert_eq!(block(&[("a.b", "1"), ("a_b", "2")], counter), r#"a_b="1;2""#);
        assert_eq!(block(&[("ключ", "1")], counter), r#"____="1""#.replace("____", "_"));
    }

    #[test]
    fn labels_may_keep_their_names_in_quotes() {
        let pairs: [(&[u8], &[u8]); 4] =
            [(br#""a.b""#, b"1"), (br#""a_b""#, b"2"), (br#""le""#, b"3"), (br#""q\"\n\u001bz""#, b"4")];
        let block = label_block(pairs.into_iter(), InstrumentKind::Histogram, Escaping::AllowUtf8);
        assert_eq!(block, r#""a.b"="1",a_b="2",le_="3","q\"\n\\u001bz"="4""#);
    }

    #[test]
    fn label_values_are_escaped_once_and_hold_no_control_character() {
        let counter = InstrumentKind::Counter;
        assert_eq!(block(&[("a", r#""x\ny\"z\\w""#)], counter), r#"a="x\ny\"z\\w""#);
        assert_eq!(block(&[("a", r#""\u001b[31m\t""#)], counter), r#"a="\\u001b[31m\\t""#);
        assert_eq!(block(&[("a", r#"{"k":"v\n"}"#)], counter), r#"a="{\"k\":\"v\\n\"}""#);
        assert_eq!(block(&[("a", "true"), ("b", "1.5")], counter), r#"a="true",b="1.5""#);
        assert_eq!(block(&[("a", "null"), ("b", "\"\"")], counter), "");
    }
}
