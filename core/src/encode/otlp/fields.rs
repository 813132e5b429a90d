//! The fields of OTLP's messages: their numbers in protobuf, their names in JSON (opentelemetry-proto 1.7).

/// A field of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its number in protobuf.
    pub(super) number: u32,
    /// `,"name":`, its name in JSON as members begin with it.
    pub(super) member: &'static str,
}

macro_rules! messages {
    ($($(#[$note:meta])* $message:ident { $($field:ident = $number:literal $name:literal;)+ })+) => {$(
        $(#[$note])*
        pub(super) mod $message {
            use $crate::encode::otlp::fields::Field;
            $(pub const $field: Field = Field { number: $number, member: concat!(",\"", $name, "\":") };)+
        }
    )+};
}

messages! {
    /// `ExportTraceServiceRequest` and its two siblings, whose field bears the name of the signal.
    request {
        LOGS = 1 "resourceLogs";
        SPANS = 1 "resourceSpans";
        METRICS = 1 "resourceMetrics";
    }
    /// `ResourceSpans` and its siblings.
    of_resource {
        RESOURCE = 1 "resource";
        LOGS = 2 "scopeLogs";
        SPANS = 2 "scopeSpans";
        METRICS = 2 "scopeMetrics";
        SCHEMA_URL = 3 "schemaUrl";
    }
    /// `ScopeSpans` and its siblings.
    of_scope {
        SCOPE = 1 "scope";
        LOGS = 2 "logRecords";
        SPANS = 2 "spans";
        METRICS = 2 "metrics";
    }
    /// `Resource`.
    resource {
        ATTRIBUTES = 1 "attributes";
    }
    /// `InstrumentationScope`.
    scope {
        NAME = 1 "name";
    }
    /// `KeyValue`.
    key_value {
        KEY = 1 "key";
        VALUE = 2 "value";
    }
    /// `AnyValue`; a list and a map have their members in a field of their own.
    any_value {
        STRING = 1 "stringValue";
        BOOL = 2 "boolValue";
        INT = 3 "intValue";
        DOUBLE = 4 "doubleValue";
        ARRAY = 5 "arrayValue";
        KVLIST = 6 "kvlistValue";
        BYTES = 7 "bytesValue";
        VALUES = 1 "values";
    }
    /// `LogRecord`.
    log_record {
        TIME = 1 "timeUnixNano";
        SEVERITY_NUMBER = 2 "severityNumber";
        SEVERITY_TEXT = 3 "severityText";
        BODY = 5 "body";
        ATTRIBUTES = 6 "attributes";
        DROPPED_ATTRIBUTES = 7 "droppedAttributesCount";
        FLAGS = 8 "flags";
        TRACE_ID = 9 "traceId";
        SPAN_ID = 10 "spanId";
        OBSERVED_TIME = 11 "observedTimeUnixNano";
        EVENT_NAME = 12 "eventName";
    }
    /// `Span`.
    span {
        TRACE_ID = 1 "traceId";
        SPAN_ID = 2 "spanId";
        TRACE_STATE = 3 "traceState";
        PARENT_SPAN_ID = 4 "parentSpanId";
        NAME = 5 "name";
        KIND = 6 "kind";
        START_TIME = 7 "startTimeUnixNano";
        END_TIME = 8 "endTimeUnixNano";
        ATTRIBUTES = 9 "attributes";
        DROPPED_ATTRIBUTES = 10 "droppedAttributesCount";
        EVENTS = 11 "events";
        DROPPED_EVENTS = 12 "droppedEventsCount";
        LINKS = 13 "links";
        DROPPED_LINKS = 14 "droppedLinksCount";
        STATUS = 15 "status";
        FLAGS = 16 "flags";
    }
    /// `Span.Event`.
    event {
        TIME = 1 "timeUnixNano";
        NAME = 2 "name";
        ATTRIBUTES = 3 "attributes";
        DROPPED_ATTRIBUTES = 4 "droppedAttributesCount";
    }
    /// `Span.Link`.
    link {
        TRACE_ID = 1 "traceId";
        SPAN_ID = 2 "spanId";
        ATTRIBUTES = 4 "attributes";
        DROPPED_ATTRIBUTES = 5 "droppedAttributesCount";
        FLAGS = 6 "flags";
    }
    /// `Status`.
    status {
        MESSAGE = 2 "message";
        CODE = 3 "code";
    }
    /// `Metric`.
    metric {
        NAME = 1 "name";
        DESCRIPTION = 2 "description";
        UNIT = 3 "unit";
        GAUGE = 5 "gauge";
        SUM = 7 "sum";
        HISTOGRAM = 9 "histogram";
    }
    /// `Gauge`, `Sum` and `Histogram`.
    data {
        POINTS = 1 "dataPoints";
        TEMPORALITY = 2 "aggregationTemporality";
        IS_MONOTONIC = 3 "isMonotonic";
    }
    /// `NumberDataPoint`.
    number_point {
        START_TIME = 2 "startTimeUnixNano";
        TIME = 3 "timeUnixNano";
        AS_DOUBLE = 4 "asDouble";
        AS_INT = 6 "asInt";
        ATTRIBUTES = 7 "attributes";
    }
    /// `HistogramDataPoint`.
    histogram_point {
        START_TIME = 2 "startTimeUnixNano";
        TIME = 3 "timeUnixNano";
        COUNT = 4 "count";
        SUM = 5 "sum";
        BUCKET_COUNTS = 6 "bucketCounts";
        EXPLICIT_BOUNDS = 7 "explicitBounds";
        ATTRIBUTES = 9 "attributes";
        MIN = 11 "min";
        MAX = 12 "max";
    }
}
