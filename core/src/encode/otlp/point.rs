//! A metric point as a piece: what its metric is, and one data point.

use super::attributes::Fitting;
use super::fields::{Field, data, histogram_point, metric, number_point};
use super::form::Form;
use crate::encode::record::Point;
use crate::model::metric::{HistogramPoint, InstrumentKind, Number, PointValue};

/// The number of the temporality in which all points are.
const CUMULATIVE: u32 = 2;

/// Appends the piece.
pub(super) fn write<F: Form>(point: &Point<'_>, out: &mut Vec<u8>) {
    let kind = point.instrument.kind;
    let field = match kind {
        InstrumentKind::Counter | InstrumentKind::UpDownCounter => metric::SUM,
        InstrumentKind::Gauge => metric::GAUGE,
        InstrumentKind::Histogram => metric::HISTOGRAM,
    };
    let shared = |out: &mut Vec<u8>| {
        // A gauge is no sum over time: temporality is undefined for it.
        if kind != InstrumentKind::Gauge {
            F::uint(out, data::TEMPORALITY, CUMULATIVE);
        }
        if kind == InstrumentKind::Counter {
            F::yes(out, data::IS_MONOTONIC);
        }
    };
    F::point_piece(
        out,
        |out| write_head::<F>(point, out),
        field,
        shared,
        |out| match point.value {
            PointValue::Number(value) => write_number::<F>(point, value, out),
            PointValue::Histogram(value) => write_histogram::<F>(point, &value, out),
        },
    );
}

fn write_head<F: Form>(point: &Point<'_>, out: &mut Vec<u8>) {
    let instrument = point.instrument;
    F::text(out, metric::NAME, &instrument.name);
    for (field, text) in [(metric::DESCRIPTION, &instrument.description), (metric::UNIT, &instrument.unit)] {
        if !text.is_empty() {
            F::text(out, field, text);
        }
    }
}

fn write_number<F: Form>(point: &Point<'_>, value: Number, out: &mut Vec<u8>) {
    write_times::<F>(point, number_point::START_TIME, number_point::TIME, out);
    match value {
        Number::Int(value) => F::sfixed64(out, number_point::AS_INT, value),
        Number::Float(value) => F::double(out, number_point::AS_DOUBLE, value),
    }
    write_attributes::<F>(point, number_point::ATTRIBUTES, out);
}

fn write_histogram<F: Form>(point: &Point<'_>, value: &HistogramPoint<'_>, out: &mut Vec<u8>) {
    write_times::<F>(point, histogram_point::START_TIME, histogram_point::TIME, out);
    F::fixed64(out, histogram_point::COUNT, value.count);
    // The specification wants no sum of values some of which are negative: nobody could take it for a counter.
    if value.min.as_f64() >= 0.0 {
        F::double(out, histogram_point::SUM, value.sum.as_f64());
    }
    F::fixed64s(out, histogram_point::BUCKET_COUNTS, value.counts);
    F::doubles(out, histogram_point::EXPLICIT_BOUNDS, value.bounds);
    F::double(out, histogram_point::MIN, value.min.as_f64());
    F::double(out, histogram_point::MAX, value.max.as_f64());
    write_attributes::<F>(point, histogram_point::ATTRIBUTES, out);
}

fn write_times<F: Form>(point: &Point<'_>, start: Field, time: Field, out: &mut Vec<u8>) {
    let time_ns = u64::try_from(point.timestamp_ns).unwrap_or(0);
    // A clock that was set back must not make a series begin after its point.
    let start_ns = u64::try_from(point.start_ns).unwrap_or(0).min(time_ns);
    F::two_fixed64(out, (start, start_ns), (time, time_ns));
}

fn write_attributes<F: Form>(point: &Point<'_>, field: Field, out: &mut Vec<u8>) {
    let mut list = Fitting::<F>::open(out, field, usize::MAX);
    list.set(out, point.attributes, |_| true);
    list.close(out);
}
