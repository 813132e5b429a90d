//! Values that stand for those that a histogram counted.
//!
//! A histogram keeps how many values fell into each bucket and their sum, not the values. Those that are sent are as
//! many as were counted, by their weights; each lies within its bucket, and together they have the true sum. So count,
//! sum and mean are those of the values, a single value is itself, and a percentile is right to within its bucket.

use crate::model::metric::HistogramPoint;

/// About so many values are sent for one series at a time; where there are more, each stands for several.
const MOST_VALUES: u64 = 64;

/// A bucket with values in it.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    low: f64,
    high: f64,
    count: u64,
}

/// Shows values and their weights, whose sum is the count. Returns how many of the counted are infinite and have no
/// bound that could stand for them.
pub(super) fn values(point: &HistogramPoint<'_>, mut show: impl FnMut(f64, u64)) -> u64 {
    let weight = point.count.div_ceil(MOST_VALUES).next_power_of_two();
    let buckets: Vec<Bucket> = occupied(point).collect();
    let share = share(&buckets, point.sum.as_f64());
    for bucket in &buckets {
        let value = rounded(bucket.low + share * (bucket.high - bucket.low));
        for _ in 0..bucket.count / weight {
            show(value, weight);
        }
        exact_parts(bucket.count % weight, &mut |part| show(value, part));
    }
    point.count - buckets.iter().map(|bucket| bucket.count).sum::<u64>()
}

/// The buckets that have values, each between its bounds or what is known of the smallest and largest value.
fn occupied(point: &HistogramPoint<'_>) -> impl Iterator<Item = Bucket> {
    let (min, max) = (point.min.as_f64(), point.max.as_f64());
    let lows = std::iter::once(f64::NEG_INFINITY).chain(point.bounds.iter().copied());
    let highs = point.bounds.iter().copied().chain([f64::INFINITY]);
    let buckets = lows.zip(highs).zip(point.counts).filter(|(_, count)| **count > 0);
    buckets.filter_map(move |((low, high), count)| {
        let low = if min.is_finite() { low.max(min) } else { low };
        let high = if max.is_finite() { high.min(max) } else { high };
        // What is infinite stands at the bound before it.
        let (low, high) =
            (if low.is_finite() { low } else { high }, if high.is_finite() { high } else { low });
        low.is_finite().then_some(Bucket { low, high, count: *count })
    })
}

/// How far between the bounds of their buckets values have to lie so that they have this sum.
fn share(buckets: &[Bucket], sum: f64) -> f64 {
    let total = |of: fn(&Bucket) -> f64| buckets.iter().map(|b| of(b) * b.count as f64).sum::<f64>();
    let (least, most) = (total(|bucket| bucket.low), total(|bucket| bucket.high));
    let share = (sum - least) / (most - least);
    // Without a finite sum the middle is as good as any other place.
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 }
}

/// The same to 15 digits: those behind are noise of the calculation.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// Shows `weight` in parts each of which a far side gets back from the rate that is sent for it, `1 / weight`, without
/// an error of rounding. Mostly it is one.
fn exact_parts(weight: u64, show: &mut dyn FnMut(u64)) {
    let is_exact = |part: u64| 1.0 / (1.0 / part as f64) == part as f64;
    let mut left = weight;
    while left > 0 {
        let part = (1..=left).rev().find(|part| is_exact(*part)).unwrap_or(1);
        show(part);
        left -= part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::metric::Number;

    const BOUNDS: [f64; 3] = [1.0, 10.0, 100.0];

    fn of(counts: &[u64], sum: f64, min: f64, max: f64) -> (Vec<(f64, u64)>, u64) {
        let point = HistogramPoint {
            bounds: &BOUNDS,
            counts,
            count: counts.iter().sum(),
            sum: Number::Float(sum),
            min: Number::Float(min),
            max: Number::Float(max),
        };
        let mut shown = Vec::new();
        let unsaid = values(&point, |value, weight| shown.push((value, weight)));
        (shown, unsaid)
    }

    #[test]
    fn a_single_value_is_itself_and_equal_ones_are_too() {
        assert_eq!(of(&[0, 1, 0, 0], 2.5, 0.1, 900.0), (vec![(2.5, 1)], 0));
        assert_eq!(of(&[3, 0, 0, 0], 0.3, 0.1, 900.0), (vec![(0.1, 1); 3], 0));
        assert_eq!(of(&[0, 0, 0, 1], 900.0, 0.1, 900.0), (vec![(900.0, 1)], 0));
        assert_eq!(of(&[1, 0, 0, 0], -7.0, -7.0, -7.0), (vec![(-7.0, 1)], 0));
    }

    #[test]
    fn infinities_stand_at_the_bound_before_them() {
        let infinite = f64::INFINITY;
        assert_eq!(of(&[0, 0, 0, 2], infinite, infinite, infinite), (vec![(100.0, 1); 2], 0));
        assert_eq!(of(&[1, 0, 0, 0], -infinite, -infinite, -infinite), (vec![(1.0, 1)], 0));
        let bare = HistogramPoint {
            bounds: &[],
            counts: &[4],
            count: 4,
            sum: Number::Float(infinite),
            min: Number::Float(infinite),
            max: Number::Float(infinite),
        };
        assert_eq!(values(&bare, |_, _| panic!("no number stands for it")), 4);
    }

    #[test]
    fn count_and_sum_are_exact_and_values_lie_in_their_buckets() {
        let mut seed = 1_u64;
        let mut random = |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound
        };
        for round in 0..2_000 {
            let count = 1 + random([5, 70, 1_000, 1_000_000][round % 4]).min(20_000);
            let real: Vec<f64> = (0..count).map(|_| random(200_000) as f64 / 1_000.0 - 20.0).collect();
            let mut counts = [0; 4];
            real.iter().for_each(|x| counts[BOUNDS.partition_point(|bound| bound < x)] += 1);
            let sum: f64 = real.iter().sum();
            let (shown, _) = of(
                &counts,
                sum,
                real.iter().copied().fold(f64::MAX, f64::min),
                real.iter().copied().fold(f64::MIN, f64::max),
            );
            assert!(shown.len() <= 64 + 4 * 3, "{}", shown.len());
            // As a far side adds up: from the rates, one after the other.
            let received: f64 = shown.iter().map(|(_, weight)| 1.0 / (1.0 / *weight as f64)).sum();
            assert_eq!(received, count as f64, "exactly");
            let weighted: f64 = shown.iter().map(|(value, weight)| value * *weight as f64).sum();
            assert!((weighted - sum).abs() <= 1e-9 * (count as f64 * 200.0), "{weighted} {sum}");
            let mut again = [0; 4];
            shown.iter().for_each(|(x, weight)| again[BOUNDS.partition_point(|bound| bound < x)] += weight);
            assert_eq!(again, counts);
        }
    }
}
