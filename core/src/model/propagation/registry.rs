//! The list of propagators, and the sets of them that configuration makes.

use super::baggage::W3cBaggage;
use super::correlation::CorrelationId;
use super::propagator::{Field, Propagator};
use super::trace_context::TraceContext;
use std::fmt;
use std::sync::LazyLock;

/// All propagators there are. A new one is a line here.
static ALL: [&dyn Propagator; 3] = [&TraceContext, &W3cBaggage, &CorrelationId];

/// Those that are asked, in this order, unless the configuration says otherwise.
static DEFAULT: [&dyn Propagator; 3] = [&TraceContext, &W3cBaggage, &CorrelationId];

/// Names that OpenTelemetry knows and this build does not.
pub const UNBUILT: [&str; 5] = ["b3", "b3multi", "jaeger", "xray", "ottrace"];

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let all: Vec<Field> = ALL.iter().flat_map(|propagator| propagator.fields()).copied().collect();
    let lengths = all.iter().fold(0, |lengths, field| lengths | length_bit(field.name));
    Fields { all, lengths }
});

struct Fields {
    all: Vec<Field>,
    /// A bit for each length that a name has: most headers of a request are told apart by it.
    lengths: u64,
}

const fn length_bit(name: &str) -> u64 {
    1 << (name.len() & 63)
}

/// The fields of all propagators, whether they are in a set or not: what a carrier has to be searched for, and
/// what has to be cleared where one is used again.
#[must_use]
pub fn fields() -> &'static [Field] {
    &FIELDS.all
}

/// The field whose header has this name, in any case.
#[inline]
#[must_use]
pub fn field(header: &str) -> Option<&'static Field> {
    let fields = &*FIELDS;
    if fields.lengths & length_bit(header) == 0 {
        return None;
    }
    // Most programs keep the names in lower case, which is quicker to see than another case.
    let exact = fields.all.iter().find(|field| field.name == header);
    exact.or_else(|| fields.all.iter().find(|field| field.name.eq_ignore_ascii_case(header)))
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

/// Propagators in the order in which they are asked; each at most once.
#[derive(Clone)]
pub struct Propagators(Vec<&'static dyn Propagator>);

impl Default for Propagators {
    /// W3C Trace Context, W3C Baggage and the correlation id.
    fn default() -> Self {
        Self(DEFAULT.to_vec())
    }
}

impl Propagators {
    /// The empty set, which carries nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether this is the default set. A face's quick path that knows the headers itself may be taken for this set
    /// only.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Adds one behind the others, unless it is there already.
    pub fn add(&mut self, propagator: &'static dyn Propagator) {
        if !self.names().any(|name| name == propagator.name()) {
            self.0.push(propagator);
        }
    }

    /// The propagators in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = &'static dyn Propagator> {
        self.0.iter().copied()
    }

    /// Their names in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(Propagator::name)
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
