//! Lists of `key=value` pairs with percent-encoded values, as the specification's variables have them.

use percent_encoding::percent_decode_str;

/// The pairs, each with its value decoded; what is no pair comes back as it stands.
pub fn pairs(text: &str) -> impl Iterator<Item = Result<(&str, String), &str>> {
    text.split(',').map(str::trim).filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').ok_or(pair)?;
        let value = percent_decode_str(value.trim()).decode_utf8_lossy().into_owned();
        Ok((key.trim(), value))
    })
}
