//! What stands behind a handle.

use vigie_core::{Context, Logger};

use crate::series::Series;

/// What a handle stands for; the part of a span that changes is kept beside it.
pub(crate) enum Held {
    Span(Context),
    Context(Context),
    Logger(Logger),
    Series(Series),
}

/// The owner of a slot: the tag of its handle, and the generation of the process that made it.
pub(crate) struct Entry {
    pub(crate) tag: u32,
    pub(crate) generation: u64,
    pub(crate) held: Held,
}
