//! What a handle stands for.

use vigie_core::{AnySeries, Context, Logger};

/// The thing itself; a span's changing part is kept beside it.
pub(crate) enum Held {
    Span(Context),
    Context(Context),
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
