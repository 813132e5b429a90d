mod generated;

use super::LineProtocol;
use super::strict::{self, Point as Read, Value};
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::encode::record::{Encoder, Event, Log, Name, Point, Span};
use crate::model::attributes::Attributes;
use crate::model::context::{Context, SpanContext};
use crate::model::error_info::ErrorInfo;
use crate::model::ids::{SpanId, TraceFlags, TraceId};
use crate::model::metric::{Descriptor, HistogramPoint, InstrumentKind, Number, PointValue};
use crate::model::resource::Resource;
use crate::model::severity::Severity;
use crate::model::span::{Parent, SpanKind, Status};
use crate::stats::Counts;
use std::sync::Arc;

/// An encoder with what it counts, under the usual limits unless said otherwise.
struct Bench {
    rules: Arc<Rules>,
    counts: Arc<Counts>,
    protocol: LineProtocol,
}

impl Bench {
    fn with(limits: Limits, resource: &Resource) -> Self {
        let (rules, counts) =
            (Arc::new(Rules::new(limits, &Default::default(), None)), Arc::new(Counts::default()));
        let protocol = LineProtocol::new(resource, &rules, &counts);
        Self { rules, counts, protocol }
    }

    fn new() -> Self {
        let resource = Resource {
            service: "web shop".to_owned(),
            host: Some("h".to_owned()),
            process_id: Some(7),
            ..Resource::default()
        };
        Self::with(Limits::default(), &resource)
    }

