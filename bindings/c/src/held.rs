//! What a handle stands for.

use vigie_core::{AnySeries, Context, Logger};

/// The thing itself; a span's changing part is kept beside it.
pub(crate) enum Held {
    Span(Context),
    /// A context, and the span of this process that it stands in until that has ended; 0 when there is none.
    Context(Context, u64),
    Logger(Logger),
    Series(AnySeries),
}

/// A thing in its slot, with what tells it from earlier and later ones.
pub(crate) struct Entry {
    /// The tag of the slot's owner.
    pub(crate) tag: u32,
    /// The generation that it was made in.
    pub(crate) generation: u64,
    pub(crate) held: Held,
}
