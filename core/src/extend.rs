//! What an output of one's own is made of: a kind that configurations can name, a format, a far side.
//!
//! [`register`] makes it known; everything else of it works as for the kinds that are built in.

pub use crate::buffer::records::Batch;
pub use crate::document::absence::Absence;
pub use crate::document::report::{Found, Object, Report};
pub use crate::document::setting::{Names, Setting, Standing, Takes};
pub use crate::document::variable::Variable;
pub use crate::encode::attributes::key::Rules;
pub use crate::encode::attributes::limits::Limits;
pub use crate::encode::otlp;
pub use crate::encode::prometheus::{Escaping, Format};
pub use crate::encode::record::{Encoder, Event, Linked, Log, Name, Point, Span};
pub use crate::encode::values;
pub use crate::model::attributes::Attributes;
pub use crate::model::metric::{Descriptor, HistogramPoint, InstrumentKind, PointValue};
pub use crate::model::resource::Resource;
pub use crate::model::signal::{Signal, SignalSet};
pub use crate::output::exporter::{Endpoint, Export, Exporter, Pace};
pub use crate::output::kind::{
    Around, Claim, Collection, Kept, Opened, OutputKind, OutputSettings, Passage, Target, Temporality,
    Variables, Waiting,
};
pub use crate::output::onward::Onward;
pub use crate::output::progress::Progress;
pub use crate::output::registry::register;
pub use crate::stats::{Counts, DropReason};
