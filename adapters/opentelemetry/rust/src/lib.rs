#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod context;
mod logs;
mod meter;
mod observables;
mod propagator;
#[cfg(feature = "sdk")]
pub mod sdk;
mod span;
mod told;
mod tracer;
mod values;

pub use context::{from_vigie, share_context, to_vigie};
pub use logs::{LogRecord, Logger, LoggerProvider};
pub use meter::MeterProvider;
pub use propagator::Propagator;
pub use span::Span;
pub use tracer::{Tracer, TracerProvider};

use opentelemetry::global;
use vigie_core::Telemetry;

/// Puts `telemetry` behind `opentelemetry::global`: its tracer provider, its meter provider, its propagator; and makes one
/// of both current contexts.
///
/// Call it before the first span is started and before the first context is entered. It may be called again, with another
/// telemetry; what was obtained from the first one stays with that.
pub fn install(telemetry: &Telemetry) {
    share_context();
    global::set_tracer_provider(TracerProvider::new(telemetry));
    global::set_meter_provider(MeterProvider::new(telemetry));
    global::set_text_map_propagator(Propagator::new(telemetry));
}
