//! Context into and out of carriers: headers of a request, variables of a process.
//! Not for the formats: see `model::propagation`.

use super::carry::{extract, fields_with, text_of};
use super::handle::Telemetry;
use crate::config::Settings;
use crate::model::context::Context;
use crate::model::propagation::{Headers, Outgoing, Propagators, Selection};

impl Telemetry {
    /// Hands the headers that carry `context` to `set`, each at most once, in the order of the setting
    /// `propagators`. Values are printable ASCII, whatever the context holds.
    pub fn inject(&self, context: &Context, set: &mut dyn FnMut(&str, &str)) {
        self.with_settings(|settings| {
            let outgoing = Outgoing { context, allowed: &settings.propagate, text_of };
            settings.propagators.inject(&outgoing, set);
        });
    }

    /// `base` with what the headers of a carrier say on top: pairs of a name, in any case, and a value; a header that
    /// occurs twice is two pairs.
    ///
    /// A valid remote span replaces the one in force, together with its `tracestate`; with the setting
    /// `public_endpoint` it is only linked to, and nothing else is taken. Everything that cannot be read leaves `base`
    /// as it is.
    #[must_use]
    pub fn extract<'h>(
        &self,
        base: &Context,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    ) -> Context {
        self.reading(|reader| reader.extract(base, headers))
    }

    /// [`Self::extract`] with `public_endpoint` for this carrier, in place of the setting: a program may have a door to strangers
    /// beside another one.
    #[must_use]
    pub fn extract_with<'h>(
        &self,
        base: &Context,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        public_endpoint: bool,
    ) -> Context {
        self.reading(|reader| reader.with_public_endpoint(Some(public_endpoint)).extract(base, headers))
    }

    /// Lends what reads carriers, for a host that looks through one of its own.
    pub fn reading<T>(&self, work: impl FnOnce(Reader<'_>) -> T) -> T {
        self.with_settings(|settings| {
            work(Reader { telemetry: self, settings, is_public: settings.public_endpoint })
        })
    }

    fn with_settings<T>(&self, use_them: impl FnOnce(&Settings) -> T) -> T {
        let chosen = self.state.lent();
        if let Some(chosen) = chosen.as_deref() {
            return use_them(&chosen.settings);
        }
        self.ensure();
        match self.state.lent().as_deref() {
            Some(chosen) => use_them(&chosen.settings),
            // Without settings even now, defaults are what `ensure` promises.
            None => use_them(&Settings::defaults(String::new())),
        }
    }
}

/// Reads carriers as the settings say.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'s> {
    telemetry: &'s Telemetry,
    settings: &'s Settings,
    is_public: bool,
}

impl<'s> Reader<'s> {
    /// Whose fields a carrier has to be searched for.
    #[inline]
    #[must_use]
    pub const fn propagators(self) -> &'s Propagators {
        &self.settings.propagators
    }

    /// The same with what a caller says of one carrier in place of the setting `public_endpoint`, if it says anything.
    #[inline]
    #[must_use]
    pub fn with_public_endpoint(self, told: Option<bool>) -> Self {
        Self { is_public: told.unwrap_or(self.is_public), ..self }
    }

    /// As [`Telemetry::extract`].
    #[must_use]
    pub fn extract<'h>(
        self,
        base: &Context,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    ) -> Context {
        let mut selection = Selection::of(self.propagators());
        let mut pairs = Vec::new();
        for (name, value) in headers {
            if let Some(selected) = selection.take(name, value) {
                pairs.push((selected.name, selected.value));
            }
        }
        self.extract_headers(base, Headers::new(&pairs))
    }

    /// [`Self::extract`] for headers that were chosen already, without copies.
    #[must_use]
    pub fn extract_headers(self, base: &Context, headers: Headers<'_>) -> Context {
        extract(self.settings, self.is_public, base, headers, |base, pairs| {
            let pipeline = self.telemetry.hub.live();
            fields_with(base, pairs, &pipeline.rules, &pipeline.counts)
        })
    }
}

#[cfg(test)]
#[path = "propagate_tests.rs"]
mod tests;
