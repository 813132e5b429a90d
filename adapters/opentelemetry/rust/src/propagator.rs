//! Context into and out of headers, in the formats that Vigie's setting `propagators` names.

use crate::context::{from_vigie, to_vigie};
use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use vigie_core::Telemetry;
use vigie_core::model::propagation::{Field, Role};

/// A propagator of the OpenTelemetry API that reads and writes what Vigie does.
#[derive(Debug)]
pub struct Propagator {
    telemetry: Telemetry,
    fields: Vec<String>,
}

impl Propagator {
    /// The propagator as `telemetry` is configured.
    #[must_use]
    pub fn new(telemetry: &Telemetry) -> Self {
        let fields = telemetry.reading(|reader| {
            let fields = reader.propagators().fields().iter().filter(|field| field.is_written());
            fields.map(|field| field.name.to_owned()).collect()
        });
        Self { telemetry: telemetry.clone(), fields }
    }
}

impl TextMapPropagator for Propagator {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        self.telemetry.inject(&to_vigie(context), &mut |name, value| injector.set(name, value.to_owned()));
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let base = to_vigie(context);
        let came = self.telemetry.reading(|reader| {
            let fields = reader.propagators().fields().iter();
            let (beginnings, whole): (Vec<&Field>, Vec<&Field>) =
                fields.partition(|field| field.role == Role::Prefix);
            let mut names: Vec<&str> = whole.iter().map(|field| field.name).collect();
            if !beginnings.is_empty() {
                let is_prefixed = |name: &&str| {
                    reader.propagators().field(name).is_some_and(|field| field.role == Role::Prefix)
                };
                names.extend(extractor.keys().into_iter().filter(is_prefixed));
            }
            let values = |name| extractor.get_all(name).unwrap_or_default().into_iter();
            let headers = names.iter().flat_map(|name| values(name).map(move |value| (*name, value)));
            reader.extract(&base, headers)
        });
        from_vigie(context, &came)
    }

    /// The headers that are written, as the telemetry was configured when this was made; baggage of Jaeger's clients has
    /// others beside them.
    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}
