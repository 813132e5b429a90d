//! InfluxDB line protocol: each record as one line (`measurement,tags fields timestamp`).
//!
//! What names a series is a tag: the resource, and the attributes of a metric. Attributes of logs and spans are fields
//! with their types. A metric's values are doubles whatever they were recorded as: InfluxDB fixes a field's type with
//! its first point and refuses points of another type, and whether a value is whole changes from one to the next.

mod line;
mod log;
mod point;
mod protocol;
mod span;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod tests;
mod text;

pub use protocol::LineProtocol;

use super::record::{Encoder, Log, Point, Span};

impl Encoder for LineProtocol {
    fn id(&self) -> &str {
        "influx"
    }

    fn log(&self, log: &Log<'_>, out: &mut Vec<u8>) {
        log::write(self, log, out);
    }

    fn span(&self, span: &Span<'_>, out: &mut Vec<u8>) {
        span::write(self, span, out);
    }

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        point::write(self, point, out);
    }
}
