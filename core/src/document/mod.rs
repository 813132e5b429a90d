//! Reads a configuration value together with where it stands, and collects every mistake.
//!
//! Nothing here knows what a particular key means.

pub mod absence;
pub(crate) mod instant;
mod nearest;
pub(crate) mod pairs;
pub mod place;
pub mod report;
pub mod setting;
pub mod units;
pub mod variable;
