//! An instrument with its series, as a format reads it that shows whole instruments and remembers them.
//!
//! Formats that take one point after the other get [`super::record::Point`]s instead.

use crate::model::attributes::Attributes;
use crate::model::metric::{Descriptor, PointValue};
use std::sync::OnceLock;

/// An instrument with its series.
///
/// The numbers of instruments and series count from 0 in the order of creation and never change, so that a format
/// knows which ones it has met. It is no trait for trait objects, since a call for each of ten thousand
/// series would be felt.
pub trait Collected {
    /// What the instrument says of itself.
    fn descriptor(&self) -> &Descriptor;

    /// The instrument's number in its registry.
    fn number(&self) -> usize;

    /// Shows attributes and head of the series with the number `first` and all later ones, in order of their numbers.
    fn created_since(&self, first: usize, show: impl FnMut(&Attributes, &Head));

    /// Shows every series that has a point, in order of their attributes.
    fn points(&self, show: impl Show);
}

/// Takes points one by one. A closure can do that too.
pub trait Show {
    /// Takes the next one.
    fn show(&mut self, point: &SeriesPoint<'_>);
}

impl<F: FnMut(&SeriesPoint<'_>)> Show for F {
    #[inline]
    fn show(&mut self, point: &SeriesPoint<'_>) {
        self(point);
    }
}

/// Room in a series for what a text format writes before its value each time. It lies beside the value, because ten
/// thousand look-ups elsewhere would take a fifth of the time that the whole text takes.
#[derive(Debug, Default)]
pub struct Head {
    usual: OnceLock<Box<str>>,
    /// Those of the same format with other names, which few processes are ever asked for.
    others: OnceLock<Box<[OnceLock<Box<str>>; OTHER_HEADS]>>,
}

/// How many heads a series can have beside the usual one.
const OTHER_HEADS: usize = 3;

impl Head {
    /// The usual one.
    #[inline]
    #[must_use]
    pub fn usual(&self) -> Option<&str> {
        self.usual.get().map(|head| &**head)
    }

    /// The usual one, number 0, or another.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&str> {
        let Some(other) = number.checked_sub(1) else { return self.usual() };
        self.others.get()?.get(other)?.get().map(|head| &**head)
    }

    /// Keeps a head, unless it is there already: another text of the same series has made the same one then.
    pub fn keep(&self, number: usize, text: String) {
        let place = match number.checked_sub(1) {
            None => Some(&self.usual),
            Some(other) => self.others.get_or_init(Box::default).get(other),
        };
        if let Some(place) = place {
            let _ = place.set(text.into());
        }
    }
}

/// One series at collection.
#[derive(Debug, Clone, Copy)]
pub struct SeriesPoint<'a> {
    /// What is written before the value, once the format has met the series.
    pub head: &'a Head,
    /// What tells the series from the others of its instrument, sorted by key.
    pub attributes: &'a Attributes,
    /// When it began, nanoseconds since 1970-01-01 UTC.
    pub start_ns: i64,
    /// What was measured.
    pub value: PointValue<'a>,
}
