//! Context: the span context in force and what travels with it.
//!
//! Not for which context is current: the host language owns that, and for programs in Rust `api::current`.

use super::attributes::{Attributes, CORRELATION_KEYS, Entry, Role, WELL_KNOWN};
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
    /// The well-known keys that have a value, in the order of their places.
    pub well_known: Attributes,
    /// All other attributes.
    pub plain: Attributes,
}

impl FieldSet {
    /// `base` with `added` on top: the last value of a key wins at its first place.
    #[must_use]
    pub fn merged(base: Option<&Self>, added: &Attributes) -> Self {
        let mut set = base.cloned().unwrap_or_default();
        for entry in &added.entries {
            if !matches!(entry.role, Role::WellKnown(_)) {
                set.push_plain(added, entry);
            }
        }
        if added.has_well_known {
            set.well_known = by_place(&set.well_known, added);
        }
        set
    }

    fn push_plain(&mut self, from: &Attributes, entry: &Entry) {
        let existing = self.plain.position(entry.hash, from.fragment(entry));
        self.plain.push_copy(from, entry);
        if let Some(index) = existing {
            self.plain.replace_with_last(index);
        }
    }

    /// The text of a JSON object from which the same set can be read again.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = vec![b'{'];
        for set in [&self.well_known, &self.plain] {
            for entry in &set.entries {
                let fragment = set.fragment(entry);
                // A reserved name got an underscore, which its next writer gives it again.
                let reserved = fragment.strip_suffix(b"_\":").filter(|_| entry.role == Role::Reserved);
                let (key, end): (_, &[u8]) = reserved.map_or((fragment, b""), |key| (key, b"\":"));
                // The first member goes without its comma.
                json.extend_from_slice(key.get(usize::from(json.len() == 1)..).unwrap_or_default());
                json.extend_from_slice(end);
                json.extend_from_slice(set.value(entry));
            }
        }
        json.push(b'}');
        String::from_utf8_lossy(&json).into_owned()
    }

    /// Whether any well-known key has a value.
    #[must_use]
    pub fn has_well_known(&self) -> bool {
        !self.well_known.is_empty()
    }

    /// The encoded value of the well-known key at `place` of [`WELL_KNOWN`].
    #[must_use]
    pub fn well_known_value(&self, place: usize) -> Option<&[u8]> {
        self.well_known.at_place(place).map(|entry| self.well_known.value(entry))
    }

    /// The correlation keys, which spans carry too, as encoded members.
    #[must_use]
    pub fn correlation_members(&self) -> &[u8] {
        let is_correlation = |entry: &&Entry| matches!(entry.role, Role::WellKnown(place) if usize::from(place) < CORRELATION_KEYS);
        // They stand first, since the set is in the order of the places.
        let end =
            self.well_known.entries.iter().take_while(is_correlation).last().map_or(0, |entry| entry.end);
        self.well_known.bytes.get(..end as usize).unwrap_or_default()
    }
}

/// The well-known keys of both, in the order of their places; those of `added` win.
fn by_place(base: &Attributes, added: &Attributes) -> Attributes {
    let mut set = Attributes::default();
    set.has_well_known = true;
    for place in 0..WELL_KNOWN.len() {
        let from_added = added.at_place(place).map(|entry| (added, entry));
        if let Some((from, entry)) = from_added.or_else(|| base.at_place(place).map(|entry| (base, entry))) {
            set.push_copy(from, entry);
        }
    }
    set
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
    /// Whether the remote parent's trace is kept by all means (B3 and Jaeger, "debug").
    pub is_debug: bool,
    /// A remote span that is not continued: the next span begins a trace of its own and links to it. Void beside a span.
    pub linked: Option<SpanContext>,
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

    /// What a span that is started in this context carries. A remote span that it links to is named no further.
    #[inline]
    #[must_use]
    pub fn carried_below(&self) -> Option<Arc<Carried>> {
        match self.linked() {
            None => self.carried.clone(),
            Some(_) => Some(Arc::new(Carried { linked: None, ..self.carried_owned() })),
        }
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

    /// The remote span that a span started in this context links to in place of continuing its trace.
    #[inline]
    #[must_use]
    pub fn linked(&self) -> Option<&SpanContext> {
        if self.span.is_some() {
            return None;
        }
        self.carried.as_deref()?.linked.as_ref()
    }

    /// The span that a link to this context leads to.
    #[must_use]
    pub fn link_target(&self) -> Option<&SpanContext> {
        self.span.as_ref().or_else(|| self.linked())
    }

    /// `tracestate` of the remote parent.
    #[must_use]
    pub fn trace_state(&self) -> Option<&str> {
        self.carried.as_deref().and_then(|carried| carried.trace_state.as_deref())
    }
}
