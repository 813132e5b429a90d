//! Keys by which a file can ask for one thing that holds in any case, and for others that have no equal.

use super::tables::HELD;
use crate::document::report::{Object, Report};

/// Tells of the keys that ask for something else than what holds in any case.
pub(super) fn held(report: &mut Report, object: &Object<'_>) {
    for (key, holds, instead) in HELD {
        if let Some(found) = object.get(key)
            && report.text(&found).is_some_and(|text| text != holds)
        {
            report.absent(&found.path, instead);
        }
    }
}
