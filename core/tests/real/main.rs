//! What real servers make of what is sent to them. Those that are missing are skipped, with what installs them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![cfg(unix)]

mod influxdb;
#[cfg(target_os = "linux")]
mod journald;
mod process;
mod pushgateway;
#[cfg(target_os = "linux")]
mod rsyslog;
mod statsd;
