//! The sampler of a file.

use super::draft::Draft;
use super::one_of::one_of;
use super::tables::SAMPLERS;
use crate::document::report::{Found, Report};

/// The decisions of parents, each with the sampler by which it stands.
const STANDING: [(&str, &str); 4] = [
    ("remote_parent_sampled", "always_on"),
    ("remote_parent_not_sampled", "always_off"),
    ("local_parent_sampled", "always_on"),
    ("local_parent_not_sampled", "always_off"),
];

/// Reads it.
pub(super) fn sampler(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    if let Some((ratio, parent_based)) = kept(report, found) {
        draft.layer.ratio = Some(ratio);
        draft.layer.parent_based = Some(parent_based);
    }
}

/// The share of the traces that it keeps, and whether a parent's decision stands.
fn kept(report: &mut Report, found: &Found<'_>) -> Option<(f64, bool)> {
    let (name, found) = one_of(report, found, &SAMPLERS)?;
    let object = report.own_object(&found)?;
    match name {
        "always_on" => Some((1.0, false)),
        "always_off" => Some((0.0, false)),
        "parent_based" => {
            for (slot, standing) in STANDING {
                let Some(found) = object.get(slot) else { continue };
                let is_standing = one_of(report, &found, &SAMPLERS).is_some_and(|(name, _)| name == standing);
                if !is_standing {
                    report.absent(&found.path, "a parent's decision stands");
                }
            }
            match object.get("root") {
                Some(root) => kept(report, &root).map(|(ratio, _)| (ratio, true)),
                None => Some((1.0, true)),
            }
        }
        _ => match object.get("ratio") {
            Some(found) => report.share(&found).map(|ratio| (ratio, false)),
            None => Some((1.0, false)),
        },
    }
}
