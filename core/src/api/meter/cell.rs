//! What an instrument keeps for each of its series.

use super::definition::Definition;
use crate::model::metric::PointValue;

/// The state of one series. Formats see its point and nothing else of it.
pub(crate) trait Cell: Sized + Send + Sync + 'static {
    /// A cell before its first value.
    fn new(definition: &Definition) -> Self;

    /// The point of this moment, unless nothing was measured yet. `buckets` is memory for counts, which the caller
    /// keeps from one series to the next.
    fn point<'a>(&'a self, buckets: &'a mut Vec<u64>) -> Option<PointValue<'a>>;
}
