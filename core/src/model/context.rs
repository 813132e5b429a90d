//! Context: the span context in force and what travels with it.
//!
//! Not for deciding which context is current: the host language owns that.

use super::attributes::{Attributes, CORRELATION_KEYS, WELL_KNOWN};
use super::baggage::Baggage;
use super::ids::{SpanId, TraceFlags, TraceId};
use std::sync::Arc;

/// Identity of one span (W3C Trace Context).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanContext {
    /// The trace, never all zero.
    pub trace_id: TraceId,
    /// The span, never all zero.
    pub span_id: SpanId,
    /// Trace flags; bit 0 is *sampled*.
    pub flags: TraceFlags,
    /// Whether it came from another process.
    pub is_remote: bool,
}

/// Attributes of a context or a bound logger: well-known keys by place, the others in order.
#[derive(Debug, Clone, Default)]
pub struct FieldSet {
    /// Encoded values of the well-known keys.
    pub well_known: [Option<Box<[u8]>>; WELL_KNOWN.len()],
    /// `,"key":value` for each well-known key that has one, in order.
    pub well_known_members: Vec<u8>,
    /// All other attributes.
    pub plain: Attributes,
}

impl FieldSet {
    /// `base` with `added` on top: the last value of a key wins at its first place.
    #[must_use]
    pub fn merged(base: Option<&Self>, added: &Attributes) -> Self {
        let mut set = base.cloned().unwrap_or_default();
        for entry in &added.entries {
            match entry.role {
                super::attributes::Role::WellKnown(place) => {
                    if let Some(slot) = set.well_known.get_mut(usize::from(place)) {
                        *slot = Some(added.value(entry).into());
                    }
                }
                _ => set.push_plain(added, entry),
            }
        }
        set.render_well_known();
        set
    }

    fn push_plain(&mut self, from: &Attributes, entry: &super::attributes::Entry) {
        let existing = self.plain.position(entry.hash, from.fragment(entry));
        let start = self.plain.bytes.len() as u32;
        self.plain.bytes.extend_from_slice(from.member(entry));
        self.plain.entries.push(super::attributes::Entry {
            start,
            value: start + (entry.value - entry.start),
            end: start + (entry.end - entry.start),
            ..*entry
        });
        if let Some(index) = existing {
            self.plain.replace_with_last(index);
        }
    }

    fn render_well_known(&mut self) {
        self.well_known_members.clear();
        for (name, value) in WELL_KNOWN.iter().zip(&self.well_known) {
            if let Some(value) = value {
                write_member(&mut self.well_known_members, name, value);
            }
        }
    }

    /// Whether any well-known key has a value.
    #[must_use]
    pub fn has_well_known(&self) -> bool {
        !self.well_known_members.is_empty()
    }

    /// Appends the correlation keys, which span lines carry too, as `,"key":value`.
    pub fn write_correlation(&self, out: &mut Vec<u8>) {
        for (name, value) in WELL_KNOWN.iter().zip(&self.well_known).take(CORRELATION_KEYS) {
            if let Some(value) = value {
                write_member(out, name, value);
            }
        }
    }
}

/// Appends `,"name":value`; `name` needs no escapes.
#[inline]
pub fn write_member(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    out.extend_from_slice(value);
}

/// What goes along with a span context from hop to hop and from parent to child.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// `tracestate`, validated, as it came.
    pub trace_state: Option<Box<str>>,
    /// Baggage members, decoded, in order.
    pub baggage: Baggage,
    /// Correlation keys and context attributes.
    pub fields: FieldSet,
}

/// A span context and what is carried with it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The span in force, if any.
    pub span: Option<SpanContext>,
    /// Everything else that travels.
    pub carried: Option<Arc<Carried>>,
}

impl Context {
    /// The empty context: no span, nothing carried.
    #[must_use]
    pub const fn root() -> Self {
        Self { span: None, carried: None }
    }

    /// The same with another span in force.
    #[must_use]
    pub fn with_span(&self, span: SpanContext) -> Self {
        Self { span: Some(span), carried: self.carried.clone() }
    }

    /// The same with baggage members added; a repeated key takes the new value.
    #[must_use]
    pub fn with_baggage(&self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut carried = self.carried_owned();
        for (key, value) in pairs {
            carried.baggage.put(&key, &value);
        }
        self.with_carried(carried)
    }

    /// A copy of what is carried, to change and hand to [`Self::with_carried`].
    #[must_use]
    pub fn carried_owned(&self) -> Carried {
        self.carried.as_deref().cloned().unwrap_or_default()
    }

    /// The same span with other carried parts.
    #[must_use]
    pub fn with_carried(&self, carried: Carried) -> Self {
        Self { span: self.span, carried: Some(Arc::new(carried)) }
    }

    /// The correlation keys and attributes in force.
    #[inline]
    #[must_use]
    pub fn fields(&self) -> Option<&FieldSet> {
        self.carried.as_deref().map(|carried| &carried.fields)
    }

    /// Baggage members in order.
    pub fn baggage(&self) -> impl Iterator<Item = (&str, &str)> {
        self.carried.as_deref().into_iter().flat_map(|carried| carried.baggage.iter())
    }

    /// `tracestate` of the remote parent.
    #[must_use]
    pub fn trace_state(&self) -> Option<&str> {
        self.carried.as_deref().and_then(|carried| carried.trace_state.as_deref())
    }
}
