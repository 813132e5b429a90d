//! An instrument with its series, as a format reads it that shows whole instruments and remembers them.
//!
//! Formats that take one point after the other get [`super::record::Point`]s instead.

use crate::model::attributes::Attributes;
use crate::model::metric::{Descriptor, PointValue};

/// An instrument with its series.
///
/// The numbers of instruments and series count from 0 in the order of creation and never change, so that a format
/// can keep what it derived from them.
pub trait Collected: Send + Sync {
    /// What the instrument says of itself.
    fn descriptor(&self) -> &Descriptor;

    /// The instrument's number in its registry.
    fn number(&self) -> usize;

    /// Shows the attributes of the series with the number `first` and all later ones, in order of their numbers.
    fn created_since(&self, first: usize, show: &mut dyn FnMut(&Attributes));

    /// Shows every series that has a point, in order of their attributes.
    fn points(&self, show: &mut dyn FnMut(&SeriesPoint<'_>));
}

/// One series at collection.
#[derive(Debug, Clone, Copy)]
pub struct SeriesPoint<'a> {
    /// The series' number in its instrument.
    pub number: usize,
    /// What tells the series from the others of its instrument, sorted by key.
    pub attributes: &'a Attributes,
    /// What was measured.
    pub value: PointValue<'a>,
}
