//! Names and tags as far sides take them: what they would cut, split or refuse becomes an underscore.

use crate::encode::json_reader::unescaped;
use crate::encode::values;
use crate::model::attributes::Attributes;
use std::borrow::Cow;

/// Datadog cuts a tag behind so many characters.
const LONGEST_TAG: usize = 200;

/// Appends a part of a name: ASCII letters, digits, `_`, `-` and, where `dots` says so, `.`.
fn write_part(out: &mut Vec<u8>, text: &str, dots: bool) {
    if text.is_empty() {
        out.push(b'_');
    }
    for c in text.chars() {
        let fits = c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || (dots && c == '.');
        out.push(if fits { c as u8 } else { b'_' });
    }
}

/// Appends an instrument's name.
pub(super) fn write_name(out: &mut Vec<u8>, name: &str) {
    write_part(out, name, true);
}

/// Appends attributes as parts of a name, `.key.value` after `.key.value`: plain StatsD has no other way to tell series
/// apart.
pub(super) fn write_parts(out: &mut Vec<u8>, attributes: &Attributes) {
    for (key, value) in texts(attributes) {
        out.push(b'.');
        write_part(out, &key, false);
        out.push(b'.');
        write_part(out, &value, false);
    }
}

/// Appends `key:value` after `key:value` with commas between them.
pub(super) fn write_tags(out: &mut Vec<u8>, attributes: &Attributes) {
    for (key, value) in texts(attributes) {
        write_tag(out, &key, &value);
    }
}

/// Appends one tag, behind a comma.
pub(super) fn write_tag(out: &mut Vec<u8>, key: &str, value: &str) {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let key = key.chars().map(|c| if is_plain(c) { c } else { '_' });
    let value = value.chars().map(|c| if is_plain(c) || c == ':' { c } else { '_' });
    let tag: String = key.chain([':']).chain(value).take(LONGEST_TAG).collect();
    out.push(b',');
    out.extend_from_slice(tag.as_bytes());
}

/// Keys and values as text. What has no value is no tag.
fn texts(attributes: &Attributes) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    attributes.entries.iter().filter_map(|entry| {
        let encoded = attributes.value(entry);
        let inside = encoded.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(encoded);
        let is_given = encoded != b"null" && !inside.is_empty();
        is_given.then(|| (values::key(attributes, entry), unescaped(inside)))
    })
}
