//! Turning records into bytes: attributes first, then a record as a whole in each format.
//!
//! Nothing here queues, writes to an output or knows how records are made.

pub(crate) mod attributes;
pub mod base64;
pub(crate) mod collected;
pub(crate) mod entities;
pub(crate) mod influx;
pub(crate) mod journal;
pub(crate) mod json;
pub(crate) mod json_reader;
pub(crate) mod jsonl;
mod legible;
pub(crate) mod members;
mod numbers;
pub mod otlp;
pub(crate) mod patterns;
mod pieces;
pub(crate) mod plain;
pub(crate) mod prometheus;
pub mod record;
pub(crate) mod statsd;
pub(crate) mod syslog;
mod template;
pub(crate) mod timestamp;
pub mod values;
