//! What an instrument keeps for each of its series.

use super::across::Across;
use super::definition::Definition;
use crate::model::metric::PointValue;

/// The state of one series. Formats see its point and nothing else of it.
pub(crate) trait Cell: Sized + Send + Sync + 'static {
    /// A cell before its first value.
    fn new(definition: &Definition) -> Self;

    /// The point of this moment, unless nothing was measured yet. `buckets` is memory for counts, which the caller
    /// keeps from one series to the next.
    fn point<'a>(&'a self, buckets: &'a mut Vec<u64>) -> Option<PointValue<'a>>;

    /// How many words it takes to say what such a cell holds.
    fn words(definition: &Definition) -> usize;

    /// Shows them, always in one order.
    fn each_word(&self, show: &mut dyn FnMut(u64));

    /// Adds what the cell of another process holds; nothing where that has another shape.
    fn absorb(&self, words: &[u64], across: Across);

    /// Forgets what was measured.
    fn reset(&self);

    /// Notes that it was changed now, where that matters between processes.
    fn touch(&self) {}
}
