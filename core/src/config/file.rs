//! Reads the file that `VIGIE_CONFIG` names, JSON or TOML.
//! Not for the meaning of its content: the document is checked like any other.

use crate::document::report::{Found, Report};
use crate::document::setting::Takes;
use crate::document::variable::Variable;
use serde_json::{Map, Value};
use std::io::Read;

/// The variable that names the file.
pub(super) static VARIABLE: Variable = Variable {
    names: &["VIGIE_CONFIG"],
    keys: &[],
    takes: Takes::Other(ACCEPTED),
    example: "/etc/shop/vigie.toml",
};
const ACCEPTED: &str = "a readable file whose name ends in .json or .toml";

// A configuration is a page; whatever is larger is another file named by mistake.
const MOST_BYTES: u64 = 1024 * 1024;

/// The file's document, or `None` with the problem in the report.
pub(super) fn document(report: &mut Report, path: &str) -> Option<Value> {
    let value = Value::from(path);
    let found = Found { path: VARIABLE.name().to_owned(), value: &value, takes: VARIABLE.takes };
    let toml = match path.rsplit_once('.') {
        Some((_, suffix)) if suffix.eq_ignore_ascii_case("json") => false,
        Some((_, suffix)) if suffix.eq_ignore_ascii_case("toml") => true,
        _ => {
            report.refuse(&found, ACCEPTED);
            return None;
        }
    };
    let text = match read(path) {
        Ok(text) => text,
        Err(error) => {
            report.refuse(&found, format!("{ACCEPTED} ({error})"));
            return None;
        }
    };
    let parsed = if toml { from_toml(&text) } else { from_json(&text) };
    parsed.map_err(|finding| report.finding(VARIABLE.name(), format!("{path}: {finding}"), ACCEPTED)).ok()
}

/// The text of a file of a reasonable size.
pub(super) fn read(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(std::io::Error::other("larger than 1 MiB"));
    }
    Ok(text)
}

fn from_json(text: &str) -> Result<Value, String> {
    // Windows editors like to put a byte order mark first, and JSON forbids it.
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| format!("not JSON: {error}"))
}

fn from_toml(text: &str) -> Result<Value, String> {
    let table: toml::Table = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        // The error's own text quotes the line, which may hold a secret.
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|b| *b == b'\n').count() + 1;
        format!("not TOML at line {line}: {}", error.message())
    })?;
    Ok(Value::Object(object(table)))
}

fn object(table: toml::Table) -> Map<String, Value> {
    table.into_iter().map(|(key, value)| (key, value_of(value))).collect()
}

fn value_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        // `clock = 2026-01-01T00:00:00Z` means the same without quotes.
        toml::Value::Datetime(instant) => Value::from(instant.to_string()),
        toml::Value::Array(values) => values.into_iter().map(value_of).collect(),
        toml::Value::Table(table) => Value::Object(object(table)),
    }
}
