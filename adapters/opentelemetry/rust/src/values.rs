//! Values of OpenTelemetry as Vigie writes them.

use opentelemetry::logs::AnyValue;
use opentelemetry::{Array, KeyValue, Value};
use std::time::{SystemTime, UNIX_EPOCH};
use vigie_core::AttributeWriter;

/// Writes attributes; the last value of a key counts.
pub(crate) fn write<'k>(
    writer: &mut AttributeWriter<'_>,
    attributes: impl IntoIterator<Item = &'k KeyValue>,
) {
    for KeyValue { key, value, .. } in attributes {
        writer.key(key.as_str());
        write_value(writer, value);
    }
}

fn write_value(writer: &mut AttributeWriter<'_>, value: &Value) {
    match value {
        Value::Bool(value) => writer.bool(*value),
        Value::I64(value) => writer.int(*value),
        Value::F64(value) => writer.float(*value),
        Value::String(value) => writer.str(value.as_str()),
        Value::Array(Array::Bool(values)) => list(writer, values, |writer, value| writer.bool(*value)),
        Value::Array(Array::I64(values)) => list(writer, values, |writer, value| writer.int(*value)),
        Value::Array(Array::F64(values)) => list(writer, values, |writer, value| writer.float(*value)),
        Value::Array(Array::String(values)) => {
            list(writer, values, |writer, value| writer.str(value.as_str()))
        }
        // Kinds that this release of the API does not have yet.
        other => writer.str(&other.as_str()),
    }
}

/// Writes a value of a log record.
pub(crate) fn write_any(writer: &mut AttributeWriter<'_>, value: &AnyValue) {
    match value {
        AnyValue::Boolean(value) => writer.bool(*value),
        AnyValue::Int(value) => writer.int(*value),
        AnyValue::Double(value) => writer.float(*value),
        AnyValue::String(value) => writer.str(value.as_str()),
        AnyValue::Bytes(value) => writer.bytes(value),
        AnyValue::ListAny(values) => list(writer, values, write_any),
        AnyValue::Map(members) => {
            if writer.begin_map() {
                for (key, value) in members.iter() {
                    if !writer.more() {
                        break;
                    }
                    writer.key(key.as_str());
                    write_any(writer, value);
                }
                writer.end_map();
            }
        }
        // Kinds that this release of the API does not have yet.
        other => writer.str(&format!("{other:?}")),
    }
}

fn list<T>(writer: &mut AttributeWriter<'_>, values: &[T], write: impl Fn(&mut AttributeWriter<'_>, &T)) {
    if writer.begin_list() {
        for value in values {
            if !writer.more() {
                break;
            }
            write(writer, value);
        }
        writer.end_list();
    }
}

/// Nanoseconds since 1970-01-01 UTC, of times before that as well.
pub(crate) fn nanoseconds(time: SystemTime) -> i64 {
    let since = |from: Result<std::time::Duration, _>| {
        from.map(|time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX))
    };
    match since(time.duration_since(UNIX_EPOCH).map_err(|error| error.duration())) {
        Ok(after) => after,
        Err(before) => -i64::try_from(before.as_nanos()).unwrap_or(i64::MAX),
    }
}
