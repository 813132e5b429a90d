//! Requests as JSON values in one form, whatever they were encoded as: OTLP's JSON without members that say nothing.
//!
//! It is written from the decoded protobuf by the rules of the specification, not by the encoder's tables.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{Metric, metric::Data};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::fmt::Debug;
use vigie_core::extend::Signal;

/// A request that was encoded as protobuf.
pub fn of_protobuf(signal: Signal, body: &[u8]) -> Value {
    normal(match signal {
        Signal::Logs => logs(&ExportLogsServiceRequest::decode(body).unwrap()),
        Signal::Spans => spans(&ExportTraceServiceRequest::decode(body).unwrap()),
        Signal::Metrics => metrics(&ExportMetricsServiceRequest::decode(body).unwrap()),
    })
}

/// A request that was encoded as JSON.
pub fn of_json(body: &[u8]) -> Value {
    normal(with_hexadecimal(serde_json::from_slice(body).unwrap()))
}

/// Fails unless both bodies are the same request: by the rules above and, where those can read the text, by the
/// protocol's own types.
pub fn assert_same(signal: Signal, protobuf: &[u8], json: &[u8]) {
    let (one, other) = (of_protobuf(signal, protobuf), of_json(json));
    if let Some((place, one, other)) = difference(&one, &other) {
        panic!("{place}: {one} in protobuf, {other} in JSON");
    }
    match signal {
        Signal::Logs => by_type::<ExportLogsServiceRequest>(protobuf, json),
        Signal::Spans => by_type::<ExportTraceServiceRequest>(protobuf, json),
        // Their reader loses values of points: it takes no 64-bit integers that are texts, as OTLP has them.
        Signal::Metrics => {}
    }
}

/// The types' own reader knows neither an empty `AnyValue` nor doubles that are no numbers: requests with those are
/// compared by the rules alone.
fn by_type<T: Message + Default + DeserializeOwned + Debug>(protobuf: &[u8], json: &[u8]) {
    let text = String::from_utf8(json.to_vec()).unwrap();
    let unreadable = ["{}", "Value\":\"NaN\"", "Infinity\""];
    if unreadable.iter().any(|part| text.contains(part)) {
        return;
    }
    let read: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let decoded = T::decode(protobuf).unwrap();
    assert_eq!(format!("{read:?}"), format!("{decoded:?}"));
}

/// The first place where two values differ, with both.
fn difference<'v>(one: &'v Value, other: &'v Value) -> Option<(String, &'v Value, &'v Value)> {
    let below = |key: String, one, other| {
        difference(one, other).map(|(place, one, other)| (format!("{key}.{place}"), one, other))
    };
    match (one, other) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().find_map(|(key, one)| below(key.clone(), one, &b[key]))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (one, other))| below(at.to_string(), one, other))
        }
        _ => (one != other).then(|| (String::new(), one, other)),
    }
}

fn logs(request: &ExportLogsServiceRequest) -> Value {
    let of_resource = request.resource_logs.iter().map(|one| {
        let scopes = one.scope_logs.iter().map(|scope| {
            let records = scope.log_records.iter().map(|log| {
                json!({
                    "timeUnixNano": log.time_unix_nano.to_string(),
                    "observedTimeUnixNano": log.observed_time_unix_nano.to_string(),
                    "severityNumber": log.severity_number,
                    "severityText": log.severity_text,
                    "body": log.body.as_ref().map(any),
                    "attributes": attributes(&log.attributes),
                    "droppedAttributesCount": log.dropped_attributes_count,
                    "flags": log.flags,
                    "traceId": hex(&log.trace_id),
                    "spanId": hex(&log.span_id),
                    "eventName": log.event_name,
                })
            });
            json!({"scope": scope_of(scope.scope.as_ref()), "logRecords": list(records),
                "schemaUrl": scope.schema_url})
        });
        json!({"resource": resource(one.resource.as_ref()), "scopeLogs": list(scopes), "schemaUrl": one.schema_url})
    });
    json!({"resourceLogs": list(of_resource)})
}

