//! What declarative files come to, read as a process reads them.

mod accepted;
mod refused;
mod scalars;
mod sources;

use super::super::{Environment, Settings};
use crate::error::Result;
use std::path::PathBuf;

/// A file with this content, for one test alone.
fn file(name: &str, content: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vigie-declarative-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// The settings that this file gives beside these variables.
fn resolved(name: &str, content: &str, variables: &[(&str, &str)]) -> Result<Settings> {
    let path = file(name, content);
    let named = [("OTEL_CONFIG_FILE", path.to_str().unwrap())];
    Settings::resolve(None, &Environment::from_pairs(named.iter().chain(variables).copied()))
}

/// The same, where nothing is wrong.
fn settings(name: &str, content: &str) -> Settings {
    resolved(name, content, &[]).unwrap_or_else(|error| panic!("{content}: {error}"))
}

/// The settings of a document of our own.
fn ours(document: &str) -> Settings {
    Settings::resolve(Some(document), &Environment::empty()).unwrap()
}
