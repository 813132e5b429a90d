//! Batches over HTTP/1.1: what all outputs have in common whose far side is a server.
//!
//! Not for what stands in a request: each such kind says that by a `Protocol`.

mod backoff;
mod client;
mod exporter;
mod resolver;
mod settings;
mod words;

pub(super) use backoff::Backoff;
pub(super) use client::{Method, Reply, without_secrets};
pub(super) use exporter::{HttpExporter, Protocol, without};
pub(super) use settings::{
    CA, CLIENT_CERTIFICATE, CLIENT_KEY, COMPRESSION, COMPRESSIONS, HEADERS, HttpSettings, TIMEOUT, is_header,
    is_url,
};
pub(super) use words::{tls as tls_error, without_connection};
