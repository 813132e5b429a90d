//! Values, labels, domains.

use super::*;

#[test]
fn labels_in_any_order_are_one_series_and_the_last_value_wins() {
    let (home, meter) = home();
    let counter = meter.counter("orders", no_options()).unwrap();
    for order in [["a", "b", "b"], ["b", "a", "b"], ["b", "b", "a"]] {
        counter.add(1, |w| {
            for (place, key) in order.into_iter().enumerate() {
                w.key(key);
                let value = if key == "a" || place == order.iter().rposition(|k| *k == "b").unwrap() {
                    "x"
                } else {
                    "y"
                };
                w.str(value);
            }
        });
    }
    assert_eq!(home.text(), "# TYPE orders_total counter\norders_total{a=\"x\",b=\"x\"} 3\n");
}

#[test]
fn bound_and_unbound_updates_reach_the_same_series() {
    let (home, meter) = home();
    let counter = meter.counter("orders", no_options()).unwrap();
    let bound = counter.bind(label("region", "eu"));
    bound.add(2);
    counter.add(3, label("region", "eu"));
    meter.counter("orders", no_options()).unwrap().bind(label("region", "eu")).add(Number::Float(1.0));
    assert_eq!(home.text(), "# TYPE orders_total counter\norders_total{region=\"eu\"} 6\n");
}

#[test]
fn values_outside_the_domain_are_ignored_and_counted() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    let up_down = meter.up_down_counter("u", no_options()).unwrap();
    let histogram = meter.histogram("h", no_options()).unwrap();
    counter.add(-1, none);
    counter.add(-0.5, none);
    counter.add(f64::NAN, none);
    counter.bind(none).add(f64::INFINITY);
    up_down.add(f64::NEG_INFINITY, none);
    up_down.bind(none).add(f64::NAN);
    histogram.record(f64::NAN, none);
    histogram.bind(none).merge(&[1], 1, 1.0, 1.0);
    assert_eq!(home.counts.invalid_measurements.get(), 8);
    counter.add(-0.0, none);
    up_down.add(-5, none);
    histogram.record(f64::INFINITY, none);
    let lines = home.lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["value"], 0);
    assert_eq!((&lines[1]["count"], &lines[1]["sum"]), (&1.into(), &"Infinity".into()));
    assert_eq!(lines[2]["value"], -5);
    assert_eq!(home.counts.invalid_measurements.get(), 8);
}

#[test]
fn a_fraction_makes_a_double_and_integers_stay_exact() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    counter.add(9_007_199_254_740_993_i64, none);
    assert_eq!(home.lines()[0]["value"].to_string(), "9007199254740993");
    counter.add(i64::MAX, none);
    assert_eq!(home.lines()[0]["value"].to_string(), "9.232379236109517e+18");
    let small = meter.counter("d", no_options()).unwrap();
    small.add(0.5, none);
    small.add(0.5, none);
    assert_eq!(home.lines()[1]["value"].to_string(), "1.0");
}

#[test]
fn redaction_and_limits_apply_to_labels() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    counter.add(1, label("password", "hunter2"));
    counter.add(1, label("password", "letmein"));
    assert_eq!(home.text(), "# TYPE c_total counter\nc_total{password=\"[redacted]\"} 2\n");
}

#[test]
fn measuring_inside_a_fill_does_not_deadlock() {
    let (home, meter) = home();
    let outer = meter.counter("outer", no_options()).unwrap();
    let inner = meter.counter("inner", no_options()).unwrap();
    outer.add(1, |w| {
        w.key("a");
        inner.add(1, label("b", "2"));
        outer.add(1, label("a", "1"));
        w.str("1");
    });
    assert_eq!(
        home.text(),
        "# TYPE inner_total counter\ninner_total{b=\"2\"} 1\n# TYPE outer_total counter\nouter_total{a=\"1\"} 2\n"
    );
}

#[test]
fn callbacks_are_asked_at_collection_and_may_panic_or_measure() {
    let (home, meter) = home();
    let gauge = meter.gauge("rss", no_options()).unwrap();
    let asked = meter.counter("asked", no_options()).unwrap();
    gauge.observe(Box::new(|| panic!("replaced by the next")));
    gauge.observe(Box::new(move || {
        asked.add(1, none);
        Some(Number::Int(7))
    }));
    meter.gauge("broken", no_options()).unwrap().observe(Box::new(|| panic!("users' code")));
    meter.gauge("silent", no_options()).unwrap().observe(Box::new(|| None));
    let text = "# TYPE asked_total counter\nasked_total 1\n# TYPE rss gauge\nrss 7\n";
    assert_eq!(home.text(), text);
    assert_eq!(home.text(), text.replace("asked_total 1", "asked_total 2"));
}

