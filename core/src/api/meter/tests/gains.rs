//! What is told since the last time: nothing twice, nothing lost, no digits that are noise.

use super::*;
use crate::model::metric::PointValue;

impl TestHome {
    /// What series have to tell now, one text for each.
    fn gains(&self) -> Vec<String> {
        let registry = self.registry();
        registry.collect();
        let mut told = Vec::new();
        registry.gains().points(0, &mut |point| {
            let labels = String::from_utf8_lossy(&point.attributes.bytes);
            let value = match point.value {
                PointValue::Number(value) => format!("{value:?}"),
                PointValue::Histogram(histogram) => {
                    format!("{:?} {:?} max {:?}", histogram.counts, histogram.sum, histogram.max)
                }
            };
            told.push(format!("{}{labels} {value}", point.instrument.name));
        });
        told
    }
}

fn following() -> (Arc<TestHome>, Meter) {
    let (home, meter) = home();
    home.registry().follow_gains(true);
    (home, meter)
}

#[test]
fn a_counter_tells_what_it_gained_and_nothing_when_it_gained_nothing() {
    let (home, meter) = following();
    let orders = meter.counter("orders", no_options()).unwrap();
    orders.add(2, label("region", "eu"));
    orders.add(1, label("region", "us"));
    assert_eq!(home.gains(), [r#"orders,"region":"eu" Int(2)"#, r#"orders,"region":"us" Int(1)"#]);
    assert!(home.gains().is_empty());
    orders.add(40, label("region", "us"));
    assert_eq!(home.gains(), [r#"orders,"region":"us" Int(40)"#]);
    assert_eq!(home.lines()[1]["value"], 41, "what is cumulative stays so");
}

#[test]
fn fractions_are_told_without_noise_and_add_up() {
    let (home, meter) = following();
    let paid = meter.counter("paid", no_options()).unwrap();
    let mut told = 0.0;
    for _ in 0..1_000 {
        paid.add(0.1, none);
        assert_eq!(home.gains(), ["paid Float(0.1)"]);
        told += 0.1;
    }
    assert!((told - home.lines()[0]["value"].as_f64().unwrap()).abs() < 1e-9);
    paid.add(1e15, none);
    assert_eq!(home.gains(), ["paid Float(1000000000000000.0)"]);
    paid.add(0.125, none);
    assert!(home.gains().is_empty(), "a digit that such a sum barely holds");
    for _ in 0..23 {
        paid.add(0.125, none);
    }
    assert_eq!(home.gains(), ["paid Float(3.0)"], "it is told with the next ones");
}

#[test]
fn a_histogram_tells_its_new_values() {
    let (home, meter) = following();
    let options = InstrumentOptions { buckets: Some(vec![1.0, 5.0]), ..no_options() };
    let sizes = meter.histogram("sizes", options).unwrap();
    sizes.record(0.1, none);
    sizes.record(9.0, none);
    assert_eq!(home.gains(), ["sizes [1, 0, 1] Float(9.1) max Float(9.0)"]);
    assert!(home.gains().is_empty());
    sizes.record(0.2, none);
    assert_eq!(home.gains(), ["sizes [1, 0, 0] Float(0.2) max Float(9.0)"]);
}

#[test]
fn last_values_are_told_when_they_change_and_every_tenth_time() {
    let (home, meter) = following();
    let open = meter.up_down_counter("open", no_options()).unwrap();
    let load = meter.gauge("load", no_options()).unwrap();
    open.add(3, none);
    load.set(-0.5, none);
    assert_eq!(home.gains(), ["load Float(-0.5)", "open Int(3)"]);
    open.add(-1, none);
    assert_eq!(home.gains(), ["open Int(2)"]);
    let told: Vec<Vec<String>> = (0..10).map(|_| home.gains()).collect();
    assert_eq!(told[8], ["load Float(-0.5)"]);
    assert_eq!(told[9], ["open Int(2)"]);
    assert!(told[..8].iter().all(Vec::is_empty));
}

#[test]
fn what_was_measured_before_is_not_told_and_going_on_starts_nothing_anew() {
    let (home, meter) = home();
    let orders = meter.counter("orders", no_options()).unwrap();
    let load = meter.gauge("load", no_options()).unwrap();
    orders.add(100, none);
    load.set(7, none);
    assert!(home.gains().is_empty(), "nobody follows");
    home.registry().follow_gains(true);
    orders.add(1, none);
    home.registry().follow_gains(true);
    assert_eq!(home.gains(), ["load Int(7)", "orders Int(1)"]);
    orders.add(2, none);
    home.registry().follow_gains(false);
    home.registry().follow_gains(true);
    orders.add(3, none);
    assert_eq!(home.gains(), ["load Int(7)", "orders Int(3)"]);
}

#[test]
fn two_that_collect_at_once_share_without_loss() {
    let (home, meter) = following();
    let orders = meter.counter("orders", no_options()).unwrap();
    let told = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..20_000).for_each(|_| orders.add(1, none)));
            scope.spawn(|| {
                for _ in 0..500 {
                    home.registry().gains().points(0, &mut |point| match point.value {
                        PointValue::Number(Number::Int(n)) => _ = told.fetch_add(n as u64, Ordering::Relaxed),
                        _ => panic!("a counter of integers"),
                    });
                }
            });
        }
    });
    home.registry().gains().points(0, &mut |point| match point.value {
        PointValue::Number(Number::Int(n)) => _ = told.fetch_add(n as u64, Ordering::Relaxed),
        _ => panic!("a counter of integers"),
    });
    assert_eq!(told.into_inner(), 40_000);
}
