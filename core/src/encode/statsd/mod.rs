//! StatsD: each point as a few lines (`name:value|type`), for far sides that add up what came in a span of time.
//!
//! Points arrive as differences: what a counter or a histogram has gained since the last ones, and the last value of a
//! gauge or an up-down counter.

mod format;
mod histogram;
mod names;
#[cfg(test)]
mod tests;

pub use format::{Dialect, Form, Lines};

use super::record::{Encoder, Log, Point, Span};

impl Encoder for Lines {
    fn id(&self) -> &str {
        self.id()
    }

    /// There is no way to say a log.
    fn log(&self, _: &Log<'_>, _: &mut Vec<u8>) {}

    /// There is no way to say a span.
    fn span(&self, _: &Span<'_>, _: &mut Vec<u8>) {}

    fn point(&self, point: &Point<'_>, out: &mut Vec<u8>) {
        self.write(point, out);
    }
}
