//! The list of propagators, and the sets of them that configuration makes.

use super::b3::{B3Multi, B3Single};
use super::baggage::W3cBaggage;
use super::correlation::CorrelationId;
use super::headers::{Headers, begins_with};
use super::jaeger::Jaeger;
use super::propagator::{Field, Incoming, Outgoing, Propagator, Role};
use super::trace_context::TraceContext;
use super::x_trace_id::XTraceId;
use super::xray::XRay;
use std::fmt;

/// All propagators there are. A new one is a line here.
static ALL: [&dyn Propagator; 8] =
    [&TraceContext, &W3cBaggage, &CorrelationId, &B3Single, &B3Multi, &Jaeger, &XRay, &XTraceId];

/// Those that are asked, in this order, unless the configuration says otherwise.
static DEFAULT: [&dyn Propagator; 3] = [&TraceContext, &W3cBaggage, &CorrelationId];

/// Names that OpenTelemetry knows and this build does not.
pub const UNBUILT: [&str; 1] = ["ottrace"];

/// The headers that any propagator writes under names of their own, as they are written.
pub fn written() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().flat_map(Propagator::fields).filter(|field| field.is_written()).map(|field| field.written)
}

/// The environment variables that any propagator reads.
pub fn variables() -> impl Iterator<Item = &'static str> {
    let written = |field: &&Field| field.role != Role::Read;
    ALL.into_iter().flat_map(Propagator::fields).filter(written).flat_map(Field::variables)
}

/// The propagator of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Propagator> {
    ALL.into_iter().find(|known| known.name() == name)
}

/// The names that [`find`] knows, in the order in which users are told of them.
#[must_use]
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|propagator| propagator.name()).collect()
}

/// Propagators in the order in which they are asked, each at most once, as one: of several that find a remote span the
/// first counts, and all of them write.
#[derive(Clone)]
pub struct Propagators {
    members: Vec<&'static dyn Propagator>,
    /// Their fields, each once.
    fields: Vec<Field>,
    /// A bit for each length that a name has: most headers of a request are told apart by it. All bits where a name is
    /// known by its beginning.
    lengths: u64,
}

const fn length_bit(name: &str) -> u64 {
    1 << (name.len() & 63)
}

impl Default for Propagators {
    /// W3C Trace Context, W3C Baggage and the correlation id.
    fn default() -> Self {
        let mut set = Self::none();
        for propagator in DEFAULT {
            set.add(propagator);
        }
        set
    }
}

impl Propagators {
    /// The empty set, which carries nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self { members: Vec::new(), fields: Vec::new(), lengths: 0 }
    }

    /// Whether this is the default set. A face's quick path that knows the headers itself may be taken for this set
    /// only.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.names().eq(DEFAULT.iter().map(|propagator| propagator.name()))
    }

    /// Adds one behind the others, unless it is there already.
    pub fn add(&mut self, propagator: &'static dyn Propagator) {
        if self.names().any(|name| name == propagator.name()) {
            return;
        }
        self.members.push(propagator);
        for field in propagator.fields() {
            self.lengths |= if field.role == Role::Prefix { u64::MAX } else { length_bit(field.name) };
            match self.fields.iter_mut().find(|known| known.name == field.name) {
                Some(known) if known.role == Role::Read => known.role = field.role,
                Some(_) => {}
                None => self.fields.push(*field),
            }
        }
    }

    /// Their names in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.members.iter().map(|propagator| propagator.name())
    }

    /// What a carrier has to be searched for.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field that a header is, or begins with, its name in any case.
    #[inline]
    #[must_use]
    pub fn field(&self, header: &str) -> Option<&Field> {
        if self.lengths & length_bit(header) == 0 {
            return None;
        }
        // Most programs keep the names in lower case, which is quicker to see than another case.
        let exact = self.fields.iter().find(|field| field.name == header);
        exact.or_else(|| self.fields.iter().find(|field| field.is_of(header)))
    }

    /// The name under which [`Headers`] have this header, if anybody reads it.
    #[inline]
    #[must_use]
    pub fn key<'k>(&self, header: &'k str) -> Option<&'k str> {
        self.field(header).map(|field| field.key_of(header))
    }

    /// The field whose value an environment variable of this name holds.
    #[must_use]
    pub fn field_of_variable(&self, name: &str) -> Option<&Field> {
        let same = |variable: &str| variable.eq_ignore_ascii_case(name);
        self.fields.iter().find(|field| field.variables().any(same))
    }

    /// Has all of them read. Of several that find a remote span the first counts.
    #[inline]
    pub fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        for propagator in &self.members {
            propagator.extract(headers, incoming);
        }
    }

    /// Has all of them write.
    #[inline]
    pub fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        for propagator in &self.members {
            propagator.inject(outgoing, set);
        }
    }
}

impl Field {
    /// Whether this is the header's field, whatever the case of its name.
    fn is_of(&self, header: &str) -> bool {
        match self.role {
            Role::Prefix => begins_with(header, self.name),
            Role::Span | Role::Both | Role::Read => self.name.eq_ignore_ascii_case(header),
        }
    }

    /// The name under which [`Headers`] have a header of this field.
    pub(super) fn key_of<'k>(&self, header: &'k str) -> &'k str {
        match self.role {
            Role::Prefix => header,
            Role::Span | Role::Both | Role::Read => self.name,
        }
    }
}

impl PartialEq for Propagators {
    fn eq(&self, other: &Self) -> bool {
        self.names().eq(other.names())
    }
}

impl fmt::Debug for Propagators {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.names()).finish()
    }
}
