//! Context into and out of carriers, as the settings say: headers of a request, variables of a process.
//! Not for the formats: see `model::propagation`.

use super::Telemetry;
use crate::config::{Environment, Settings};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::{Attributes, WELL_KNOWN};
use crate::model::baggage::Baggage;
use crate::model::context::{Context, FieldSet};
use crate::model::propagation::{Headers, baggage, correlation, names, traceparent, tracestate};
use crate::stats::Counts;
use std::borrow::Cow;

/// The context key that has a header of its own.
const CORRELATION_KEY: &str = "correlation_id";

impl Telemetry {
    /// Hands the headers that carry `context` to `set`, each at most once: traceparent, tracestate, baggage,
    /// X-Correlation-ID. Values are printable ASCII, whatever the context holds.
    pub fn inject(&self, context: &Context, set: &mut dyn FnMut(&str, &str)) {
        self.with_settings(|settings| inject(settings, context, set));
    }

    /// `base` with what a carrier holds on top; `get` is asked for lower-case header names and answers with all
    /// values of the header.
    ///
    /// A valid `traceparent` replaces the span in force, together with its `tracestate`. Everything that cannot be
    /// read leaves `base` as it is.
    #[must_use]
    pub fn extract(&self, base: &Context, get: &dyn Fn(&str) -> Vec<String>) -> Context {
        let owned = [names::TRACEPARENT, names::TRACESTATE, names::BAGGAGE, names::CORRELATION_ID].map(get);
        let [traceparent, tracestate, baggage, correlation_id] =
            owned.each_ref().map(|values| values.iter().map(String::as_str).collect::<Vec<_>>());
        let headers = Headers {
            traceparent: &traceparent,
            tracestate: &tracestate,
            baggage: &baggage,
            correlation_id: &correlation_id,
        };
        self.extract_headers(base, &headers)
    }

    /// [`Self::extract`] for a host that has the four headers at hand, without copies.
    #[must_use]
    pub fn extract_headers(&self, base: &Context, headers: &Headers<'_>) -> Context {
        self.with_settings(|settings| {
            extract(settings, base, headers, |base, pairs| {
                let pipeline = self.hub.live();
                fields_with(base, pairs, &pipeline.rules, &pipeline.counts)
            })
        })
    }

    fn with_settings<T>(&self, mut use_them: impl FnMut(&Settings) -> T) -> T {
        if let Some(result) = self.state.with_settings(&mut use_them) {
            return result;
        }
        self.ensure();
        let result = self.state.with_settings(&mut use_them);
        // Without settings even now, defaults are what `ensure` promises.
        result.unwrap_or_else(|| use_them(&Settings::defaults(String::new())))
    }
}

/// What the environment's carrier variables say, at initialisation.
pub(super) fn from_environment(settings: &Settings, environment: &Environment) -> Context {
    let [traceparent, tracestate, baggage] =
        [names::ENVIRONMENT_TRACEPARENT, names::ENVIRONMENT_TRACESTATE, names::ENVIRONMENT_BAGGAGE]
            .map(|name| environment.get(name));
    let headers = Headers {
        traceparent: traceparent.as_slice(),
        tracestate: tracestate.as_slice(),
        baggage: baggage.as_slice(),
        correlation_id: &[],
    };
    extract(settings, &Context::root(), &headers, |base, pairs| {
        // The pipeline is not there yet, so the rules are made for this once.
        let rules =
            Rules::new(settings.limits.clone(), &settings.redact_keys, settings.attributes_key.as_deref());
        fields_with(base, pairs, &rules, &Counts::default())
    })
}

/// Context keys with their new values.
type Pairs<'p> = [(&'p str, &'p str)];

