//! Context into and out of carriers, as the settings say: headers of a request, variables of a process.
//! Not for the formats: see `model::propagation`.

use super::Telemetry;
use crate::config::{Environment, Settings};
use crate::encode::attribute_writer::{AttributeWriter, Target};
use crate::encode::key::Rules;
use crate::model::attributes::{Attributes, WELL_KNOWN};
use crate::model::context::{Context, FieldSet};
use crate::model::propagation::{self, Headers, Incoming, Outgoing};
use crate::stats::Counts;
use std::borrow::Cow;

impl Telemetry {
    /// Hands the headers that carry `context` to `set`, each at most once, in the order of the setting
    /// `propagators`. Values are printable ASCII, whatever the context holds.
    pub fn inject(&self, context: &Context, set: &mut dyn FnMut(&str, &str)) {
        self.with_settings(|settings| {
            let outgoing = Outgoing { context, allowed: &settings.propagate, text_of };
            for propagator in settings.propagators.iter() {
                propagator.inject(&outgoing, set);
            }
        });
    }

    /// `base` with what a carrier holds on top; `get` is asked for the lower-case header names of
    /// [`propagation::fields`] and answers with all values of the header.
    ///
    /// A valid remote span replaces the one in force, together with its `tracestate`. Everything that cannot be
    /// read leaves `base` as it is.
    #[must_use]
    pub fn extract(&self, base: &Context, get: &dyn Fn(&str) -> Vec<String>) -> Context {
        let fields = propagation::fields();
        let mut given = Vec::with_capacity(fields.len());
        for field in fields {
            given.extend(get(field.name).into_iter().map(|value| (field.name, value)));
        }
        let pairs: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.extract_headers(base, Headers::new(&pairs))
    }

    /// [`Self::extract`] for a host that has the headers at hand, without copies.
    #[must_use]
    pub fn extract_headers(&self, base: &Context, headers: Headers<'_>) -> Context {
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
    let pairs: Vec<(&str, &str)> = propagation::fields()
        .iter()
        .filter_map(|field| Some((field.name, environment.get(field.variable?)?)))
        .collect();
    extract(settings, &Context::root(), Headers::new(&pairs), |base, pairs| {
        // The pipeline is not there yet, so the rules are made for this once.
        let rules =
            Rules::new(settings.limits.clone(), &settings.redact_keys, settings.attributes_key.as_deref());
        fields_with(base, pairs, &rules, &Counts::default())
    })
}

/// Context keys with their new values.
type Pairs<'i, 'p> = &'i mut dyn Iterator<Item = (&'p str, &'p str)>;

fn extract(
    settings: &Settings,
    base: &Context,
    headers: Headers<'_>,
    fields_with: impl FnOnce(&FieldSet, Pairs<'_, '_>) -> FieldSet,
) -> Context {
    let mut incoming = Incoming::default();
    for propagator in settings.propagators.iter() {
        propagator.extract(headers, &mut incoming);
    }
    let Incoming { span, trace_state, baggage: members, attributes } = incoming;

    let context = span.map_or_else(|| base.clone(), |span| base.with_span(span));
    let state_changes = span.is_some() && trace_state.as_deref() != base.trace_state();
    if members.is_empty() && attributes.is_empty() && !state_changes {
        return context;
    }
    let mut carried = context.carried_owned();
    if span.is_some() {
        carried.trace_state = trace_state;
    }
    // Mostly nothing is allowed, and then the members are not looked through.
    let candidates = (!settings.propagate.is_empty()).then(|| members.iter()).into_iter().flatten();
    let allowed = candidates.filter(|(key, _)| settings.propagate.iter().any(|known| known == key));
    let own = attributes.iter().map(|(key, value)| (*key, value.as_ref()));
    let mut pairs = allowed.chain(own).peekable();
    if pairs.peek().is_some() {
        carried.fields = fields_with(&carried.fields, &mut pairs);
    }
    drop(pairs);
    if carried.baggage.is_empty() {
        carried.baggage = members;
        return context.with_carried(carried);
    }
    for (key, value) in members.iter() {
        carried.baggage.put(key, value);
    }
    context.with_carried(carried)
}

fn fields_with(base: &FieldSet, pairs: Pairs<'_, '_>, rules: &Rules, counts: &Counts) -> FieldSet {
    let mut added = Attributes::default();
    let mut writer = AttributeWriter::new(&mut added, rules, counts, Target::Log);
    for (key, value) in pairs {
        writer.key(key);
        writer.str(value);
    }
    drop(writer);
    FieldSet::merged(Some(base), &added)
}

/// A context key's value as text: strings without quotes and escapes, other values as JSON; null has none.
fn text_of<'f>(fields: &'f FieldSet, key: &str) -> Option<Cow<'f, str>> {
    let encoded = match WELL_KNOWN.iter().position(|known| *known == key) {
        Some(place) => fields.well_known.get(place)?.as_deref()?,
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
