//! A share of the traces.

use super::asked::{Asked, Mark, Sampled};
use super::threshold::Threshold;
use crate::model::ids::TraceId;
use crate::model::propagation::ot;

/// Keeps a share of the traces, the same ones wherever it is asked.
#[derive(Debug)]
pub(in crate::api) enum Share {
    /// By the bound of the 63 bits that [`compared`] takes of the trace id.
    Ratio(u64),
    /// By its threshold; none for nothing at all.
    Consistent(Option<Threshold>),
}

impl Share {
    pub(in crate::api) fn new(ratio: f64, is_consistent: bool) -> Self {
        if is_consistent { Self::Consistent(Threshold::of(ratio)) } else { Self::Ratio(bound(ratio)) }
    }

    pub(in crate::api) fn sample(&self, asked: &Asked<'_>) -> Sampled<'_> {
        let dropped = Sampled { is_sampled: false, mark: Mark::Erased };
        match self {
            // The probability of this decision is not that of the threshold that came along.
            Self::Ratio(bound) => Sampled { is_sampled: compared(asked.trace_id) < *bound, ..dropped },
            Self::Consistent(None) => dropped,
            Self::Consistent(Some(threshold)) => {
                let randomness = ot::read(asked.trace_state()).randomness(asked.trace_id);
                if randomness < threshold.value() {
                    return dropped;
                }
                Sampled { is_sampled: true, mark: Mark::Set(threshold) }
            }
        }
    }
}

/// What [`compared`] has to be below, for `ratio` of the traces.
pub(in crate::api) fn bound(ratio: f64) -> u64 {
    (ratio.clamp(0.0, 1.0) * (1_u64 << 63) as f64) as u64
}

/// The bits of a trace id that a ratio looks at.
#[inline]
pub(super) fn compared(trace_id: TraceId) -> u64 {
    // W3C Trace Context asks for randomness in this half only.
    u128::from_be_bytes(trace_id.to_bytes()) as u64 >> 1
}
