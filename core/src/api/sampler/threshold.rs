//! The rejection threshold of a probability (OpenTelemetry "TraceState: Probability Sampling").

use crate::model::context::Carried;
use crate::model::propagation::ot;
use std::sync::Arc;

/// Digits that a threshold has at most beyond those that are `f` in front, as the specification recommends.
const PRECISION: i32 = 4;

/// As many digits as the mantissa of a double gives, less one for rounding.
const MOST_DIGITS: i32 = 12;

/// The least probability that the specification has: below it nothing is kept.
const LEAST: f64 = 1.0 / (1_u64 << 56) as f64;

/// How many of 2^56 traces are rejected.
#[derive(Debug)]
pub struct Threshold {
    value: u64,
    digits: Box<str>,
    alone: Arc<Carried>,
}

impl Threshold {
    /// The threshold of a probability; none for one that is too small.
    pub(super) fn of(probability: f64) -> Option<Self> {
        // What is no number is too small as well.
        if !matches!(probability.partial_cmp(&LEAST), Some(order) if order.is_ge()) {
            return None;
        }
        let value = value_of(probability);
        let digits = ot::threshold_digits(value);
        let trace_state = ot::with_threshold(None, Some(&digits)).flatten();
        let alone = Arc::new(Carried { trace_state, ..Carried::default() });
        Some(Self { value, digits, alone })
    }

    pub(super) const fn value(&self) -> u64 {
        self.value
    }

    /// As it is written: hexadecimal digits without the zeros at their end.
    pub(super) fn digits(&self) -> &str {
        &self.digits
    }

    /// What a span carries that carries nothing else.
    pub(super) fn alone(&self) -> Arc<Carried> {
        Arc::clone(&self.alone)
    }
}

/// Follows the specification's "Converting floating-point probability to threshold value".
fn value_of(probability: f64) -> u64 {
    if probability >= 1.0 {
        return 0;
    }
    // The digits in front that are `f` come on top of the precision. Each stands for four halvings, which the exponent counts.
    let halvings = 1022 - (probability.to_bits() >> 52) as i32;
    let precision = (PRECISION + halvings / 4).clamp(1, MOST_DIGITS);
    // Between 1 and 2 the mantissa is the fraction; half of the last digit rounds it.
    let rejected = 2.0 - probability + 0.5 * 16_f64.powi(-precision);
    let mantissa = if rejected < 2.0 { rejected.to_bits() & ((1 << 52) - 1) } else { (1 << 52) - 1 };
    let cut = 52 - 4 * precision;
    (mantissa >> cut << cut) << 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_those_of_the_specification() {
        let cases = [
            (1.0, "0"),
            (0.5, "8"),
            (1.0 / 3.0, "aaab"),
            (0.25, "c"),
            (0.2, "cccd"),
            (0.125, "e"),
            (0.1, "e666"),
            (0.0625, "f"),
            (0.01, "fd70a"),
            (0.001, "ffbe77"),
            (0.0001, "fff9724"),
            (0.00001, "ffff583a"),
            (0.000_001, "ffffef39"),
            (0.999_999, "0"),
            (0.9, "199a"),
        ];
        for (probability, digits) in cases {
            assert_eq!(Threshold::of(probability).unwrap().digits(), digits, "{probability}");
        }
        assert_eq!(Threshold::of(LEAST).unwrap().digits(), "ffffffffffff");
        for none in [0.0, LEAST / 2.0, f64::NAN, -1.0] {
            assert!(Threshold::of(none).is_none(), "{none}");
        }
    }
}
