//! Creation, conflicts, generations.

use super::*;

#[test]
fn creating_and_binding_is_not_use() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    let bound = counter.bind(label("a", "b"));
    meter.gauge("g", no_options()).unwrap().observe(Box::new(|| None));
    assert_eq!(home.opened.load(Ordering::Relaxed), 0);
    bound.add(1);
    assert!(home.opened.load(Ordering::Relaxed) > 0);
}

#[test]
fn nothing_is_measured_while_telemetry_is_off() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    home.enabled.store(false, Ordering::Relaxed);
    counter.add(1, none);
    counter.bind(none).add(1);
    assert_eq!(home.text(), "");
    home.enabled.store(true, Ordering::Relaxed);
    counter.add(1, none);
    assert_eq!(home.text(), "# TYPE c_total counter\nc_total 1\n");
}

#[test]
fn a_name_belongs_to_one_kind() {
    let (_home, meter) = home();
    meter.counter("x", no_options()).unwrap();
    let error = meter.up_down_counter("x", no_options()).unwrap_err().to_string();
    assert!(
        error.contains("up_down_counter") && error.contains("counter, as it was first created"),
        "{error}"
    );
    assert!(meter.histogram("x", no_options()).is_err());
    assert!(meter.counter("x", no_options()).is_ok());
    assert!(meter.counter("not a name", no_options()).is_err());
}

#[test]
fn a_new_generation_starts_at_zero_with_the_same_handles() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    let bound = counter.bind(label("k", "v"));
    meter.gauge("g", no_options()).unwrap().observe(Box::new(|| Some(Number::Int(1))));
    counter.add(1, none);
    bound.add(1);
    for _ in 0..3 {
        home.renew();
        counter.add(10, none);
        bound.add(20);
        bound.add(20);
        assert_eq!(
            home.text(),
            "# TYPE c_total counter\nc_total 10\nc_total{k=\"v\"} 40\n# TYPE g gauge\ng 1\n"
        );
    }
}

#[test]
fn an_old_handle_whose_name_went_to_another_kind_is_counted() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    counter.add(1, none);
    home.renew();
    meter.gauge("c", no_options()).unwrap().set(5, none);
    counter.add(1, none);
    assert_eq!(home.text(), "# TYPE c gauge\nc 5\n");
    assert_eq!(home.counts.invalid_measurements.get(), 1);
}

#[test]
fn labels_bound_before_the_configuration_obey_it() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    let bound = counter.bind(|w| {
        w.key("iban");
        w.str("DE00");
        w.key("n");
        w.float(1.0);
    });
    home.registry().set_rules(rules(Limits::default(), &["iban"]), clock());
    bound.add(1);
    counter.add(1, label("iban", "FR00"));
    assert_eq!(
        home.text(),
        "# TYPE c_total counter\nc_total{iban=\"[redacted]\"} 1\nc_total{iban=\"[redacted]\",n=\"1.0\"} 1\n"
    );
}