#[test]
fn eight_threads_lose_nothing() {
    let bound_adds = if std::env::var_os("VIGIE_FULL").is_some() { 10_000_000 } else { 50_000 };
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    let histogram = meter.histogram("h", no_options()).unwrap();
    let bound = counter.bind(label("k", "v0"));
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (counter, histogram, bound) = (&counter, &histogram, &bound);
            scope.spawn(move || {
                for n in 0..5_000_i64 {
                    counter.add(1, label("k", ["v0", "v1", "v2"][(n % 3) as usize]));
                    histogram.record(n % 7, label("t", ["a", "b"][thread % 2]));
                }
                for _ in 0..bound_adds {
                    bound.add(1);
                }
            });
        }
    });
    let lines = home.lines();
    let sum = |from: usize, to: usize, key: &str| -> i64 {
        lines[from..to].iter().map(|line| line[key].as_i64().unwrap()).sum()
    };
    assert_eq!((lines.len(), sum(0, 3, "value"), sum(3, 5, "count")), (5, 8 * (5_000 + bound_adds), 40_000));
}

#[test]
fn every_kind_of_value_may_be_a_label_however_often_it_comes() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    for _ in 0..3 {
        counter.add(1, |w| {
            w.key("text");
            w.str("x");
            w.key("int");
            w.int(-7);
            w.key("truth");
            w.bool(true);
            w.key("float");
            w.float(0.5);
            w.key("list");
            assert!(w.begin_list());
            for n in 0..2 {
                assert!(w.more());
                w.int(n);
            }
            w.end_list();
            w.key("int");
            w.int(8);
        });
        counter.add(1, |w| {
            w.key("no value follows");
        });
        counter.add(1, |w| w.str("no key before"));
        counter.add(1, |w| {
            w.key("big");
            w.str(&"x".repeat(9_000));
        });
    }
    let lines = home.lines();
    let attributes: Vec<String> = lines.iter().map(|line| line["attributes"].to_string()).collect();
    assert_eq!(attributes[0], "null");
    assert_eq!(attributes[1], format!("{{\"big\":\"{}\"}}", "x".repeat(9_000)));
    assert_eq!(attributes[2], r#"{"float":0.5,"int":8,"list":[0,1],"text":"x","truth":true}"#);
    assert_eq!(lines.iter().map(|line| line["value"].as_i64().unwrap()).collect::<Vec<_>>(), [6, 3, 3]);
}

#[test]
fn labels_that_are_known_obey_new_rules() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    let add = || (0..2).for_each(|_| counter.add(1, label("iban", "DE00")));
    add();
    home.registry().set_rules(rules(Limits::default(), &["iban"]), clock());
    add();
    assert_eq!(
        home.text(),
        "# TYPE c_total counter\nc_total{iban=\"DE00\"} 2\nc_total{iban=\"[redacted]\"} 2\n"
    );
}

#[test]
fn an_instrument_of_any_kind_does_what_its_kind_does() {
    let (home, meter) = home();
    for kind in InstrumentKind::ALL {
        let instrument = meter.instrument(kind, kind.as_str(), no_options()).unwrap();
        assert_eq!(instrument.kind(), kind);
        instrument.update(4, none);
        let series = instrument.bind(none);
        series.update(3);
        series.add_float(2.0);
    }
    let lines = home.lines();
    let shown = |place: usize| {
        let line = &lines[place];
        let value = line.get("value").or_else(|| line.get("sum")).unwrap();
        (line["type"].as_str().unwrap(), value.to_string())
    };
    let expected = [("counter", "9.0"), ("gauge", "2"), ("histogram", "9"), ("up_down_counter", "9.0")];
    assert_eq!([0, 1, 2, 3].map(shown), expected.map(|(kind, value)| (kind, value.to_owned())));
    assert_eq!(lines[2]["count"], 3);
    let taken = meter.instrument(InstrumentKind::Gauge, "counter", no_options());
    assert!(taken.unwrap_err().to_string().contains("counter, as it was first created"));
}

#[test]
fn a_sum_of_fractions_obeys_the_domain_of_its_instrument() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap().bind(none);
    let up_down = meter.up_down_counter("u", no_options()).unwrap().bind(none);
    counter.add_float(-1.5);
    counter.add_float(f64::INFINITY);
    up_down.add_float(f64::NAN);
    assert_eq!(home.counts.invalid_measurements.get(), 3);
    up_down.add_float(-1.0);
    up_down.add(3);
    assert_eq!(home.lines().iter().map(|line| line["value"].to_string()).collect::<Vec<_>>(), ["2.0"]);
}
