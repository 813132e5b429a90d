//! Keys of any class, as text: JSON has no others.

use super::destination::Destination;
use super::guarded::Guarded;
use super::kinds::{self, Kind};
use super::text;
use pyo3::prelude::*;

/// Writes a key of any class.
pub(super) fn write_key<D: Destination>(to: &mut D, key: Borrowed<'_, '_, PyAny>, guarded: &mut Guarded) {
    if text::is_text(key) {
        return text::text_key(to, key);
    }
    if key.is_none() {
        return to.key("null");
    }
    if let Ok(truth) = key.extract::<bool>() {
        return to.key(if truth { "true" } else { "false" });
    }
    let key = match kinds::kind(key) {
        // The key is the enum's value, as it is for an enum in a value's place.
        Kind::Enum => {
            guarded.run(|| key.getattr("_value_")).and_then(|value| guarded.text(value.as_borrowed()))
        }
        _ => guarded.text(key),
    };
    match key {
        Ok(key) => to.key(&text::bounded_text(&key)),
        Err(marker) => to.key(marker),
    }
}