fn extract(
    settings: &Settings,
    base: &Context,
    headers: &Headers<'_>,
    fields_with: impl FnOnce(&FieldSet, &Pairs<'_>) -> FieldSet,
) -> Context {
    let propagators = settings.propagators;
    let span = traceparent::parse(headers.traceparent).filter(|_| propagators.trace_context);
    let trace_state = span.and_then(|_| tracestate::parse(headers.tracestate));
    let mut members = Baggage::default();
    if propagators.baggage {
        baggage::parse(headers.baggage, &mut members);
    }
    let correlation_id = correlation::parse(headers.correlation_id).filter(|_| propagators.correlation_id);

    let context = span.map_or_else(|| base.clone(), |span| base.with_span(span));
    let state_changes = span.is_some() && trace_state.as_deref() != base.trace_state();
    if members.is_empty() && correlation_id.is_none() && !state_changes {
        return context;
    }
    let mut carried = context.carried_owned();
    if span.is_some() {
        carried.trace_state = trace_state;
    }
    let allowed = members.iter().filter(|(key, _)| settings.propagate.iter().any(|known| known == key));
    let pairs: Vec<(&str, &str)> = allowed.chain(correlation_id.map(|id| (CORRELATION_KEY, id))).collect();
    if !pairs.is_empty() {
        carried.fields = fields_with(&carried.fields, &pairs);
    }
    if carried.baggage.is_empty() {
        carried.baggage = members;
        return context.with_carried(carried);
    }
    for (key, value) in members.iter() {
        carried.baggage.put(key, value);
    }
    context.with_carried(carried)
}

fn fields_with(base: &FieldSet, pairs: &Pairs<'_>, rules: &Rules, counts: &Counts) -> FieldSet {
    let mut added = Attributes::default();
    let mut writer = AttributeWriter::new(&mut added, rules, counts, Target::Log);
    for (key, value) in pairs {
        writer.key(key);
        writer.str(value);
    }
    drop(writer);
    FieldSet::merged(Some(base), &added)
}

fn inject(settings: &Settings, context: &Context, set: &mut dyn FnMut(&str, &str)) {
    let propagators = settings.propagators;
    if propagators.trace_context
        && let Some(span) = &context.span
    {
        set(names::TRACEPARENT, traceparent::format(span).as_str());
        if let Some(state) = context.trace_state() {
            set(names::TRACESTATE, state);
        }
    }
    let Some(carried) = context.carried.as_deref() else { return };
    if propagators.baggage {
        let header = baggage_header(settings, &carried.baggage, &carried.fields);
        if !header.is_empty() {
            set(names::BAGGAGE, &header);
        }
    }
    if propagators.correlation_id
        && let Some(value) = text_of(&carried.fields, CORRELATION_KEY)
        && let Some(header) = correlation::format(&value)
    {
        set(names::CORRELATION_ID_WRITTEN, &header);
    }
}

/// The baggage members in order, those of allowed context keys with the context's value; then the other allowed keys.
fn baggage_header(settings: &Settings, members: &Baggage, fields: &FieldSet) -> String {
    let expected = members.iter().map(|(key, value)| key.len() + value.len() + 2).sum();
    let (mut header, mut count) = (String::with_capacity(expected), 0);
    let is_allowed = |key: &str| settings.propagate.iter().any(|known| known == key);
    for (key, value) in members.iter() {
        let from_context = if is_allowed(key) { text_of(fields, key) } else { None };
        let value = from_context.as_deref().unwrap_or(value);
        baggage::write(&mut header, &mut count, key, value);
    }
    for key in &settings.propagate {
        let is_member = members.iter().any(|(member, _)| member == key);
        if !is_member && let Some(value) = text_of(fields, key) {
            baggage::write(&mut header, &mut count, key, &value);
        }
    }
    header
}

/// A context key's value as text: strings without quotes and escapes, other values as JSON; null has none.
fn text_of<'f>(fields: &'f FieldSet, key: &str) -> Option<Cow<'f, str>> {
    let encoded = match WELL_KNOWN.iter().position(|known| *known == key) {
        Some(place) => fields.well_known_value(place)?,
        None => {
            // The name is a token, so it stands in the attribute as it is.
            let entry = fields.plain.entries.iter().find(|entry| fields.plain.is_named(entry, key))?;
            fields.plain.value(entry)
        }
    };
    let text = std::str::from_utf8(encoded).ok().filter(|text| *text != "null")?;
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        None => Some(Cow::Borrowed(text)),
        Some(inside) if memchr::memchr(b'\\', inside.as_bytes()).is_none() => Some(Cow::Borrowed(inside)),
        Some(_) => serde_json::from_str(text).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
#[path = "propagate_tests.rs"]
mod tests;
