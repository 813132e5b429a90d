//! What tells a series from all others, in bytes that mean the same in every process.

use crate::api::meter::definition::{Definition, InstrumentOptions};
use crate::model::attributes::{Attributes, Entry, KnownValue, Role};
use crate::model::metric::InstrumentKind;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Identity<'a> {
    kind: usize,
    name: Cow<'a, str>,
    unit: Cow<'a, str>,
    description: Cow<'a, str>,
    /// As bits, since a double in decimal digits may come back as its neighbour.
    bounds: Vec<u64>,
    attributes: Cow<'a, str>,
    entries: Vec<[u32; 3]>,
}

/// The bytes for a series.
pub(crate) fn of(definition: &Definition, attributes: &Attributes) -> Vec<u8> {
    let descriptor = &definition.descriptor;
    let identity = Identity {
        kind: descriptor.kind as usize,
        name: Cow::Borrowed(&descriptor.name),
        unit: Cow::Borrowed(&descriptor.unit),
        description: Cow::Borrowed(&descriptor.description),
        bounds: definition.bounds.iter().map(|bound| bound.to_bits()).collect(),
        attributes: String::from_utf8_lossy(&attributes.bytes),
        entries: attributes.entries.iter().map(|entry| [entry.start, entry.value, entry.end]).collect(),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_vec(&identity).unwrap_or_default()
}

/// The series that bytes stand for, unless they are damaged.
pub(crate) fn read(bytes: &[u8]) -> Option<(Definition, Attributes)> {
    let identity: Identity<'_> = serde_json::from_slice(bytes).ok()?;
    let kind = *InstrumentKind::ALL.get(identity.kind)?;
    let bounds = identity.bounds.iter().map(|bits| f64::from_bits(*bits)).collect();
    let options = InstrumentOptions {
        unit: identity.unit.into_owned(),
        description: identity.description.into_owned(),
        buckets: (kind == InstrumentKind::Histogram).then_some(bounds),
    };
    let definition = Definition::new(kind, &identity.name, options).ok()?;
    let mut attributes = Attributes::default();
    attributes.bytes = identity.attributes.into_owned().into_bytes();
    let length = attributes.bytes.len();
    for [start, value, end] in identity.entries {
        let is_inside = start < value && value < end && end as usize <= length;
        let entry = Entry { hash: 0, start, value, end, role: Role::Plain, known: KnownValue::Nothing };
        attributes.file(Some(entry).filter(|_| is_inside)?);
    }
    Some((definition, attributes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_comes_back_as_it_was() {
        let options = InstrumentOptions {
            unit: "s".to_owned(),
            description: "a \"b\"\n".to_owned(),
            buckets: Some(vec![0.1, 1.0 / 3.0, 1e300]),
        };
        let definition = Definition::new(InstrumentKind::Histogram, "a.b", options).unwrap();
        let mut attributes = Attributes::default();
        attributes.bytes = br#","k":"v\n","n":1"#.to_vec();
        for (start, value, end) in [(0, 5, 10), (10, 15, 16)] {
            attributes.file(Entry {
                hash: 0,
                start,
                value,
                end,
                role: Role::Plain,
                known: KnownValue::Nothing,
            });
        }
        let bytes = of(&definition, &attributes);
        let (read_definition, read_attributes) = read(&bytes).unwrap();
        assert_eq!(read_definition.descriptor, definition.descriptor);
        assert_eq!((read_definition.bounds, read_attributes), (definition.bounds, attributes));
        for cut in 0..bytes.len() {
            assert!(read(&bytes[..cut]).is_none());
        }
        let outside = String::from_utf8(bytes).unwrap().replace("[10,15,16]", "[10,15,17]");
        assert!(read(outside.as_bytes()).is_none());
    }
}
