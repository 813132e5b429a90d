//! What configuration accepts, what it refuses and how sources are merged.

mod accepted;
mod reference;
mod refused;
mod sources;

use super::{Environment, Settings};
use crate::error::Error;

fn resolve(document: &str) -> Settings {
    Settings::resolve(Some(document), &Environment::empty())
        .unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn refused(document: &str) -> Error {
    match Settings::resolve(Some(document), &Environment::empty()) {
        Err(error) => error,
        Ok(settings) => panic!("{document} was accepted: {settings:?}"),
    }
}
