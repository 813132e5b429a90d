//! What a parent means for the spans below it.

/// Who decides for a span that has a parent of one sort.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FromParent {
    /// The parent: its decision stands.
    Parent,
    /// What decides for new traces.
    Root,
    /// A share of its own, 0 to 1.
    Share(f64),
}

/// The four sorts of parents (OpenTelemetry trace SDK, "ParentBased").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parents {
    /// In another process, and sampled.
    pub remote_sampled: FromParent,
    /// In another process, and not sampled.
    pub remote_not_sampled: FromParent,
    /// In this process, and sampled.
    pub local_sampled: FromParent,
    /// In this process, and not sampled.
    pub local_not_sampled: FromParent,
}

impl Parents {
    /// The same for all of them.
    #[must_use]
    pub const fn all(from: FromParent) -> Self {
        Self { remote_sampled: from, remote_not_sampled: from, local_sampled: from, local_not_sampled: from }
    }

    /// Whether the decision of parents of this process stands.
    #[must_use]
    pub fn local_stands(&self) -> bool {
        [self.local_sampled, self.local_not_sampled] == [FromParent::Parent; 2]
    }

    /// Whether the decision of parents of other processes stands.
    #[must_use]
    pub fn remote_stands(&self) -> bool {
        [self.remote_sampled, self.remote_not_sampled] == [FromParent::Parent; 2]
    }

    /// As [`Self::place`] counts them.
    pub(super) const fn in_order(&self) -> [FromParent; 4] {
        [self.local_not_sampled, self.local_sampled, self.remote_not_sampled, self.remote_sampled]
    }

    /// The number of a sort.
    pub(super) fn place(is_remote: bool, is_sampled: bool) -> usize {
        usize::from(is_remote) << 1 | usize::from(is_sampled)
    }
}

impl Default for Parents {
    fn default() -> Self {
        Self::all(FromParent::Parent)
    }
}
