//! The metrics of a telemetry, for outputs whose far side asks for them.

use crate::api::hub::Hub;
use crate::encode::prometheus::{Escaping, Format};
use crate::output::kind::Collection;
use std::sync::{Arc, Weak};

/// The metrics of the telemetry behind a hub, as they are when they are asked for.
#[derive(Debug)]
pub(super) struct Metrics(Weak<Hub>);

impl Metrics {
    pub(super) fn of(hub: Weak<Hub>) -> Arc<dyn Collection> {
        Arc::new(Self(hub))
    }
}

/// Those of one telemetry are the same ones, whatever its configuration becomes.
impl PartialEq for Metrics {
    fn eq(&self, other: &Self) -> bool {
        Weak::ptr_eq(&self.0, &other.0)
    }
}

impl Collection for Metrics {
    fn exposition(&self, format: Format, escaping: Escaping) -> String {
        self.0.upgrade().map(|hub| hub.measuring().exposition_text(format, escaping)).unwrap_or_default()
    }
}
