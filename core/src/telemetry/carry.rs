//! A context joined with what a carrier holds, as the settings say, and context keys as a carrier's text.
//! Not for the formats: see `model::propagation`.

use crate::api::sampler::{Asked, Plan, Sampler};
use crate::config::{Environment, Settings};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::{Attributes, WELL_KNOWN};
use crate::model::context::{Carried, Context, FieldSet, SpanContext};
use crate::model::propagation::{Decision, Headers, Incoming, Remote};
use crate::model::span::SpanKind;
use crate::stats::Counts;
use std::borrow::Cow;
use std::sync::Arc;

/// What the environment's carrier variables say, at initialisation. Who starts a process is no stranger to it, so that
/// the setting `public_endpoint` changes nothing here.
pub(super) fn from_environment(settings: &Settings, environment: &Environment) -> Context {
    let fields = settings.propagators.fields().iter();
    let pairs: Vec<(&str, &str)> = fields
        .filter_map(|field| Some((field.name, field.variables().find_map(|name| environment.get(name))?)))
        .collect();
    let incoming = read(settings, Headers::new(&pairs));
    joined(settings, &Context::root(), incoming, |base, pairs| {
        // The pipeline is not there yet, so the rules are made for this once.
        let rules =
            Rules::new(settings.limits.clone(), &settings.redaction, settings.attributes_key.as_deref());
        fields_with(base, pairs, &rules, &Counts::default())
    })
}

/// Context keys with their new values.
pub(super) type Pairs<'i, 'p> = &'i mut dyn Iterator<Item = (&'p str, &'p str)>;

/// `base` with what came from another process on top; of a stranger's, only a link.
pub(super) fn extract(
    settings: &Settings,
    is_public: bool,
    base: &Context,
    headers: Headers<'_>,
    fields_with: impl FnOnce(&FieldSet, Pairs<'_, '_>) -> FieldSet,
) -> Context {
    let incoming = read(settings, headers);
    if is_public {
        return incoming.remote.map_or_else(|| base.clone(), |remote| linked(base, remote.span));
    }
    joined(settings, base, incoming, fields_with)
}

fn read<'h>(settings: &Settings, headers: Headers<'h>) -> Incoming<'h> {
    let mut incoming = Incoming::default();
    settings.propagators.extract(headers, &mut incoming);
    incoming
}

/// `base` without its span: what starts in it begins a trace of its own, and tells of the remote span by a link.
fn linked(base: &Context, remote: SpanContext) -> Context {
    let carried =
        Carried { trace_state: None, is_debug: false, linked: Some(remote), ..base.carried_owned() };
    Context { span: None, carried: Some(Arc::new(carried)) }
}

/// Takes the decision here that the other process has left open.
fn decide(settings: &Settings, remote: &mut Remote) {
    if remote.decision != Decision::Open {
        return;
    }
    // No span is there yet whose name, kind or attributes a rule could fit.
    let Plan { ratio, is_consistent, .. } = settings.sampling.plan();
    let share = Sampler::new(&Plan { ratio, is_consistent, ..Plan::default() });
    let trace_id = remote.span.trace_id;
    let context = Context { span: Some(remote.span), carried: None };
    let asked =
        Asked { parent: Some(&context), trace_id, name: "", kind: SpanKind::Server, attributes: None };
    let sampled = share.sample_anew(&asked);
    remote.span.flags = remote.span.flags.with_sampled(sampled.is_sampled);
    if let Some(trace_state) = sampled.mark.written(remote.trace_state.as_deref()) {
        remote.trace_state = trace_state;
    }
}

fn joined(
    settings: &Settings,
    base: &Context,
    incoming: Incoming<'_>,
    fields_with: impl FnOnce(&FieldSet, Pairs<'_, '_>) -> FieldSet,
) -> Context {
    let Incoming { mut remote, baggage: members, attributes, .. } = incoming;
    if let Some(remote) = &mut remote {
        decide(settings, remote);
    }
    let context = remote.as_ref().map_or_else(|| base.clone(), |remote| base.with_span(remote.span));
    let is_debug = remote.as_ref().is_some_and(|remote| remote.decision == Decision::Debug);
    let trace_state = remote.as_ref().and_then(|remote| remote.trace_state.as_deref());
    let had_debug = base.carried.as_deref().is_some_and(|carried| carried.is_debug);
    let trace_changes = remote.is_some() && (trace_state != base.trace_state() || is_debug != had_debug);
    if members.is_empty() && attributes.is_empty() && !trace_changes {
        return context;
    }
    let mut carried = context.carried_owned();
    if let Some(remote) = remote {
        carried.trace_state = remote.trace_state;
        carried.is_debug = is_debug;
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
