//! Keys of any class, as text: JSON has no others.

use super::destination::Destination;
use super::guarded::Guarded;
use super::kinds::{self, Kind};
use super::{origin, text};
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
    let class = kinds::class(key);
    let key = match class.kind {
        // The key is the enum's value, as it is for an enum in a value's place.
        Kind::Enum => guarded
            .run_unless(class.standard, || key.getattr("_value_"))
            .and_then(|value| guarded.text(value.as_borrowed(), origin::says_str(&value.get_type()))),
        _ => guarded.text(key, origin::says_str(&key.get_type())),
    };
    match key {
        Ok(key) => to.key(&text::bounded_text(&key)),
        Err(marker) => to.key(marker),
    }
}
