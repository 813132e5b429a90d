//! Instruments as their registry holds them, whatever their cells are.

use super::cell::Cell;
use super::definition::Definition;
use super::histogram_cell::HistogramCell;
use super::instrument::Instrument;
use super::last::LastCell;
use super::processes::Processes;
use super::sum::SumCell;
use crate::encode::collected::{Collected, Head, Show};
use crate::model::attributes::Attributes;
use crate::model::metric::Descriptor;
use std::sync::Arc;

/// A cell whose instruments a registry can hold.
pub(crate) trait Storable: Cell {
    /// Files an instrument under its cells.
    fn store(instrument: Arc<Instrument<Self>>) -> Stored;

    /// The instrument, if its cells are of this type.
    fn of(stored: &Stored) -> Option<&Arc<Instrument<Self>>>;
}

/// A line for each type of cell.
macro_rules! cells {
    ($($name:ident($cell:ident);)+) => {
        /// An instrument of a registry, with its series.
        #[derive(Clone)]
        pub struct Stored(Any);

        /// By the type of the cells.
        #[derive(Clone)]
        enum Any {
            $($name(Arc<Instrument<$cell>>),)+
        }

        $(impl Storable for $cell {
            fn store(instrument: Arc<Instrument<Self>>) -> Stored {
                Stored(Any::$name(instrument))
            }

            fn of(stored: &Stored) -> Option<&Arc<Instrument<Self>>> {
                match &stored.0 {
                    Any::$name(instrument) => Some(instrument),
                    _ => None,
                }
            }
        })+

        impl Stored {
            /// What it was created as.
            pub(crate) fn definition(&self) -> &Definition {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.definition(),)+
                }
            }

            /// Shows all its series to other processes.
            pub(crate) fn share(&self, processes: &Processes) {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.share(processes),)+
                }
            }

            /// Shows the words of every series' cell.
            pub(crate) fn words(&self, show: impl FnMut(&Definition, &Attributes, &[u64])) {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.words(show),)+
                }
            }

            /// Whether it has no series yet.
            pub(crate) fn is_empty(&self) -> bool {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.is_empty(),)+
                }
            }
        }

        impl Collected for Stored {
            fn descriptor(&self) -> &Descriptor {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.descriptor(),)+
                }
            }

            fn number(&self) -> usize {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.number(),)+
                }
            }

            fn created_since(&self, first: usize, show: impl FnMut(&Attributes, &Head)) {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.created_since(first, show),)+
                }
            }

            fn points(&self, show: impl Show) {
                match &self.0 {
                    $(Any::$name(instrument) => instrument.points(show),)+
                }
            }
        }
    };
}

cells! {
    Sum(SumCell);
    Last(LastCell);
    Histogram(HistogramCell);
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stored").field(self.descriptor()).finish()
    }
}
