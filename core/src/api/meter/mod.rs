//! Metrics: instruments, their series, collection.
//!
//! Not for when and where points go: the telemetry floor decides that.

mod across;
mod any;
mod cell;
mod counter;
mod definition;
mod deltas;
mod gauge;
mod handle;
mod histogram;
mod histogram_cell;
mod home;
mod instrument;
mod last;
mod observers;
mod own;
mod processes;
mod recent;
mod registry;
mod scratch;
mod shared;
mod slot;
mod stored;
mod sum;
mod table;
pub(crate) mod together;
mod up_down_counter;

#[cfg(test)]
mod tests;

pub use crate::model::metric::{InstrumentKind, Number};
pub use across::{Across, Rulebook};
pub use any::{AnyInstrument, AnySeries};
pub use counter::{BoundCounter, Counter};
pub use definition::InstrumentOptions;
pub use gauge::{BoundGauge, Gauge};
pub use histogram::{BoundHistogram, Histogram};
pub use home::MeterHome;
pub use own::OwnMetrics;
pub use processes::Processes;
pub use registry::Registry;
pub use up_down_counter::{BoundUpDownCounter, UpDownCounter};

use crate::error::Result;
use handle::Handle;
use std::sync::Arc;

/// Creates instruments. Creation is not use: nothing is configured or started by it.
///
/// The same name with the same kind is the same instrument. Another kind, unit or other buckets under a name
/// that exists is an error that names both, as is a name outside OpenTelemetry's syntax.
#[derive(Clone)]
pub struct Meter {
    home: Arc<dyn MeterHome>,
}

impl Meter {
    /// A meter whose instruments measure into `home`'s registry.
    #[must_use]
    pub fn new(home: Arc<dyn MeterHome>) -> Self {
        Self { home }
    }

    /// A sum that only grows.
    ///
    /// # Errors
    /// The name or an option is not accepted, or the name belongs to another kind of instrument.
    pub fn counter(&self, name: &str, options: InstrumentOptions) -> Result<Counter> {
        Handle::new(&self.home, InstrumentKind::Counter, name, options).map(Counter)
    }

    /// A sum that grows and shrinks.
    ///
    /// # Errors
    /// As for [`Meter::counter`].
    pub fn up_down_counter(&self, name: &str, options: InstrumentOptions) -> Result<UpDownCounter> {
        Handle::new(&self.home, InstrumentKind::UpDownCounter, name, options).map(UpDownCounter)
    }

    /// The last value, set or asked for.
    ///
    /// # Errors
    /// As for [`Meter::counter`].
    pub fn gauge(&self, name: &str, options: InstrumentOptions) -> Result<Gauge> {
        Handle::new(&self.home, InstrumentKind::Gauge, name, options).map(Gauge)
    }

    /// A spread of values over explicit buckets.
    ///
    /// # Errors
    /// As for [`Meter::counter`]; or the buckets are not ascending finite numbers, or differ from those that
    /// an instrument of this name has.
    pub fn histogram(&self, name: &str, options: InstrumentOptions) -> Result<Histogram> {
        Handle::new(&self.home, InstrumentKind::Histogram, name, options).map(Histogram)
    }

    /// An instrument of a kind that is known at run time only.
    ///
    /// # Errors
    /// As for the method of the kind.
    pub fn instrument(
        &self,
        kind: InstrumentKind,
        name: &str,
        options: InstrumentOptions,
    ) -> Result<AnyInstrument> {
        AnyInstrument::new(&self.home, kind, name, options)
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter").finish_non_exhaustive()
    }
}
