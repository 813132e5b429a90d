//! The configuration: one document, its sources merged, every mistake reported at once.
//! Not for acting on it: `telemetry` opens what the settings describe.
//!
//! Sources, strongest first: arguments, `VIGIE_*`, `OTEL_*` or the file that `OTEL_CONFIG_FILE` names, the file that `VIGIE_CONFIG` names, defaults.
//! Objects are merged member by member, lists and scalars replaced.

mod absent;
mod builder;
mod classes;
mod control;
mod declarative;
mod differences;
mod environment;
mod file;
mod layer;
mod log_sampling;
mod otel;
mod outputs;
mod patterns;
mod redaction;
mod reference;
mod resolve;
mod resource;
mod sampling;
mod sections;
mod settings;
mod surroundings;
mod tables;
mod variables;

pub use crate::document::units::duration;
pub use builder::Config;
pub use control::{Control, ControlledLevel};
pub use declarative::DeclaredEntry;
pub use environment::Environment;
pub use reference::{AbsentEntry, KeyEntry, KindEntry, Reference, Section, VariableEntry, reference};
pub use settings::{CategoryRules, LevelFile, Sampling, Settings, Testing};
pub use surroundings::Runtime;

#[cfg(test)]
mod tests;
