//! The sampler of a file.

use super::draft::Draft;
use super::one_of::one_of;
use super::tables::SAMPLERS;
use crate::api::sampler::FromParent;
use crate::config::layer::SetParent;
use crate::config::sampling;
use crate::document::report::{Found, Object, Report};

/// The sorts of parents, named as in our own `sample`, each with the sampler by which its decision stands.
const STANDING: [(&str, &str); 4] = [
    ("remote_parent_sampled", "always_on"),
    ("remote_parent_not_sampled", "always_off"),
    ("local_parent_sampled", "always_on"),
    ("local_parent_not_sampled", "always_off"),
];

/// What a sampler says.
#[derive(Default)]
struct Kept {
    /// The share of the traces that it keeps.
    ratio: f64,
    is_consistent: bool,
    /// Whether a parent's decision stands, but for those below.
    parent_based: bool,
    parents: Vec<(SetParent, FromParent)>,
}

/// Reads it.
pub(super) fn sampler(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    if let Some(kept) = kept(report, found) {
        draft.layer.ratio = Some(kept.ratio);
        draft.layer.consistent = Some(kept.is_consistent);
        draft.layer.parent_based = Some(kept.parent_based);
        draft.layer.parents = kept.parents;
    }
}

fn kept(report: &mut Report, found: &Found<'_>) -> Option<Kept> {
    let (name, found) = one_of(report, found, &SAMPLERS)?;
    let object = report.own_object(&found)?;
    match name {
        "always_on" => Some(Kept { ratio: 1.0, ..Kept::default() }),
        "always_off" => Some(Kept::default()),
        "parent_based" => {
            let parents = STANDING.iter().filter_map(|slot| parent(report, &object, slot)).collect();
            let root = match object.get("root") {
                Some(root) => kept(report, &root)?,
                None => Kept { ratio: 1.0, ..Kept::default() },
            };
            Some(Kept { parent_based: true, parents, ..root })
        }
        _ => {
            let ratio = object.get("ratio").map_or(Some(1.0), |found| report.share(&found))?;
            Some(Kept { ratio, is_consistent: name.starts_with("probability"), ..Kept::default() })
        }
    }
}

/// What decides below parents of one sort, where their own decision does not stand.
fn parent(
    report: &mut Report,
    object: &Object<'_>,
    (slot, standing): &(&str, &str),
) -> Option<(SetParent, FromParent)> {
    let found = object.get(slot)?;
    if found.value.get(*standing).is_some() {
        return None;
    }
    let below = kept(report, &found)?;
    if below.parent_based {
        report.absent(&found.path, "a share, or the decision of the parent");
        return None;
    }
    Some((sampling::parent(slot)?, FromParent::Share(below.ratio)))
}
