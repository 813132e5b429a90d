//! Which top-level keys two settings differ in: what a second `init` names when it refuses.
//! Not for merging sources: see `layer`.

use super::settings::Settings;

impl Settings {
    /// The top-level configuration keys in which `self` and `other` differ, in the document's order.
    #[must_use]
    pub fn differing_keys(&self, other: &Self) -> Vec<&'static str> {
        // Destructured, so that a new setting that is not compared does not compile.
        let Self {
            service,
            version,
            environment,
            level,
            levels,
            outputs,
            sampling,
            exceptions,
            redact_keys,
            enrich,
            limits,
            metrics_every,
            metrics_self,
            metrics_folder,
            metrics_across,
            propagate,
            propagators,
            public_endpoint,
            testing,
            attributes_key,
            disabled,
            signals,
        } = self;
        let is_same_metrics = (metrics_every, metrics_self, metrics_folder, metrics_across)
            == (&other.metrics_every, &other.metrics_self, &other.metrics_folder, &other.metrics_across);
        let compared = [
            ("service", *service == other.service),
            ("version", *version == other.version),
            ("environment", *environment == other.environment),
            ("level", *level == other.level),
            ("levels", *levels == other.levels),
            ("outputs", *outputs == other.outputs),
            ("sample", *sampling == other.sampling),
            ("exceptions", *exceptions == other.exceptions),
            ("redact", *redact_keys == other.redact_keys),
            ("enrich", *enrich == other.enrich),
            ("limits", *limits == other.limits),
            ("metrics", is_same_metrics),
            ("propagate", *propagate == other.propagate),
            ("propagators", *propagators == other.propagators),
            ("public_endpoint", *public_endpoint == other.public_endpoint),
            ("testing", *testing == other.testing),
            ("attributes_key", *attributes_key == other.attributes_key),
            ("disabled", *disabled == other.disabled),
            ("signals", *signals == other.signals),
        ];
        compared.into_iter().filter_map(|(key, same)| (!same).then_some(key)).collect()
    }
}
