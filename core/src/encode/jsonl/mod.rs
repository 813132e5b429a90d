//! The unified line: each record as one line of JSON, as the schema says.

mod error;
pub(crate) mod human;
mod lines;
mod log;
mod point;
mod span;

pub(super) use error::{Extent, write_error};
pub use lines::JsonLines;
pub(super) use span::{write_event, write_link, write_list};

use super::record::{Encoder, Log, Point, Span};
use log::LogLine;
use span::SpanLine;

impl Encoder for JsonLines {
    fn id(&self) -> &str {
        "jsonl"
    }

    #[inline]
    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        LogLine { lines: self, log }.write(out);
    }

    #[inline]
    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>) {
        SpanLine { lines: self, span }.write(out);
    }

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        point::write(&self.resource, point, out);
    }
}
