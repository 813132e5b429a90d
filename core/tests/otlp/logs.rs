//! Log records: every field of the protocol.

use super::far::Far;
use super::model::{Value, decoded, decoded_members, every_type, expected_members, members, record, text};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use std::collections::BTreeMap;
use vigie_core::{Context, ErrorInfo, Severity, SpanContext, SpanId, TraceFlags, TraceId};

fn one(far: &Far) -> (String, LogRecord) {
    let request = far.logs();
    let [of_resource] = &*request.resource_logs else { panic!("{request:?}") };
    let [of_scope] = &*of_resource.scope_logs else { panic!("{request:?}") };
    let [log] = &*of_scope.log_records else { panic!("{request:?}") };
    (of_scope.scope.as_ref().map(|scope| scope.name.clone()).unwrap_or_default(), log.clone())
}

fn span(flags: u8) -> SpanContext {
    SpanContext {
        trace_id: TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128),
        span_id: SpanId::from(0x00f0_67aa_0ba9_02b7_u64),
        flags: TraceFlags::new(flags),
        is_remote: false,
    }
}

#[test]
fn every_field_of_a_record() {
    let far = Far::new("log");
    let context = far
        .telemetry
        .context_with(&Context::root(), |w| {
            w.key("correlation_id");
            w.str("req-7");
            w.key("ambient");
            w.int(1);
        })
        .with_span(span(0x03));
    let log = far.telemetry.logger("shop.\"api\"").bind(|w| w.attr("bound", 2.5));
    let mut record = log.record(Severity::from_number(10).unwrap()).unwrap();
    record.set_context(&context);
    record.set_timestamp_us(1_767_323_045_123_456);
    record.template("paid {amount:.2f}\n{{}}");
    record.attributes().attr("amount", 9.5);
    record.attributes().attr("event", "order.paid");
    record.attributes().attr("category", "web");
    record.emit();
    let (scope, log) = one(&far);
    assert_eq!(scope, "shop.\"api\"");
    assert_eq!(log.time_unix_nano, 1_767_323_045_123_456_000);
    assert_eq!(log.observed_time_unix_nano, log.time_unix_nano);
    assert_eq!((log.severity_number, &*log.severity_text), (10, "INFO"));
    assert_eq!(decoded(log.body.as_ref().unwrap()), r#"text "paid 9.50\n{}""#);
    assert_eq!((log.flags, log.trace_id.len(), log.span_id.len()), (3, 16, 8));
    assert_eq!(log.trace_id, span(0).trace_id.to_bytes());
    assert_eq!(log.span_id, span(0).span_id.to_bytes());
    assert_eq!(log.event_name, "order.paid");
    let expected = members(&[
        ("correlation_id", text("req-7")),
        ("category", text("web")),
        ("ambient", Value::Int(1)),
        ("bound", Value::Float(2.5)),
        ("amount", Value::Float(9.5)),
        ("message_template.text", text("paid {amount:.2f}\n{{}}")),
    ]);
    assert_eq!(decoded_members(&log.attributes), expected_members(&expected));
    assert_eq!(log.dropped_attributes_count, 0);
}

#[test]
fn a_bare_record_has_no_ids_and_no_scope() {
    let far = Far::new("bare");
    far.telemetry.logger("").info("").emit();
    let (scope, log) = one(&far);
    assert_eq!(scope, "");
    assert!(log.trace_id.is_empty() && log.span_id.is_empty() && log.attributes.is_empty(), "{log:?}");
    assert_eq!(decoded(log.body.as_ref().unwrap()), r#"text """#);
    assert!(log.time_unix_nano > 1_500_000_000_000_000_000);
}

#[test]
fn every_type_of_value() {
    let far = Far::new("types");
    let logger = far.telemetry.logger("a");
    let mut log = logger.record(Severity::INFO).unwrap();
    record(&every_type(), &mut log.attributes());
    log.emit();
    assert_eq!(decoded_members(&one(&far).1.attributes), expected_members(&every_type()));
}

#[test]
fn a_key_is_there_once_and_the_nearest_value_wins() {
    let far = Far::new("keys");
    let set = |pairs: &[(&str, &str)]| {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        move |w: &mut vigie_core::AttributeWriter<'_>| {
            pairs.iter().for_each(|(key, value)| w.attr(key, value))
        }
    };
    let context = far.telemetry.context_with(
        &Context::root(),
        set(&[("user_id", "c"), ("session_id", "c"), ("a", "c"), ("b", "c")]),
    );
    let log =
        far.telemetry.logger("a").bind(set(&[("user_id", "l"), ("b", "l"), ("c", "l"), ("event", "l")]));
    let mut record = log.record(Severity::INFO).unwrap();
    record.set_context(&context);
    set(&[("c", "r"), ("event", "r"), ("c", "r2")])(&mut record.attributes());
    record.emit();
    let (_, log) = one(&far);
    assert_eq!(log.event_name, "r");
    let expected = [("user_id", "l"), ("session_id", "c"), ("a", "c"), ("b", "l"), ("c", "r2")]
        .map(|(k, v)| (k, text(v)));
    assert_eq!(decoded_members(&log.attributes), expected_members(&members(&expected)));
}

#[test]
fn names_that_a_line_keeps_for_itself_are_as_they_were_given() {
    let far = Far::new("names");
    let given = members(&[
        ("level", text("high")),
        ("level_", Value::Int(1)),
        ("kind", Value::Null),
        ("timestamp", Value::Bool(true)),
        ("error", Value::Map(members(&[("a", Value::Int(1))]))),
    ]);
    // What is no scalar has no well-known place, and its name stays apart from the one that has.
    let apart = members(&[("user_id", Value::List(vec![Value::Int(1)])), ("event", Value::Int(7))]);
    let logger = far.telemetry.logger("a");
    let mut log = logger.record(Severity::INFO).unwrap();
    record(&given, &mut log.attributes());
    record(&apart, &mut log.attributes());
    record(&members(&[("user_id", text("u-7"))]), &mut log.attributes());
    log.emit();
    let (_, log) = one(&far);
    let mut expected = given;
    expected.push(("user_id".to_owned(), text("u-7")));
    expected.extend(apart.into_iter().map(|(key, value)| (format!("{key}_"), value)));
    assert_eq!(decoded_members(&log.attributes), expected_members(&expected));
    assert_eq!(log.event_name, "");
}

fn error(type_name: &str, message: &str, stack: &str) -> ErrorInfo {
    let [type_name, message, stack] = [type_name, message, stack].map(str::to_owned);
    ErrorInfo { type_name, message, stack, ..ErrorInfo::default() }
}

#[test]
fn an_error_with_all_its_parts() {
    let far = Far::new("error");
    let logger = far.telemetry.logger("a");
    let mut log = logger.record(Severity::ERROR).unwrap();
    let mut attributes_of = error("Member", "m", "");
    log.error_scribe().attributes(&mut attributes_of).attr("code", 7);
    let mut whole = error("Declined", "no \"money\"\n", "at a\nat b");
    whole.cause = Some(Box::new(ErrorInfo {
        cause: Some(Box::new(error("", "", "deep"))),
        ..error("Refused", "by bank", "at c")
    }));
    whole.errors = vec![attributes_of, error("Other", "", "")];
    log.error_scribe().attributes(&mut whole).attr("errno", -3);
    log.error(whole);
    log.attributes().attr("a", 1);
    log.emit();
    let map = |pairs: &[(&str, Value)]| Value::Map(members(pairs));
    let deep = map(&[("type", text("Error")), ("stacktrace", text("deep"))]);
    let cause = map(&[
        ("type", text("Refused")),
        ("message", text("by bank")),
        ("stacktrace", text("at c")),
        ("cause", deep),
    ]);
    let member = map(&[
        ("type", text("Member")),
        ("message", text("m")),
        ("attributes", map(&[("code", Value::Int(7))])),
    ]);
    let expected = members(&[
        ("exception.type", text("Declined")),
        ("exception.message", text("no \"money\"\n")),
        ("exception.stacktrace", text("at a\nat b")),
        ("exception.cause", cause),
        ("exception.errors", Value::List(vec![member, map(&[("type", text("Other"))])])),
        ("exception.attributes", map(&[("errno", Value::Int(-3))])),
        ("a", Value::Int(1)),
    ]);
    assert_eq!(decoded_members(&one(&far).1.attributes), expected_members(&expected));
}

#[test]
fn what_the_caller_says_of_an_exception_stands() {
    let far = Far::new("own");
    let logger = far.telemetry.logger("a");
    let mut log = logger.record(Severity::ERROR).unwrap();
    log.error(error("", "m", ""));
    log.attributes().attr("exception.message", "mine");
    log.emit();
    let expected: BTreeMap<String, String> =
        [("exception.message".to_owned(), text("mine").expected())].into();
    assert_eq!(decoded_members(&one(&far).1.attributes), expected);
}

#[test]
fn loggers_are_scopes_and_records_stay_in_order() {
    let far = Far::new("scopes");
    for i in 0..9 {
        far.telemetry.logger(["a", "b", ""][i % 3]).info("x").attr("i", i).emit();
    }
    let request = far.logs();
    let found: Vec<(String, Vec<String>)> = request.resource_logs[0]
        .scope_logs
        .iter()
        .map(|of_scope| {
            let name = of_scope.scope.as_ref().map(|scope| scope.name.clone()).unwrap_or_default();
            let numbers =
                of_scope.log_records.iter().map(|log| decoded_members(&log.attributes)["i"].clone());
            (name, numbers.collect())
        })
        .collect();
    let numbers = |of: [usize; 3]| of.map(|i| format!("int {i}")).to_vec();
    let expected = [("a", [0, 3, 6]), ("b", [1, 4, 7]), ("", [2, 5, 8])];
    assert_eq!(found, expected.map(|(name, of)| (name.to_owned(), numbers(of))));
}
