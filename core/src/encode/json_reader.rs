//! Placeholder of the skeleton: helper-1 writes the streaming reader here.
use super::attribute_writer::AttributeWriter;
use crate::error::{Error, Result};
use serde_json::Value;

/// A JSON object's members.
///
/// # Errors
/// Bad JSON.
pub fn read_json(json: &[u8], w: &mut AttributeWriter<'_>) -> Result<()> {
    let value: Value = serde_json::from_slice(json).map_err(|_| Error::json(0, "JSON"))?;
    if let Value::Object(map) = &value {
        for (key, value) in map {
            w.key(key);
            put(value, w);
        }
    }
    Ok(())
}

/// One value.
///
/// # Errors
/// Bad JSON.
pub fn read_json_value(json: &[u8], w: &mut AttributeWriter<'_>) -> Result<()> {
    let value: Value = serde_json::from_slice(json).map_err(|_| Error::json(0, "JSON"))?;
    put(&value, w);
    Ok(())
}

fn put(value: &Value, w: &mut AttributeWriter<'_>) {
    match value {
        Value::Null => w.null(),
        Value::Bool(b) => w.bool(*b),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => w.int(i),
            (_, f) => w.float(f.unwrap_or_default()),
        },
        Value::String(s) => w.str(s),
        Value::Array(items) => {
            if w.begin_list() {
                for item in items {
                    if !w.more() { break; }
                    put(item, w);
                }
                w.end_list();
            }
        }
        Value::Object(map) => {
            if w.begin_map() {
                for (key, item) in map {
                    if !w.more() { break; }
                    w.key(key);
                    put(item, w);
                }
                w.end_map();
            }
        }
    }
}
