//! What a propagator is, what it is handed and what it gives back.
//! Not for the headers of a carrier: see `headers`.

use super::headers::Headers;
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

    /// Reads its fields. What cannot be read is left out, and what another propagator has read before stays.
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
    /// A variable of the same meaning that a platform sets by itself, read where the other one is not there.
    pub platform_variable: Option<&'static str>,
    /// How it is used.
    pub role: Role,
}

/// How a propagator uses a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is read and written, and a carrier that has it names a span.
    Span,
    /// It is read and written beside others.
    Both,
    /// It is only read: another propagator writes it.
    Read,
    /// Every header whose name begins with the field's is read and written.
    Prefix,
}

impl Field {
    /// A header that is read and written.
    #[must_use]
    pub const fn new(name: &'static str, written: &'static str, variable: Option<&'static str>) -> Self {
        Self { name, written, variable, platform_variable: None, role: Role::Both }
    }

    /// The same with a variable that a platform sets by itself.
    #[must_use]
    pub const fn with_platform_variable(self, name: &'static str) -> Self {
        Self { platform_variable: Some(name), ..self }
    }

    /// The variables that it is read from, in order.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.variable.into_iter().chain(self.platform_variable)
    }

    /// Whether it is written under its own name.
    #[must_use]
    pub const fn is_written(&self) -> bool {
        matches!(self.role, Role::Span | Role::Both)
    }

    /// The same in another role.
    #[must_use]
    pub const fn with_role(self, role: Role) -> Self {
        Self { role, ..self }
    }
}

/// What the propagators read, before it is laid over a context.
#[derive(Debug, Default)]
pub struct Incoming<'h> {
    /// The remote span.
    pub remote: Option<Remote>,
    /// Baggage members, decoded.
    pub baggage: Baggage,
    /// How much of baggage may still be read.
    pub room: Room,
    /// Context attributes that have a header of their own, with their values.
    pub attributes: Vec<(&'static str, Cow<'h, str>)>,
}

impl Incoming<'_> {
    /// Takes the remote span that `read` finds, unless a propagator before has found one.
    #[inline]
    pub fn offer(&mut self, read: impl FnOnce() -> Option<Remote>) {
        if self.remote.is_none() {
            self.remote = read();
        }
    }
}

/// A span of another process, as a carrier names it.
#[derive(Debug)]
pub struct Remote {
    /// Its identity. The flag *sampled* means nothing where the decision is open.
    pub span: SpanContext,
    /// Its `tracestate`.
    pub trace_state: Option<Box<str>>,
    /// What was decided about keeping its trace.
    pub decision: Decision,
}

/// Whether a trace is kept, as far as the other process has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The flags say it.
    Made,
    /// It is kept by all means (B3 and Jaeger, "debug").
    Debug,
    /// It is left to whoever reads it.
    Open,
}

/// What may be read of baggage, in all headers of a carrier together.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Bytes of headers.
    pub bytes: usize,
    /// Members, whether they can be read or not.
    pub members: usize,
}

impl Default for Room {
    /// What W3C Baggage asks everybody to pass on: 8192 bytes and 64 members.
    fn default() -> Self {
        Self { bytes: 8_192, members: 64 }
    }
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

    /// Hands out the baggage members in order, those of allowed context keys with the context's value; then the other
    /// allowed keys.
    pub fn members(&self, mut member: impl FnMut(&str, &str)) {
        let is_allowed = |key: &str| self.allowed.iter().any(|known| known == key);
        for (key, value) in self.context.baggage() {
            let from_context = if is_allowed(key) { self.attribute(key) } else { None };
            member(key, from_context.as_deref().unwrap_or(value));
        }
        for key in self.allowed {
            let is_member = self.context.baggage().any(|(known, _)| known == key);
            if !is_member && let Some(value) = self.attribute(key) {
                member(key, &value);
            }
        }
    }

    /// Whether the trace is kept by all means.
    #[must_use]
    pub fn is_debug(&self) -> bool {
        let is_sampled = self.context.span.is_some_and(|span| span.flags.is_sampled());
        is_sampled && self.context.carried.as_deref().is_some_and(|carried| carried.is_debug)
    }
}
