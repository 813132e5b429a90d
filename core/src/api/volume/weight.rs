//! The attribute that says how many records one stands for.

use crate::encode::attributes::key::Rules;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::Attributes;
use crate::stats::Counts;

/// Its key.
const WEIGHT: &str = "sample_weight";

/// Below it every whole number is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes how many records one stands for, unless it stands for itself: a whole number where it is one.
pub(super) fn put_weight(rules: &Rules, counts: &Counts, own: &mut Attributes, weight: f64) {
    if weight == 1.0 {
        return;
    }
    let mut writer = AttributeWriter::new(own, rules, counts, Target::Log);
    writer.key(WEIGHT);
    if weight.fract() == 0.0 && weight < EXACT {
        writer.uint(weight as u64);
    } else {
        writer.float(weight);
    }
}
