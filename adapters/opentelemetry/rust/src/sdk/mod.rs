//! For a program that stays on the official SDK: exporters into Vigie, Vigie's sampler, and a configuration from a resource.

mod logs;
mod resource;
mod sampler;
mod spans;

pub use logs::LogExporter;
pub use resource::config;
pub use sampler::Sampler;
pub use spans::SpanExporter;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use std::time::Duration;
use vigie_core::Telemetry;

/// What an exporter answers that has handed everything to Vigie.
fn taken(telemetry: &Telemetry) -> OTelSdkResult {
    if telemetry.is_closed() { Err(OTelSdkError::AlreadyShutdown) } else { Ok(()) }
}

/// Waits until everything is out. Vigie goes on after it: its outputs are not the exporter's alone.
fn flush(telemetry: &Telemetry, timeout: Duration) -> OTelSdkResult {
    if telemetry.flush(timeout) { Ok(()) } else { Err(OTelSdkError::Timeout(timeout)) }
}
