//! Outputs whose far side is a server: what arrives there, what is lost, and what the books say of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod answers;
mod collector;
mod cut;
mod down;
mod faults;
mod flood;
mod influx;
mod names;
mod notes;
mod pushgateway;
mod secure;
mod server;
mod spool;
mod support;
mod tls;
mod twice;
#[path = "../common/waited.rs"]
mod waited;
