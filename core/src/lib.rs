//! Vigie's core: log records, spans, metrics, context and outputs; knows no host language.
//!
//! Applications begin with [`Telemetry`]; bindings use [`host::global`] and walk their values into an
//! [`AttributeWriter`].
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod api;
mod aside;
mod buffer;
mod clock;
pub mod config;
mod document;
mod encode;
mod error;
pub mod extend;
mod generation;
mod guard;
mod lent;
mod mapped;
pub mod model;
mod output;
mod platform;
pub mod runs;
mod stats;
mod telemetry;

pub use api::current::Entered;
pub use api::error_scribe::ErrorScribe;
pub use api::log_record::LogRecord;
pub use api::logger::Logger;
pub use api::meter::{
    AnyInstrument, AnySeries, BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Counter, Gauge,
    Histogram, InstrumentKind, InstrumentOptions, Meter, Number, UpDownCounter,
};
pub use api::record_builder::{AttributeValue, RecordBuilder};
pub use api::span_start::SpanStart;
pub use api::tracer::Span;
pub use config::{Config, Environment};
pub use encode::attributes::writer::AttributeWriter;
pub use encode::json_reader::{read_json, read_json_value};
pub use encode::jsonl::human::{Style as LineStyle, render as render_line};
pub use error::{Error, ErrorCode, Problem, Result};
pub use model::context::{Context, SpanContext};
pub use model::error_info::ErrorInfo;
pub use model::ids::{SpanId, TraceFlags, TraceId};
pub use model::severity::Severity;
pub use model::span::{Link, SpanKind, Status};
pub use output::console::colours_asked_for;
pub use output::file::open_spans_beside;
pub use telemetry::host;
pub use telemetry::trial;
pub use telemetry::{Capture, Telemetry};
