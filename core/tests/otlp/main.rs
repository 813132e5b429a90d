//! OTLP decoded by the protocol's own types and compared, value for value, with what was recorded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod canonical;
mod far;
mod generated;
mod limits;
mod logs;
mod metrics;
mod model;
mod requests;
mod spans;
