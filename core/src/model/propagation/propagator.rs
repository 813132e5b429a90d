//! What a propagator is, what it is handed and what it gives back.

use crate::model::baggage::Baggage;
use crate::model::context::{Context, FieldSet, SpanContext};
use std::borrow::Cow;

/// One format in which context crosses process borders.
///
/// A propagator holds no state: which ones take part, and in which order, is a matter of configuration.
pub trait Propagator: Sync {
    /// The name in configuration, as OpenTelemetry has it where it knows the format.
    fn name(&self) -> &'static str;

    /// Everything that [`Self::extract`] looks at and [`Self::inject`] writes.
    fn fields(&self) -> &'static [Field];

    /// Reads its fields. What cannot be read is left out.
    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>);

    /// Hands its fields to `set`, each at most once and as printable ASCII, under the names that
    /// [`Field::written`] gives.
    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str));
}

/// A header, or the variable of a process that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The header's name in lower case, as carriers are asked for it.
    pub name: &'static str,
    /// The header's name as it is written.
    pub written: &'static str,
    /// The environment variable of the same meaning, if there is one (OpenTelemetry, environment variables as
    /// context carriers).
    pub variable: Option<&'static str>,
}

/// The headers of a carrier: pairs of a lower-case name and a value, in the order of arrival. A header that
/// occurs twice is two pairs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'h>(&'h [(&'h str, &'h str)]);

impl<'h> Headers<'h> {
    /// Headers of these pairs; other names than those of [`super::fields`] may be among them.
    #[must_use]
    pub const fn new(pairs: &'h [(&'h str, &'h str)]) -> Self {
        Self(pairs)
    }

    /// The value of the header `name`, if it occurs exactly once.
    #[inline]
    #[must_use]
    pub fn single(self, name: &str) -> Option<&'h str> {
        let mut found = None;
        for (known, value) in self.0 {
            if *known == name && found.replace(*value).is_some() {
                return None;
            }
        }
        found
    }

    /// All values of the header `name`.
    #[inline]
    pub const fn values<'n>(self, name: &'n str) -> Values<'h, 'n> {
        Values { pairs: self.0, name }
    }
}

/// The values of one header, see [`Headers::values`].
#[derive(Clone, Copy, Debug)]
pub struct Values<'h, 'n> {
    pairs: &'h [(&'h str, &'h str)],
    name: &'n str,
}

impl<'h> Iterator for Values<'h, '_> {
    type Item = &'h str;

    #[inline]
    fn next(&mut self) -> Option<&'h str> {
        while let [(known, value), behind @ ..] = self.pairs {
            self.pairs = behind;
            if *known == self.name {
                return Some(value);
            }
        }
        None
    }
}

/// What the propagators read, before it is laid over a context.
#[derive(Debug, Default)]
pub struct Incoming<'h> {
    /// The remote span.
    pub span: Option<SpanContext>,
    /// Its `tracestate`; void without a span.
    pub trace_state: Option<Box<str>>,
    /// Baggage members, decoded.
    pub baggage: Baggage,
    /// Context attributes that have a header of their own, with their values.
    pub attributes: Vec<(&'static str, Cow<'h, str>)>,
}

/// What the propagators write.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'c> {
    /// The context that goes out.
    pub context: &'c Context,
    /// Names of the context attributes that travel as baggage.
    pub allowed: &'c [String],
    /// Reads one attribute as text. It is handed in because attributes are kept encoded, and their encoding is
    /// not known here.
    pub text_of: for<'f> fn(&'f FieldSet, &str) -> Option<Cow<'f, str>>,
}

impl<'c> Outgoing<'c> {
    /// The value of a context attribute as text; null has none.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<Cow<'c, str>> {
        (self.text_of)(self.context.fields()?, key)
    }
}
