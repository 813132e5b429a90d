//! What a scalar of a YAML file is, by the core schema of YAML 1.2.

use serde_json::{Number, Value};

/// The value of a scalar that stands without quotes.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::from(text), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    for (prefix, base) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            // What parses such digits takes a sign in front of them too, which is no number here.
            let is_number = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return u64::from_str_radix(digits, base).ok().filter(|_| is_number).map(Number::from);
        }
    }
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = text.strip_prefix('+').unwrap_or(text);
        let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
        return whole.ok().or_else(|| Number::from_f64(text.parse().ok()?));
    }
    // Rust reads names of numbers too, and `.` alone is none in either.
    let is_float = digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if is_float { text.parse().ok().and_then(Number::from_f64) } else { None }
}
