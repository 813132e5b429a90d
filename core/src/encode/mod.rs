//! Turning records into bytes: attributes, lines, expositions.
//!
//! Nothing here queues, writes to an output or knows how records are made.

pub mod attribute_writer;
mod frames;
pub mod json;
pub mod key;
pub mod limits;
pub mod redact;
pub mod timestamp;
pub mod truncate;
mod well_known;
