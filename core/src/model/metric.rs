//! What a measurement and a collected point are made of.
//!
//! Not for where points are kept or how they are printed: `api::meter` and `encode` do that.

/// The kinds of instruments, in OpenTelemetry's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstrumentKind {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// The last value.
    Gauge,
    /// How values are spread over buckets.
    Histogram,
}

impl InstrumentKind {
    /// All kinds; bindings whose hosts hand over a number count from 0 in this order.
    pub const ALL: [Self; 4] = [Self::Counter, Self::UpDownCounter, Self::Gauge, Self::Histogram];

    /// The name that a metric line bears under `type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up_down_counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// Whether what was measured in two spans of time adds up to what was measured in both, and never shrinks.
    #[must_use]
    pub const fn is_summed(self) -> bool {
        matches!(self, Self::Counter | Self::Histogram)
    }
}

/// Up to here every whole double stands for exactly one integer.
const EXACT_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A measured value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A 64-bit integer, kept exactly.
    Int(i64),
    /// A double.
    Float(f64),
}

impl Number {
    /// The value as a double; integers beyond 2^53 are rounded.
    #[inline]
    #[must_use]
    pub const fn as_f64(self) -> f64 {
        match self {
            Self::Int(n) => n as f64,
            Self::Float(x) => x,
        }
    }

    /// The same value, as an integer when it is a whole double that stands for exactly one (`-0.0` is 0).
    ///
    /// A language with one number type and a language with two thus count alike.
    #[inline]
    #[must_use]
    pub fn normal(self) -> Self {
        match self {
            // The cast truncates; it gives the same number back only for a whole one.
            Self::Float(x) if x.abs() <= EXACT_WHOLE && (x as i64) as f64 == x => Self::Int(x as i64),
            other => other,
        }
    }
}

impl From<i64> for Number {
    #[inline]
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<i32> for Number {
    #[inline]
    fn from(n: i32) -> Self {
        Self::Int(i64::from(n))
    }
}

impl From<u32> for Number {
    #[inline]
    fn from(n: u32) -> Self {
        Self::Int(i64::from(n))
    }
}

/// Beyond int64 the value becomes a double.
impl From<u64> for Number {
    #[inline]
    fn from(n: u64) -> Self {
        i64::try_from(n).map_or(Self::Float(n as f64), Self::Int)
    }
}

impl From<f64> for Number {
    #[inline]
    fn from(x: f64) -> Self {
        Self::Float(x)
    }
}

/// What an instrument says of itself; all texts are checked at its creation and need no escapes in any format.
#[derive(Debug, Clone, PartialEq)]
pub struct Descriptor {
    /// The name, in OpenTelemetry's syntax.
    pub name: Box<str>,
    /// The kind.
    pub kind: InstrumentKind,
    /// The unit; empty when there is none.
    pub unit: Box<str>,
    /// What is measured; empty when nobody said. Free text.
    pub description: Box<str>,
}

/// What a series has to show at collection.
#[derive(Debug, Clone, Copy)]
pub enum PointValue<'a> {
    /// A sum or a last value.
    Number(Number),
    /// A spread of values.
    Histogram(HistogramPoint<'a>),
}

/// A histogram's point as it was at collection.
#[derive(Debug, Clone, Copy)]
pub struct HistogramPoint<'a> {
    /// Upper bounds, inclusive, without the last (`+Inf`).
    pub bounds: &'a [f64],
    /// Values per bucket, one more than there are bounds, not cumulative.
    pub counts: &'a [u64],
    /// How many values, the sum of `counts`.
    pub count: u64,
    /// Sum of the values.
    pub sum: Number,
    /// Smallest value.
    pub min: Number,
    /// Largest value.
    pub max: Number,
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn whole_doubles_are_integers_as_long_as_that_is_exact() {
        assert_eq!(Number::Float(2.0).normal(), Number::Int(2));
        assert_eq!(Number::Float(-0.0).normal(), Number::Int(0));
        assert_eq!(Number::Float(0.5).normal(), Number::Float(0.5));
        assert_eq!(Number::Float(9_007_199_254_740_992.0).normal(), Number::Int(1 << 53));
        assert_eq!(Number::Float(1e300).normal(), Number::Float(1e300));
        assert!(matches!(Number::Float(f64::NAN).normal(), Number::Float(x) if x.is_nan()));
        assert_eq!(Number::from(u64::MAX), Number::Float(u64::MAX as f64));
    }
}
