//! Turning records into bytes: attributes, lines, expositions.
//!
//! Nothing here queues, writes to an output or knows how records are made.

pub mod attribute_writer;
pub mod collected;
mod containers;
mod draft;
pub mod error_object;
mod frames;
pub mod human;
pub mod json;
pub mod json_reader;
pub mod key;
pub mod limits;
pub mod log_line;
mod member;
pub mod metric_line;
pub mod prometheus;
pub mod record;
pub mod redact;
pub mod span_line;
pub(crate) mod text;
pub mod timestamp;
pub mod truncate;
mod well_known;
