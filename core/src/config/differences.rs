//! Which top-level keys two settings differ in: what a second `init` names when it refuses.
//! Not for merging sources: see `layer`.

use super::settings::Settings;

/// The keys of the fields that differ. A new setting that is not named here does not compile.
macro_rules! differing {
    ($one:ident, $other:ident, $($field:ident => $key:literal,)+) => {{
        // What changes nothing makes no difference, and what was found was not asked for.
        let Settings { $($field,)+ level_file: _, absences: _, surroundings: _ } = $one;
        let mut keys = Vec::new();
        $(if *$field != $other.$field {
            keys.push($key);
        })+
        keys
    }};
}

impl Settings {
    /// The top-level configuration keys in which `self` and `other` differ, in the document's order.
    #[must_use]
    pub fn differing_keys(&self, other: &Self) -> Vec<&'static str> {
        let mut keys = differing!(self, other,
            service => "service",
            version => "version",
            environment => "environment",
            resource => "resource",
            level => "level",
            level_is_set => "level",
            levels => "levels",
            outputs => "outputs",
            sampling => "sample",
            control => "control",
            exceptions => "exceptions",
            redaction => "redact",
            enrich => "enrich",
            categories => "categories",
            entities => "entities",
            entity_patterns => "entity_patterns",
            limits => "limits",
            metrics_every => "metrics",
            metrics_self => "metrics",
            metrics_folder => "metrics",
            metrics_across => "metrics",
            propagate => "propagate",
            propagators => "propagators",
            public_endpoint => "public_endpoint",
            testing => "testing",
            attributes_key => "attributes_key",
            disabled => "disabled",
            signals => "signals",
        );
        keys.dedup();
        keys
    }
}
