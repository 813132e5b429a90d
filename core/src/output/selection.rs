//! Which exporters the specification's variables ask for, `OTEL_TRACES_EXPORTER` and its siblings.
//!
//! Not for an exporter's own variables: each kind of output has those.

use super::kind::Variables;
use crate::document::report::Report;
use crate::document::setting::Takes;
use crate::document::variable::Variable;
use crate::model::signal::{Signal, SignalSet};

/// The collector, by OTLP.
pub(super) const OTLP: &str = "otlp";
/// Standard output.
pub(super) const CONSOLE: &str = "console";
/// Standard output, in lines of OTLP.
pub(super) const OTLP_ON_STDOUT: &str = "otlp/stdout";
/// The exposition, which takes metrics alone.
pub(super) const PROMETHEUS: &str = "prometheus";
const NONE: &str = "none";

/// What the documentation says of them.
pub(super) static VARIABLE: Variable = Variable {
    names: &["OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"],
    keys: &["outputs"],
    takes: Takes::Other(
        "otlp, console, otlp/stdout or none, for metrics prometheus too; several are separated by commas",
    ),
    example: "otlp,console",
};

/// The variable of a signal.
const fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::Spans => "OTEL_TRACES_EXPORTER",
        Signal::Metrics => "OTEL_METRICS_EXPORTER",
        Signal::Logs => "OTEL_LOGS_EXPORTER",
    }
}

fn named<'v>(variables: &Variables<'v>, signal: Signal) -> impl Iterator<Item = &'v str> {
    let list = variables(name(signal)).unwrap_or_default();
    list.split(',').map(str::trim).filter(|exporter| !exporter.is_empty())
}

fn is_known(exporter: &str, signal: Signal) -> bool {
    let known = [OTLP, CONSOLE, OTLP_ON_STDOUT, NONE];
    known.iter().any(|name| exporter.eq_ignore_ascii_case(name))
        || signal == Signal::Metrics && exporter.eq_ignore_ascii_case(PROMETHEUS)
}

/// The signals whose variable names this exporter.
pub(super) fn signals_for(variables: &Variables<'_>, exporter: &str) -> SignalSet {
    let is_named =
        |signal: &Signal| named(variables, *signal).any(|other| other.eq_ignore_ascii_case(exporter));
    Signal::ALL.into_iter().filter(is_named).fold(SignalSet::default(), SignalSet::with)
}

/// Whether the variable of this signal says nothing.
pub(super) fn is_open(variables: &Variables<'_>, signal: Signal) -> bool {
    variables(name(signal)).is_none()
}

/// Whether the variable of logs says where they go, so that they do not go to the console by themselves.
pub(super) fn places_logs(variables: &Variables<'_>) -> bool {
    named(variables, Signal::Logs).any(|exporter| is_known(exporter, Signal::Logs))
}

/// Reports the exporters that there are not.
pub(super) fn tell_absent(report: &mut Report, variables: &Variables<'_>) {
    for signal in Signal::ALL {
        for exporter in named(variables, signal).filter(|exporter| !is_known(exporter, signal)) {
            let more = if signal == Signal::Metrics { ", prometheus" } else { "" };
            let path = format!("{}={}", name(signal), exporter);
            report.absent(&path, format!("exporters are otlp, console, otlp/stdout, none{more}"));
        }
    }
}
