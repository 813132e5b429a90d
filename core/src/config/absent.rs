//! The specification's variables that have no equal here. What is set of them is told of once, and changes nothing.
//! Not for variables of single languages' libraries, which nobody here knows.

use super::environment::Environment;
use crate::document::report::Report;

/// A variable without an equal, with its siblings.
#[derive(Debug)]
pub(super) struct Absent {
    pub names: &'static [&'static str],
    /// What there is instead.
    pub instead: &'static str,
    /// The values that ask for what holds anyway.
    pub holds: &'static [&'static str],
}

const fn absent(names: &'static [&'static str], instead: &'static str) -> Absent {
    Absent { names, instead, holds: &[] }
}

pub(super) const AT_ONCE: &str = "records are sent as soon as they come";
pub(super) const IN_BYTES: &str = "`limits.buffer_bytes` bounds what waits, and how much goes at a time";
pub(super) const ATTEMPTS: &str = "the output's `timeout` bounds an attempt, `limits.shutdown` the end";
pub(super) const ONE_LIMIT: &str = "`limits` are the same for records of every kind, events and links";
pub(super) const OWN_WORDS: &str = "what Vigie has to say of itself it says on standard error";
pub(super) const NO_EXEMPLARS: &str = "there are no exemplars";

/// All of them.
pub(super) static ABSENT: [Absent; 11] = [
    absent(&["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY"], AT_ONCE),
    absent(
        &[
            "OTEL_BSP_MAX_QUEUE_SIZE",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
            "OTEL_BLRP_MAX_QUEUE_SIZE",
            "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
        ],
        IN_BYTES,
    ),
    absent(&["OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BLRP_EXPORT_TIMEOUT", "OTEL_METRIC_EXPORT_TIMEOUT"], ATTEMPTS),
    absent(
        &[
            "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        ],
        ONE_LIMIT,
    ),
    absent(&["OTEL_LOG_LEVEL"], OWN_WORDS),
    absent(&["OTEL_ENTITIES"], "`resource` has attributes, and no entities"),
    Absent { holds: &["always_off"], ..absent(&["OTEL_METRICS_EXEMPLAR_FILTER"], NO_EXEMPLARS) },
    Absent {
        holds: &["cumulative"],
        ..absent(
            &["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
            "a collector gets what was measured since the beginning",
        )
    },
    Absent {
        holds: &["explicit_bucket_histogram"],
        ..absent(
            &["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"],
            "histograms have explicit buckets",
        )
    },
    absent(
        &[
            "OTEL_EXPORTER_OTLP_INSECURE",
            "OTEL_EXPORTER_OTLP_TRACES_INSECURE",
            "OTEL_EXPORTER_OTLP_METRICS_INSECURE",
            "OTEL_EXPORTER_OTLP_LOGS_INSECURE",
            "OTEL_EXPORTER_OTLP_SPAN_INSECURE",
            "OTEL_EXPORTER_OTLP_METRIC_INSECURE",
        ],
        "over HTTP the address says it, by http:// or https://",
    ),
    absent(
        &["OTEL_EXPORTER_ZIPKIN_ENDPOINT", "OTEL_EXPORTER_ZIPKIN_TIMEOUT", "OTEL_EXPORTER_ZIPKIN_PROTOCOL"],
        "Zipkin takes spans from a collector",
    ),
];

/// Reports those that are set to anything but what holds anyway.
pub(super) fn tell(report: &mut Report, environment: &Environment) {
    for absent in &ABSENT {
        for name in absent.names {
            let holds = |text: &str| absent.holds.iter().any(|value| text.trim().eq_ignore_ascii_case(value));
            if environment.get(name).is_some_and(|text| !holds(text)) {
                report.absent(name, absent.instead);
            }
        }
    }
}
