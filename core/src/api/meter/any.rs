//! Instruments and series whose kind is known at run time only, for hosts that name it by a number.

use super::counter::{BoundCounter, Counter};
use super::definition::InstrumentOptions;
use super::gauge::{BoundGauge, Gauge};
use super::handle::Handle;
use super::histogram::{BoundHistogram, Histogram};
use super::home::MeterHome;
use super::up_down_counter::{BoundUpDownCounter, UpDownCounter};
use crate::encode::attributes::writer::AttributeWriter;
use crate::error::Result;
use crate::model::metric::{InstrumentKind, Number};
use std::sync::Arc;

/// A line per kind: the kind, which is also the instrument's type, the type of its series, what an update does.
macro_rules! kinds {
    ($($kind:ident, $bound:ident, $update:ident;)+) => {
        /// An instrument of any kind.
        #[derive(Debug, Clone)]
        pub enum AnyInstrument {
            $(#[doc = concat!("A [`", stringify!($kind), "`].")] $kind($kind),)+
        }

        /// A series of an instrument of any kind.
        #[derive(Debug)]
        pub enum AnySeries {
            $(#[doc = concat!("A [`", stringify!($bound), "`].")] $kind($bound),)+
        }

        impl AnyInstrument {
            /// Creates an instrument of this kind.
            pub(super) fn new(
                home: &Arc<dyn MeterHome>,
                kind: InstrumentKind,
                name: &str,
                options: InstrumentOptions,
            ) -> Result<Self> {
                match kind {
                    $(InstrumentKind::$kind => {
                        Handle::new(home, kind, name, options).map(|handle| Self::$kind($kind(handle)))
                    })+
                }
            }

            /// Its kind.
            #[must_use]
            pub const fn kind(&self) -> InstrumentKind {
                match self {
                    $(Self::$kind(_) => InstrumentKind::$kind,)+
                }
            }

            /// Adds to a sum, sets a last value, records in a distribution.
            pub fn update(&self, value: impl Into<Number>, fill: impl FnOnce(&mut AttributeWriter<'_>)) {
                match self {
                    $(Self::$kind(instrument) => instrument.$update(value, fill),)+
                }
            }

            /// A handle for one set of attributes.
            #[must_use]
            pub fn bind(&self, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> AnySeries {
                match self {
                    $(Self::$kind(instrument) => AnySeries::$kind(instrument.bind(fill)),)+
                }
            }
        }

        impl AnySeries {
            /// Adds to a sum, sets a last value, records in a distribution.
            pub fn update(&self, value: impl Into<Number>) {
                match self {
                    $(Self::$kind(series) => series.$update(value),)+
                }
            }

            /// Whether it is the one for all attributes beyond the limit; made now when it is new.
            #[must_use]
            pub fn is_overflow(&self) -> bool {
                match self {
                    $(Self::$kind(series) => series.0.is_overflow(),)+
                }
            }

            /// Says that an update stood for so many measurements more, which a host added up on its own side:
            /// those of the overflow series are counted one by one.
            pub fn count_more(&self, measurements: u64) {
                match self {
                    $(Self::$kind(series) => series.0.count_more(measurements),)+
                }
            }
        }
    };
}

kinds! {
    Counter, BoundCounter, add;
    UpDownCounter, BoundUpDownCounter, add;
    Gauge, BoundGauge, set;
    Histogram, BoundHistogram, record;
}

impl AnySeries {
    /// Adds a sum of fractions ([`BoundCounter::add_float`]); a series that is no sum is updated with it.
    pub fn add_float(&self, x: f64) {
        match self {
            Self::Counter(series) => series.add_float(x),
            Self::UpDownCounter(series) => series.add_float(x),
            other => other.update(x),
        }
    }
}
