//! A configuration of Vigie from what the official SDK knows of a process.

use opentelemetry::Key;
use opentelemetry_sdk::Resource;
use vigie_core::Config;

/// A configuration with the service, version and environment of `resource` (`service.name`, `service.version`,
/// `deployment.environment.name`). Vigie's lines have no place for other attributes of a resource.
#[must_use]
pub fn config(resource: &Resource) -> Config {
    let text = |key: &'static str| resource.get(&Key::from_static_str(key)).map(|value| value.to_string());
    let mut config = Config::new(&text("service.name").unwrap_or_default());
    if let Some(version) = text("service.version") {
        config = config.version(&version);
    }
    if let Some(environment) = text("deployment.environment.name").or_else(|| text("deployment.environment"))
    {
        config = config.environment(&environment);
    }
    config
}
