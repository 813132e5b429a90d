//! Context into and out of headers, in the formats that Vigie's setting `propagators` names.

use crate::context::{from_vigie, to_vigie};
use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use vigie_core::Telemetry;
use vigie_core::model::propagation;

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
        let fields = propagation::fields().iter().map(|field| field.name.to_owned());
        Self { telemetry: telemetry.clone(), fields: fields.collect() }
    }
}

impl TextMapPropagator for Propagator {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        self.telemetry.inject(&to_vigie(context), &mut |name, value| injector.set(name, value.to_owned()));
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let all = |name: &str| {
            let values = extractor.get_all(name).unwrap_or_default();
            values.into_iter().map(str::to_owned).collect()
        };
        from_vigie(context, &self.telemetry.extract(&to_vigie(context), &all))
    }

    /// The headers of all formats, the ones that are not in use included.
    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}
