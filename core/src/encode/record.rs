//! What a metric point consists of when it reaches a format.

use crate::model::attributes::Attributes;
use crate::model::metric::{Descriptor, PointValue};

/// One series of an instrument as it was at collection.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// Nanoseconds since 1970-01-01 UTC.
    pub timestamp_ns: i64,
    /// The instrument.
    pub instrument: &'a Descriptor,
    /// What tells the series from the others of its instrument, sorted by key.
    pub attributes: &'a Attributes,
    /// What was measured.
    pub value: PointValue<'a>,
}
