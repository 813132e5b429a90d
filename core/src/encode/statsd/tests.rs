use super::*;
use crate::encode::attributes::key::Rules;
use crate::encode::attributes::limits::Limits;
use crate::encode::attributes::target::Target;
use crate::encode::attributes::writer::AttributeWriter;
use crate::model::attributes::Attributes;
use crate::model::metric::{Descriptor, HistogramPoint, InstrumentKind, Number, PointValue};
use crate::model::resource::Resource;
use crate::stats::Counts;
use std::sync::Arc;

fn lines(dialect: Dialect, form: Form) -> (Lines, Arc<Counts>) {
    let resource = Resource {
        service: "web shop".to_owned(),
        environment: Some("prod".to_owned()),
        host: Some("h".to_owned()),
        process_id: Some(7),
        ..Resource::default()
    };
    let counts = Arc::new(Counts::default());
    (Lines::new("shop.", dialect, form, &resource, &counts), counts)
}

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    let mut attributes = Attributes::default();
    let (rules, counts) = (Rules::new(Limits::default(), &Default::default(), None), Counts::default());
    let mut writer = AttributeWriter::new(&mut attributes, &rules, &counts, Target::Nested);
    for (key, value) in pairs {
        writer.key(key);
        writer.str(value);
    }
    drop(writer);
    attributes
}

fn written(
    lines: &Lines,
    kind: InstrumentKind,
    unit: &str,
    pairs: &[(&str, &str)],
    value: PointValue<'_>,
) -> String {
    let instrument =
        &Descriptor { name: "http/requests-total.x".into(), kind, unit: unit.into(), description: "".into() };
    let mut out = Vec::new();
    lines.point(
        &Point { timestamp_ns: 0, start_ns: 0, instrument, attributes: &attributes(pairs), value },
        &mut out,
    );
    String::from_utf8(out).unwrap()
}

fn number(dialect: Dialect, kind: InstrumentKind, pairs: &[(&str, &str)], value: f64) -> String {
    written(
        &lines(dialect, Form::Timer).0,
        kind,
        "",
        pairs,
        PointValue::Number(Number::Float(value).normal()),
    )
}

#[test]
fn plain_statsd_has_attributes_in_its_names() {
    use InstrumentKind::{Counter, Gauge, UpDownCounter};
    let plain = |kind, pairs: &[(&str, &str)], value| number(Dialect::Plain, kind, pairs, value);
    assert_eq!(plain(Counter, &[], 3.0), "shop.http_requests-total.x:3|c\n");
    assert_eq!(plain(Counter, &[], 1e-7), "shop.http_requests-total.x:0.0000001|c\n");
    assert_eq!(
        plain(Gauge, &[("re.gion", "eu west"), ("q", "a|b:c\n@#é"), ("e", "")], 0.5),
        "shop.http_requests-total.x.re_gion.eu_west.q.a_b_c____:0.5|g\n"
    );
    assert_eq!(plain(Gauge, &[], -5.0), "shop.http_requests-total.x:0|g\nshop.http_requests-total.x:-5|g\n");
    assert_eq!(plain(UpDownCounter, &[], 5.0), "shop.http_requests-total.x:5|g\n");
}

#[test]
fn dogstatsd_has_tags() {
    use InstrumentKind::{Counter, Gauge};
    let datadog = |kind, pairs: &[(&str, &str)], value| number(Dialect::Datadog, kind, pairs, value);
    assert_eq!(
        datadog(Counter, &[("url", "http://a/b"), ("a,b", "x|y\n#é😀"), ("e", "")], 3.0),
        "shop.http_requests-total.x:3|c|#service:web_shop,env:prod,url:http://a/b,a_b:x_y__é_\n"
    );
    assert_eq!(datadog(Gauge, &[], -5.0), "shop.http_requests-total.x:-5|g|#service:web_shop,env:prod\n");
    let long = datadog(Counter, &[("k", &"é".repeat(500))], 1.0);
    assert_eq!(
        long.chars().count(),
        "shop.http_requests-total.x:1|c|#service:web_shop,env:prod,\n".len() + 200
    );
}

#[test]
fn what_is_not_finite_is_left_out_and_counted() {
    let (lines, counts) = lines(Dialect::Plain, Form::Timer);
    for value in [f64::NAN, f64::INFINITY] {
        let value = PointValue::Number(Number::Float(value));
        assert_eq!(written(&lines, InstrumentKind::Gauge, "", &[], value), "");
    }
    assert_eq!(counts.left_out.get(), 2);
}

#[test]
fn histograms_are_values_with_weights() {
    let point = |counts, count, sum| {
        PointValue::Histogram(HistogramPoint {
            bounds: &[1.0],
            counts,
            count,
            sum: Number::Float(sum),
            min: Number::Float(0.07),
            max: Number::Int(2),
        })
    };
    let of = |form, unit, value| {
        written(&lines(Dialect::Plain, form).0, InstrumentKind::Histogram, unit, &[], value)
    };
    let name = "shop.http_requests-total.x";
    assert_eq!(of(Form::Timer, "s", point(&[1, 0], 1, 0.07)), format!("{name}:70|ms\n"));
    assert_eq!(of(Form::Timer, "us", point(&[0, 1], 1, 1.1)), format!("{name}:0.0011|ms\n"));
    assert_eq!(of(Form::Timer, "By", point(&[0, 1], 1, 1.5)), format!("{name}:1.5|ms\n"));
    assert_eq!(of(Form::Distribution, "s", point(&[1, 0], 1, 0.07)), format!("{name}:0.07|d\n"));
    let many = of(Form::Histogram, "s", point(&[100, 3], 103, 55.5));
    assert_eq!(many.matches("|h|@0.5\n").count(), 51);
    assert_eq!(many.matches("|h\n").count(), 1);
}

#[test]
fn no_text_adds_or_breaks_a_line() {
    const PIECES: [&str; 18] = [
        "",
        ",",
        ":",
        "|",
        "@0.1",
        "#",
        "\n",
        "\r\n",
        " ",
        "\0",
        "a",
        "é",
        "😀",
        "\u{2028}",
        "\u{202e}",
        "x:1|c\ny:2|c",
        "=",
        "\"",
    ];
    let mut seed = 3_u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    for round in 0..20_000 {
        let mut text = || (0..below(5)).map(|_| PIECES[below(PIECES.len())]).collect::<String>();
        let pairs: Vec<(String, String)> =
            (0..round % 4).map(|n| (format!("{n}{}", text()), text())).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (&**key, &**value)).collect();
        for dialect in [Dialect::Plain, Dialect::Datadog] {
            let line = number(dialect, InstrumentKind::Counter, &pairs, round as f64);
            let line = line.strip_suffix('\n').unwrap();
            let mut parts = line.split('|');
            let (name, value) = parts.next().unwrap().split_once(':').unwrap();
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)), "{line}");
            assert_eq!((value, parts.next()), (round.to_string().as_str(), Some("c")), "{line}");
            let tags = parts.next().unwrap_or_default();
            assert!(parts.next().is_none() && !line.contains(char::is_control), "{line}");
            assert_eq!(tags.is_empty(), dialect == Dialect::Plain);
            let given = pairs.iter().filter(|(_, value)| !value.is_empty()).count();
            let expected = if dialect == Dialect::Plain { 1 } else { 2 + given };
            assert_eq!(tags.split(',').count(), expected, "{line}");
            assert!(!tags.get(1..).unwrap_or_default().contains(['#', ' ', '@']), "{line}");
        }
    }
}
