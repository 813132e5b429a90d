//! The propagators of B3, Zipkin's format (openzipkin/b3-propagation): in one header, and in several.
//!
//! Both read both, the single header first, as OpenTelemetry asks; they differ in what they write. A parent's own parent
//! is read over, since a span's identifier is never used on both sides of a call here.

use super::headers::Headers;
use super::identity::{self, Digits, SPAN};
use super::propagator::{Decision, Field, Incoming, Outgoing, Propagator, Remote, Role};
use super::text;

/// B3 in one header, `b3` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct B3Single;

/// B3 in several headers, `b3multi` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct B3Multi;

const ONE: Field = Field::new("b3", "b3", Some("B3")).with_role(Role::Span);
const TRACE_ID: Field =
    Field::new("x-b3-traceid", "X-B3-TraceId", Some("X_B3_TRACEID")).with_role(Role::Span);
const SPAN_ID: Field = Field::new("x-b3-spanid", "X-B3-SpanId", Some("X_B3_SPANID"));
const SAMPLED: Field = Field::new("x-b3-sampled", "X-B3-Sampled", Some("X_B3_SAMPLED"));
const FLAGS: Field = Field::new("x-b3-flags", "X-B3-Flags", Some("X_B3_FLAGS"));

impl Propagator for B3Single {
    fn name(&self) -> &'static str {
        "b3"
    }

    fn fields(&self) -> &'static [Field] {
        const {
            &[
                ONE,
                TRACE_ID.with_role(Role::Read),
                SPAN_ID.with_role(Role::Read),
                SAMPLED.with_role(Role::Read),
                FLAGS.with_role(Role::Read),
            ]
        }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        incoming.offer(|| read(headers));
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let Some(span) = &outgoing.context.span else { return };
        let digits = Digits::of(span);
        let state = if outgoing.is_debug() { "d" } else { sampled(span.flags.is_sampled()) };
        set(ONE.written, &format!("{}-{}-{state}", digits.trace(), digits.span()));
    }
}

impl Propagator for B3Multi {
    fn name(&self) -> &'static str {
        "b3multi"
    }

    fn fields(&self) -> &'static [Field] {
        const { &[ONE.with_role(Role::Read), TRACE_ID, SPAN_ID, SAMPLED, FLAGS] }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        incoming.offer(|| read(headers));
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let Some(span) = &outgoing.context.span else { return };
        let digits = Digits::of(span);
        set(TRACE_ID.written, digits.trace());
        set(SPAN_ID.written, digits.span());
        // Debug says that the trace is kept, and whoever writes it does not write the other.
        if outgoing.is_debug() {
            set(FLAGS.written, "1");
        } else {
            set(SAMPLED.written, sampled(span.flags.is_sampled()));
        }
    }
}

const fn sampled(is_sampled: bool) -> &'static str {
    if is_sampled { "1" } else { "0" }
}

fn read(headers: Headers<'_>) -> Option<Remote> {
    headers.single(ONE.name).and_then(single).or_else(|| several(headers))
}

/// `{trace id}-{span id}-{state}-{parent's span id}`, the last two of which may be missing.
fn single(value: &str) -> Option<Remote> {
    let mut parts = text::trim(value).split('-');
    let (trace, span) = (parts.next()?, parts.next()?);
    let (state, above) = (parts.next(), parts.next());
    let is_above = |above: &str| above.len() == SPAN && text::hex(above).is_some();
    if parts.next().is_some() || !above.is_none_or(is_above) {
        return None;
    }
    remote(trace, span, state_of(state)?)
}

fn several(headers: Headers<'_>) -> Option<Remote> {
    let value = |field: Field| headers.single(field.name).map(text::trim);
    let state = if value(FLAGS) == Some("1") { Some("d") } else { value(SAMPLED) };
    remote(value(TRACE_ID)?, value(SPAN_ID)?, state_of(state)?)
}

/// Whether the trace is sampled, and who decides; None for what is no state.
fn state_of(state: Option<&str>) -> Option<(bool, Decision)> {
    match state {
        None => Some((false, Decision::Open)),
        Some("1") => Some((true, Decision::Made)),
        Some("0") => Some((false, Decision::Made)),
        Some("d") => Some((true, Decision::Debug)),
        // Tracers before the format was written down said it in words.
        Some(word) if word.eq_ignore_ascii_case("true") => Some((true, Decision::Made)),
        Some(word) if word.eq_ignore_ascii_case("false") => Some((false, Decision::Made)),
        Some(_) => None,
    }
}

fn remote(trace: &str, span: &str, (is_sampled, decision): (bool, Decision)) -> Option<Remote> {
    let span = identity::whole_span(trace, span, is_sampled)?;
    Some(Remote { span, trace_state: None, decision })
}
