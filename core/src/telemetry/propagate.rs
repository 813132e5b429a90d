//! Context into and out of carriers: headers of a request, variables of a process.
//! Not for the formats: see `model::propagation`.

use super::carry::{extract, fields_with, text_of};
use super::handle::Telemetry;
use crate::config::Settings;
use crate::model::context::Context;
use crate::model::propagation::{self, Headers, Outgoing};

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

#[cfg(test)]
#[path = "propagate_tests.rs"]
mod tests;