    fn attributes(&self, target: Target, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> Attributes {
        let mut attributes = Attributes::default();
        fill(&mut AttributeWriter::new(&mut attributes, &self.rules, &self.counts, target));
        attributes
    }

    fn log(&self, message: &str, attributes: &Attributes, error: Option<&ErrorInfo>) -> Vec<u8> {
        let mut out = Vec::new();
        let context = Context::root().with_span(span_context());
        let log = Log {
            timestamp_ns: 1_767_323_045_000_000_999,
            severity: Severity::WARN,
            message,
            is_template: true,
            filled_from: None,
            thread: None,
            entities: None,
            logger: Name { text: "shop.cart", is_plain: true },
            context: &context,
            bound: None,
            own: attributes,
            error,
        };
        self.protocol.log(&log, &mut out);
        out
    }

    fn span(&self, name: &str, attributes: &Attributes, events: &[Event]) -> Vec<u8> {
        let mut out = Vec::new();
        let context = Context::root().with_span(span_context());
        let span = Span {
            start_ns: 1_000_000,
            duration_ns: 250,
            name,
            context: &context,
            parent: Some(Parent { span_id: SpanId::from(2), is_remote: None }),
            kind: SpanKind::Server,
            status: Status::Error,
            status_message: "no \"luck\"\n",
            scope: "",
            attributes,
            events,
            links: &[],
            dropped_events: 3,
            dropped_links: 0,
        };
        self.protocol.span(&span, &mut out);
        out
    }

    fn point(&self, value: PointValue<'_>, attributes: &Attributes) -> Vec<u8> {
        let mut out = Vec::new();
        let instrument = &Descriptor {
            name: "http.server/requests-total".into(),
            kind: InstrumentKind::Counter,
            unit: "1".into(),
            description: "".into(),
        };
        self.protocol.point(
            &Point { timestamp_ns: 1_500_000_001, start_ns: 0, instrument, attributes, value },
            &mut out,
        );
        out
    }

    fn number(&self, value: f64, fill: impl FnOnce(&mut AttributeWriter<'_>)) -> String {
        let attributes = self.attributes(Target::Nested, fill);
        text(self.point(PointValue::Number(Number::Float(value).normal()), &attributes))
    }
}

fn span_context() -> SpanContext {
    SpanContext {
        trace_id: TraceId::from(1_u128),
        span_id: SpanId::from(1),
        flags: TraceFlags::SAMPLED,
        is_remote: false,
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_number_is_a_double_and_its_attributes_are_tags_in_order() {
    let bench = Bench::new();
    let line = bench.number(3.0, |w| {
        for (key, value) in [("z", "1"), ("a b", "x,y=z"), ("path", "c:\\"), ("empty", ""), ("line", "a\nb")]
        {
            w.key(key);
            w.str(value);
        }
        w.key("code");
        w.int(200);
        w.key("none");
        w.null();
    });
    assert_eq!(
        line,
        "http.server/requests-total,a\\ b=x\\,y\\=z,code=200,host=h,line=a\\nb,path=c:/,pid=7,service=web\\ shop,z=1 \
         value=3 1500000001\n"
    );
    assert!(bench.number(0.5, |_| {}).ends_with(" value=0.5 1500000001\n"));
}

#[test]
fn no_attribute_takes_a_name_of_influxdb_or_of_the_source() {
    let line = Bench::new().number(1.0, |w| {
        for key in ["time", "time_", "service", "value", "_field", "times"] {
            w.key(key);
            w.str("x");
        }
    });
    let start = "http.server/requests-total,_field_=x,host=h,pid=7,service=web\\ shop,service_=x,time_=x,time__=x,\
                 times=x,value_=x ";
    assert!(line.starts_with(start), "{line}");
}

#[test]
fn what_is_not_finite_is_left_out_and_counted() {
    let bench = Bench::new();
    assert_eq!(bench.number(f64::NAN, |_| {}), "");
    assert_eq!(bench.counts.left_out.get(), 1);
    let histogram = |sum, max| {
        PointValue::Histogram(HistogramPoint {
            bounds: &[0.5, 10.0],
            counts: &[1, 0, 2],
            count: 3,
            sum: Number::Float(sum),
            min: Number::Float(0.25),
            max: Number::Float(max),
        })
    };
    let line = text(bench.point(histogram(f64::INFINITY, f64::INFINITY), &Attributes::default()));
    assert!(line.contains(" count=3i,min=0.25,0.5=1i,10.0=1i,+Inf=3i 1500000001\n"), "{line}");
    assert_eq!(bench.counts.left_out.get(), 3);
    let line = text(bench.point(histogram(24.25, 12.0), &Attributes::default()));
    assert!(line.contains(" count=3i,sum=24.25,min=0.25,max=12.0,0.5=1i,10.0=1i,+Inf=3i "), "{line}");
}

#[test]
fn a_series_too_long_for_influxdb_is_left_out() {
    let bench = Bench::new();
    let line = bench.number(1.0, |w| {
        w.key("a");
        w.str(&"x".repeat(65_000));
        w.key("b");
        w.str(&"x".repeat(65_000));
    });
    assert_eq!((line.as_str(), bench.counts.left_out.get()), ("", 1));
}

#[test]
fn a_log_has_typed_fields() {
    let bench = Bench::new();
    let own = bench.attributes(Target::Log, |w| {
        w.key("n");
        w.int(1);
        w.key("f");
        w.float(1.0);
        w.key("yes");
        w.bool(true);
        w.key("big");
        w.uint(u64::MAX);
        w.key("raw");
        w.bytes(b"\0\xff");
        w.key("nan");
        w.float(f64::NAN);
        w.key("null");
        w.null();
        w.key("time");
        w.str("a \"b\"\n\\");
        w.key("user_id");
        w.str("u1");
        w.key("list");
        assert!(w.begin_list() && w.more());
        w.str("x\"");
        w.end_list();
    });
    assert_eq!(
        text(bench.log("half {n}\n", &own, None)),
        "logs,host=h,level=WARN,logger=shop.cart,service=web\\ shop message=\"half 1\\\\n\",template=\"half {n}\\\\n\",\
         pid=7i,trace_id=\"00000000000000000000000000000001\",span_id=\"0000000000000001\",user_id=\"u1\",n=1i,f=1.0,\
         yes=true,big=\"18446744073709551615\",raw=\"AP8=\",time_=\"a \\\"b\\\"\\\\n\\\\\",list=\"[\\\"x\\\\\\\"\\\"]\" \
         1767323045000000000\n"
    );
    assert_eq!(bench.counts.left_out.get(), 1);
}

#[test]
fn no_two_logs_have_one_timestamp() {
    let bench = Bench::new();
    let stamps: Vec<i64> = (0..1001)
        .map(|_| strict::points(&bench.log("m", &Attributes::default(), None), false).unwrap()[0].timestamp)
        .collect();
    assert_eq!(stamps[..1000].iter().collect::<std::collections::HashSet<_>>().len(), 1000);
    assert_eq!((stamps[0], stamps[1000]), (1_767_323_045_000_000_000, 1_767_323_045_000_000_000));
    assert_eq!(stamps[999], 1_767_323_045_000_000_999);
}

#[test]
fn an_error_gives_its_parts_and_the_whole_where_it_has_more() {
    let bench = Bench::new();
    let cause = ErrorInfo { message: "root".to_owned(), ..ErrorInfo::default() };
    let mut error =
        ErrorInfo { type_name: "E".to_owned(), message: "no\nluck".to_owned(), ..ErrorInfo::default() };
    let own = bench.attributes(Target::Log, |w| {
        w.key("error.type");
        w.str("timeout");
    });
    let line = text(bench.log("m", &own, Some(&error)));
    assert!(line.contains(r#",error.type="E",error.message="no\\nluck",error.type_="timeout" "#), "{line}");
    error.cause = Some(Box::new(cause));
    let line = text(bench.log("m", &own, Some(&error)));
    assert!(
        line.contains(r#",error="{\"type\":\"E\",\"message\":\"no\\nluck\",\"cause\":{\"type\""#),
        "{line}"
    );
}

#[test]
fn a_span_is_a_line() {
    let bench = Bench::new();
    let attributes = bench.attributes(Target::Nested, |w| {
        w.key("name");
        w.str("x");
        w.key("http.status");
        w.int(500);
    });
    let event = Event { time_ns: 0, name: "e\n".to_owned(), attributes: Attributes::default() };
    assert_eq!(
        text(bench.span("GET /", &attributes, &[event])),
        "spans,host=h,name=GET\\ /,service=web\\ shop,span_kind=server,status=error duration_ns=250i,pid=7i,\
         trace_id=\"00000000000000000000000000000001\",span_id=\"0000000000000001\",parent_span_id=\"0000000000000002\",\
         status_message=\"no \\\"luck\\\"\\\\n\",dropped_events=3i,name_=\"x\",http.status=500i,\
         events=\"[{\\\"timestamp\\\":\\\"1970-01-01T00:00:00.000000Z\\\",\\\"name\\\":\\\"e\\\\n\\\"}]\" 1000000\n"
    );
}

#[test]
fn a_line_is_no_longer_than_allowed_and_keeps_its_message() {
    let limits = Limits { line_bytes: 1024, ..Limits::default() };
    let bench = Bench::with(limits, &Resource { service: "shop".to_owned(), ..Resource::default() });
    let own = bench.attributes(Target::Log, |w| {
        for n in 0..30 {
            w.key(&format!("key{n}"));
            w.str("0123456789 0123456789 0123456789");
        }
    });
    let before = bench.counts.truncated.get();
    for message in ["short", &"long \" ".repeat(1000)] {
        let line = bench.log(message, &own, None);
        assert!(line.len() <= 1024 && line.len() > 900, "{}", line.len());
        let points = strict::points(&line, false).unwrap();
        assert!(
            matches!(points[0].field("message"), Some(Value::Text(text)) if text.starts_with(&message[..5]))
        );
        assert!(points[0].field("key3").is_some());
    }
    assert_eq!(bench.counts.truncated.get() - before, 2);
}
