//! The list of propagators, and the sets of them that configuration makes.

use super::baggage::W3cBaggage;
use super::correlation::CorrelationId;
use super::propagator::{Field, Propagator};
use super::trace_context::TraceContext;
use std::fmt;
use std::sync::LazyLock;

/// All propagators there are, in the order in which the default set asks them. A new one is a line here.
static ALL: [&dyn Propagator; 3] = [&TraceContext, &W3cBaggage, &CorrelationId];

/// Names that OpenTelemetry knows and this build does not.
pub const UNBUILT: [&str; 5] = ["b3", "b3multi", "jaeger", "xray", "ottrace"];

static FIELDS: LazyLock<Vec<Field>> =
    LazyLock::new(|| ALL.iter().flat_map(|propagator| propagator.fields()).copied().collect());

/// The fields of all propagators, whether they are in a set or not: what a carrier has to be searched for, and
/// what has to be cleared where one is used again.
#[must_use]
pub fn fields() -> &'static [Field] {
    &FIELDS
}

/// The propagator of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Propagator> {
    ALL.into_iter().find(|known| known.name() == name)
}

/// The names that [`find`] knows, for messages.
#[must_use]
pub fn accepted() -> String {
    ALL.map(Propagator::name).join(", ")
}

/// Propagators in the order in which they are asked; each at most once.
#[derive(Clone, Default)]
pub struct Propagators(Vec<&'static dyn Propagator>);

impl Propagators {
    /// All that there are.
    #[must_use]
    pub fn all() -> Self {
        Self(ALL.to_vec())
    }

    /// Whether nothing was chosen: the faces' quick paths, which know the headers of exactly this set, may be used.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::all()
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