fn spans(request: &ExportTraceServiceRequest) -> Value {
    let of_resource = request.resource_spans.iter().map(|one| {
        let scopes = one.scope_spans.iter().map(|scope| {
            let spans = scope.spans.iter().map(span);
            json!({"scope": scope_of(scope.scope.as_ref()), "spans": list(spans), "schemaUrl": scope.schema_url})
        });
        json!({"resource": resource(one.resource.as_ref()), "scopeSpans": list(scopes), "schemaUrl": one.schema_url})
    });
    json!({"resourceSpans": list(of_resource)})
}

fn span(span: &opentelemetry_proto::tonic::trace::v1::Span) -> Value {
    let events = span.events.iter().map(|event| {
        json!({"timeUnixNano": event.time_unix_nano.to_string(), "name": event.name,
            "attributes": attributes(&event.attributes), "droppedAttributesCount": event.dropped_attributes_count})
    });
    let links = span.links.iter().map(|link| {
        json!({"traceId": hex(&link.trace_id), "spanId": hex(&link.span_id), "traceState": link.trace_state,
            "attributes": attributes(&link.attributes), "droppedAttributesCount": link.dropped_attributes_count,
            "flags": link.flags})
    });
    let status = span.status.as_ref().map(|status| json!({"message": status.message, "code": status.code}));
    json!({
        "traceId": hex(&span.trace_id),
        "spanId": hex(&span.span_id),
        "traceState": span.trace_state,
        "parentSpanId": hex(&span.parent_span_id),
        "flags": span.flags,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": span.start_time_unix_nano.to_string(),
        "endTimeUnixNano": span.end_time_unix_nano.to_string(),
        "attributes": attributes(&span.attributes),
        "droppedAttributesCount": span.dropped_attributes_count,
        "events": list(events),
        "droppedEventsCount": span.dropped_events_count,
        "links": list(links),
        "droppedLinksCount": span.dropped_links_count,
        "status": status,
    })
}

fn metrics(request: &ExportMetricsServiceRequest) -> Value {
    let of_resource = request.resource_metrics.iter().map(|one| {
        let scopes = one.scope_metrics.iter().map(|scope| {
            let metrics = scope.metrics.iter().map(metric);
            json!({"scope": scope_of(scope.scope.as_ref()), "metrics": list(metrics), "schemaUrl": scope.schema_url})
        });
        json!({"resource": resource(one.resource.as_ref()), "scopeMetrics": list(scopes),
            "schemaUrl": one.schema_url})
    });
    json!({"resourceMetrics": list(of_resource)})
}

fn metric(metric: &Metric) -> Value {
    let mut value = json!({"name": metric.name, "description": metric.description, "unit": metric.unit});
    let (name, data) = match metric.data.as_ref().unwrap() {
        Data::Gauge(gauge) => {
            ("gauge", json!({"dataPoints": list(gauge.data_points.iter().map(number_point))}))
        }
        Data::Sum(sum) => (
            "sum",
            json!({"dataPoints": list(sum.data_points.iter().map(number_point)),
                "aggregationTemporality": sum.aggregation_temporality, "isMonotonic": sum.is_monotonic}),
        ),
        Data::Histogram(histogram) => (
            "histogram",
            json!({"dataPoints": list(histogram.data_points.iter().map(histogram_point)),
                "aggregationTemporality": histogram.aggregation_temporality}),
        ),
        other => panic!("{other:?}"),
    };
    value[name] = data;
    value
}

fn number_point(point: &opentelemetry_proto::tonic::metrics::v1::NumberDataPoint) -> Value {
    let mut value = json!({"attributes": attributes(&point.attributes), "flags": point.flags,
        "startTimeUnixNano": point.start_time_unix_nano.to_string(), "timeUnixNano": point.time_unix_nano.to_string()});
    match point.value.as_ref().unwrap() {
        Number::AsInt(number) => value["asInt"] = json!(number.to_string()),
        Number::AsDouble(number) => value["asDouble"] = double(*number),
    }
    value
}

