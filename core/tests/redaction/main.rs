//! Redaction as a whole: what it finds of a corpus of secrets, what it leaves alone, that nothing reaches any sink, and
//! that hostile text costs no more than other text.
//! Not for single rules, whose tests stand beside them, nor for the bytes: the conformance vectors show those.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod corpus;
mod harmless;
#[cfg(unix)]
mod hostile;
mod modes;
mod secrets;
#[path = "../network/server.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod server;
mod sinks;
