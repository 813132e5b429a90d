//! Reads a configuration value together with where it stands, and collects every mistake.
//!
//! Nothing here knows what a particular key means.

pub(crate) mod instant;
mod nearest;
pub mod place;
pub mod report;
pub mod setting;
mod units;
