//! The providers of spans and logs: their processors, and what else they say.

use super::draft::Draft;
use super::exporters::exporter;
use super::one_of::own_one_of;
use super::tables::{SIMPLE, SOON};
use super::{general, sampler};
use crate::document::report::{Found, Object, Report};
use crate::model::signal::Signal;

/// Reads `tracer_provider`.
pub(super) fn tracer_provider(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    processors(report, draft, &object, Signal::Spans);
    if let Some(found) = object.get("limits") {
        general::limits(report, draft, &found);
    }
    if let Some(found) = object.get("sampler") {
        sampler::sampler(report, draft, &found);
    }
    if let Some(found) = object.get("id_generator") {
        own_one_of(report, &found);
    }
}

/// Reads `logger_provider`.
pub(super) fn logger_provider(report: &mut Report, draft: &mut Draft, found: &Found<'_>) {
    let Some(object) = report.own_object(found) else { return };
    processors(report, draft, &object, Signal::Logs);
    if let Some(found) = object.get("limits") {
        general::limits(report, draft, &found);
    }
}

fn processors(report: &mut Report, draft: &mut Draft, object: &Object<'_>, signal: Signal) {
    draft.decides_outputs();
    let Some(list) = report.required(object, "processors") else { return };
    for processor in report.list(&list).unwrap_or_default() {
        let Some((name, found)) = own_one_of(report, &processor) else { continue };
        if name == SIMPLE {
            report.absent(&found.path, SOON);
        }
        if let Some(object) = report.own_object(&found)
            && let Some(found) = report.required(&object, "exporter")
        {
            exporter(report, draft, &found, signal);
        }
    }
}