fn histogram_point(point: &opentelemetry_proto::tonic::metrics::v1::HistogramDataPoint) -> Value {
    let counts = point.bucket_counts.iter().map(|count| json!(count.to_string()));
    json!({"attributes": attributes(&point.attributes), "flags": point.flags,
        "startTimeUnixNano": point.start_time_unix_nano.to_string(), "timeUnixNano": point.time_unix_nano.to_string(),
        "count": point.count.to_string(), "sum": point.sum.map(double), "min": point.min.map(double),
        "max": point.max.map(double), "bucketCounts": list(counts),
        "explicitBounds": list(point.explicit_bounds.iter().map(|bound| double(*bound)))})
}

fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::Array(values.collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn double(value: f64) -> Value {
    if value.is_finite() {
        json!(value)
    } else if value.is_nan() {
        json!("NaN")
    } else {
        json!(if value > 0.0 { "Infinity" } else { "-Infinity" })
    }
}

fn resource(resource: Option<&Resource>) -> Value {
    json!({"attributes": attributes(&resource.unwrap().attributes)})
}

fn scope_of(scope: Option<&InstrumentationScope>) -> Value {
    scope.map_or(Value::Null, |scope| json!({"name": scope.name, "version": scope.version}))
}

fn attributes(attributes: &[KeyValue]) -> Value {
    list(attributes.iter().map(|one| json!({"key": one.key, "value": any(one.value.as_ref().unwrap())})))
}

fn any(value: &AnyValue) -> Value {
    match &value.value {
        None => json!({}),
        Some(Any::StringValue(text)) => json!({"stringValue": text}),
        Some(Any::BoolValue(value)) => json!({"boolValue": value}),
        Some(Any::IntValue(value)) => json!({"intValue": value.to_string()}),
        Some(Any::DoubleValue(value)) => json!({"doubleValue": double(*value)}),
        Some(Any::BytesValue(bytes)) => json!({"bytesValue": hex(bytes)}),
        Some(Any::ArrayValue(array)) => json!({"arrayValue": values(list(array.values.iter().map(any)))}),
        Some(Any::KvlistValue(map)) => json!({"kvlistValue": values(attributes(&map.values))}),
        // A place in the table of strings that profiles have; logs, spans and metrics have none.
        Some(Any::StringValueStrindex(place)) => panic!("a string by its place, {place}"),
    }
}

fn values(values: Value) -> Value {
    if values == json!([]) { json!({}) } else { json!({ "values": values }) }
}

/// Leaves out members that say what their absence says, outside of attributes' values.
fn normal(value: Value) -> Value {
    let says_nothing = |value: &Value| {
        [json!(0), json!("0"), json!(""), json!(false), json!([]), json!({}), Value::Null].contains(value)
    };
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| {
                let is_value = ["value", "body"].contains(&key.as_str());
                let value = if is_value { value } else { normal(value) };
                (key, value)
            });
            Value::Object(
                members.filter(|(key, value)| key == "value" || !says_nothing(value)).collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(normal).collect()),
        other => other,
    }
}

/// The same with binary data in hexadecimal, as it stands in what is made of protobuf.
fn with_hexadecimal(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| match (key.as_str(), value) {
                ("bytesValue", Value::String(text)) => (key, json!(hex(&base64(&text)))),
                (_, value) => (key, with_hexadecimal(value)),
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(with_hexadecimal).collect()),
        other => other,
    }
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert_eq!(text.len() % 4, 0, "{text}");
    let digits = text.trim_end_matches('=').chars().map(|digit| DIGITS.find(digit).unwrap());
    let bits: String = digits.map(|digit| format!("{digit:06b}")).collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}
