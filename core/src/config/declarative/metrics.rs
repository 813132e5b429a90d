//! The provider of metrics: its readers, and what else it says.

use super::draft::{Draft, Entry};
use super::exporters::exporter;
use super::held::held;
use super::one_of::own_one_of;
use crate::document::report::{Found, Object, Report};
use crate::model::signal::Signal;
use crate::output::prometheus::address;

/// Reads `meter_provider`.
pub(super) fn meter_provider(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    held(report, &object);
    draft.decides_outputs();
    let Some(list) = report.required(&object, "readers") else { return };
    for reader in report.list(&list).unwrap_or_default() {
        let Some((name, found)) = own_one_of(report, &reader) else { continue };
        let Some(object) = report.own_object(&found) else { continue };
        cardinality(report, draft, &object);
        interval(report, draft, &object);
        let Some(found) = report.required(&object, "exporter") else { continue };
        match name {
            "periodic" => exporter(report, draft, &found, Signal::Metrics),
            _ => exposition(report, draft, &found),
        }
    }
}

fn cardinality(report: &mut Report, draft: &mut Draft, object: &Object<'_>) {
    let limits = object.get("cardinality_limits").and_then(|found| report.own_object(&found));
    if let Some(found) = limits.and_then(|limits| limits.get("default"))
        && let Some(limit) = report.number(&found)
    {
        draft.set("limits.series_per_instrument", limit, &found.path);
    }
}

/// There is one interval for all outputs: the shortest that is asked for.
fn interval(report: &mut Report, draft: &mut Draft, object: &Object<'_>) {
    let Some(found) = object.get("interval") else { return };
    let Some(milliseconds) = report.number(&found) else { return };
    let shortest = draft.shortest_interval.get_or_insert(milliseconds);
    if milliseconds <= *shortest {
        *shortest = milliseconds;
        draft.set("metrics.every", format!("{milliseconds}ms"), &found.path);
    }
}

fn exposition(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some((_, found)) = own_one_of(report, found) else { return };
    let Some(object) = report.own_object(&found) else { return };
    let mut entry = Entry::new("prometheus", Signal::Metrics, &found.path);
    let host = object.get("host").and_then(|found| report.text(&found));
    let port = object.get("port").and_then(|found| report.number(&found)).map(|port| port.to_string());
    if host.is_some() || port.is_some() {
        entry.set("listen", address(host.as_deref(), port.as_deref()), &found.path);
    }
    draft.add(entry);
}
