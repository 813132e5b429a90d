//! The resource: what a process says of itself in every record (OpenTelemetry "Resource").
//!
//! Not for how a format writes it: each encoder renders it once.

use super::attributes::Attributes;

/// Service, version, environment, machine and process, and what else it says. Empty texts count as not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource {
    /// `service.name`.
    pub service: String,
    /// `service.version`.
    pub version: Option<String>,
    /// `deployment.environment.name`.
    pub environment: Option<String>,
    /// `host.name`.
    pub host: Option<String>,
    /// `process.pid`.
    pub process_id: Option<u32>,
    /// What enrichment found beside those, by OpenTelemetry's names; lines show it, too.
    pub surroundings: Attributes,
    /// Its other attributes. One that bears the name of what stands above takes its place.
    pub attributes: Attributes,
}
