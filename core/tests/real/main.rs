//! What real servers make of what is sent to them. Those that are missing are skipped, with what installs them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![cfg(unix)]

mod influxdb;
mod process;
mod pushgateway;
mod statsd;
