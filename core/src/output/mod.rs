//! Where records go: kinds of outputs, and what an open one does with the bytes that it gets.
//!
//! Nothing here knows how records are made or which outputs a configuration asks for.

pub(crate) mod console;
mod datagram;
pub mod exporter;
pub(crate) mod file;
mod http;
pub(crate) mod influx;
mod journald;
pub mod kind;
pub(crate) mod lanes;
mod lines;
pub(crate) mod memory;
mod notes;
pub(crate) mod null;
pub mod onward;
mod otlp;
mod own_files;
pub mod progress;
pub(crate) mod prometheus;
mod pushgateway;
pub(crate) mod queue;
pub mod registry;
pub(crate) mod running;
pub(crate) mod schedule;
pub(crate) mod selection;
mod spool;
mod stall;
pub(crate) mod statsd;
mod stream;
mod syslog;
mod worker;
