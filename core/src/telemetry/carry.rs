//! A context joined with what a carrier holds, as the settings say, and context keys as a carrier's text.
//! Not for the formats: see `model::propagation`.

use crate::config::{Environment, Settings};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::{Attributes, WELL_KNOWN};
use crate::model::context::{Context, FieldSet};
use crate::model::propagation::{self, Headers, Incoming};
use crate::stats::Counts;
use std::borrow::Cow;

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
pub(super) type Pairs<'i, 'p> = &'i mut dyn Iterator<Item = (&'p str, &'p str)>;

pub(super) fn extract(
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

pub(super) fn fields_with(base: &FieldSet, pairs: Pairs<'_, '_>, rules: &Rules, counts: &Counts) -> FieldSet {
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
pub(super) fn text_of<'f>(fields: &'f FieldSet, key: &str) -> Option<Cow<'f, str>> {
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
