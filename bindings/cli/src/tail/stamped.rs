//! A line with its time, by which those of several files are put in order.

use std::cmp::Ordering;

use crate::members::{Members, string};
use crate::time;

/// A line without its line feed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stamped {
    /// Microseconds since 1970. A line without a time has that of the line before it, to which it may belong.
    us: i64,
    pub(super) bytes: Vec<u8>,
}

impl Stamped {
    /// Reads the time of a line; `before` is that of the one before it in its file.
    pub(super) fn new(bytes: Vec<u8>, before: &mut i64) -> Self {
        *before = Self::time(&bytes).unwrap_or(*before);
        Self { us: *before, bytes }
    }

    /// The time that a line gives.
    pub(super) fn time(line: &[u8]) -> Option<i64> {
        time::parse_us(&string(Members::of(line)?.get("timestamp")?)?)
    }

    /// By time; lines of one time stay as they stand.
    pub(super) fn in_order(one: &Self, other: &Self) -> Ordering {
        one.us.cmp(&other.us)
    }
}
