//! The setting `stall`, which the outputs on this machine share.

use super::kind::DEFAULT_STALL;
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use std::time::Duration;

/// The key.
pub(super) const STALL: Setting = Setting::new(
    "stall",
    Takes::Duration(Duration::ZERO, Duration::from_secs(3600)),
    "\"5s\"",
    "How long the far side may accept nothing at all before records are dropped instead of waiting for it. As long as \
     it moves, however slowly, nothing is lost; 0 never waits.",
)
.without("\"1s\"");

/// Reads it.
pub(super) fn stall(report: &mut Report, object: &Object<'_>) -> Option<Duration> {
    object.get(STALL.key).map_or(Some(DEFAULT_STALL), |found| report.duration(&found))
}
