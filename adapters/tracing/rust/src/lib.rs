#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod entered;
mod fields;
mod layer;
mod levels;
mod spans;

pub use layer::VigieLayer;
pub use levels::Levels;

use std::sync::Arc;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::registry::LookupSpan;
use vigie_core::Telemetry;

/// The layer that hands spans and events to `telemetry`, with the filter that keeps from it what its configuration leaves out.
///
/// The filter is the layer's own: other layers of the same subscriber see what they ask for.
pub fn layer<S>(telemetry: &Telemetry) -> Filtered<VigieLayer, Levels, S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let loggers = Arc::new(telemetry.loggers());
    VigieLayer::new(telemetry.clone(), Arc::clone(&loggers))
        .with_filter(Levels::new(telemetry.clone(), loggers))
}
