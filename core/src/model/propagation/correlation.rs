//! The `X-Correlation-ID` header and its propagator. No id is invented: without one, nothing is written.

use super::headers::Headers;
use super::propagator::{Field, Incoming, Outgoing, Propagator};
use super::text;
use crate::model::cut::prefix;
use std::borrow::Cow;

const MOST_BYTES: usize = 256;

/// The correlation id, `correlation` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct CorrelationId;

const NAME: &str = "x-correlation-id";
const WRITTEN: &str = "X-Correlation-ID";

/// The context attribute that the header stands for.
const KEY: &str = "correlation_id";

impl Propagator for CorrelationId {
    fn name(&self) -> &'static str {
        "correlation"
    }

    fn fields(&self) -> &'static [Field] {
        // A process is started once for many requests, so no variable carries one's id.
        const { &[Field::new(NAME, WRITTEN, None)] }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        let id = headers.single(NAME).and_then(parse);
        incoming.attributes.extend(id.map(|id| (KEY, Cow::Borrowed(id))));
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        if let Some(id) = outgoing.attribute(KEY)
            && let Some(header) = format(&id)
        {
            set(WRITTEN, &header);
        }
    }
}

/// Reads the header's value: cut to 256 bytes, and None when it is empty.
#[must_use]
pub fn parse(value: &str) -> Option<&str> {
    Some(prefix(text::trim(value), MOST_BYTES)).filter(|value| !value.is_empty())
}

/// The value to write, at most 256 bytes: what is not printable ASCII is percent-encoded, so that nothing can end
/// the header and begin another.
#[must_use]
pub fn format(value: &str) -> Option<Cow<'_, str>> {
    let value = text::trim(value);
    if value.is_empty() {
        return None;
    }
    if value.len() <= MOST_BYTES && value.bytes().all(is_printable) {
        return Some(Cow::Borrowed(value));
    }
    let mut header = String::with_capacity(MOST_BYTES);
    for byte in value.bytes() {
        if header.len() + 3 > MOST_BYTES {
            break;
        }
        if is_printable(byte) { header.push(char::from(byte)) } else { text::push_percent(&mut header, byte) }
    }
    Some(Cow::Owned(header))
}

const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}
