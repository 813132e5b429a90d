//! Bounds on the number of series, with totals conserved.

use super::*;

fn totals(home: &TestHome) -> (usize, i64, i64) {
    let lines = home.lines();
    let all = lines.iter().map(|line| line["value"].as_i64().unwrap()).sum();
    let overflow = lines.iter().filter(|line| line["attributes"]["otel.metric.overflow"] == true);
    (lines.len(), all, overflow.map(|line| line["value"].as_i64().unwrap()).sum())
}

#[test]
fn a_hundred_thousand_label_sets_keep_their_total() {
    let (home, meter) = home();
    let counter = meter.counter("c", no_options()).unwrap();
    for n in 0..100_000_u32 {
        counter.add(1, |w| {
            w.key("user");
            w.uint(u64::from(n));
            w.key("path");
            w.str("/x");
        });
    }
    assert_eq!(totals(&home), (2001, 100_000, 98_000));
    assert_eq!(home.counts.series_overflow.get(), 98_000);
    assert!(home.text().contains("c_total{otel_metric_overflow=\"true\"} 98000\n"));
    counter.add(5, |w| {
        w.key("path");
        w.str("/x");
        w.key("user");
        w.int(1999);
    });
    assert_eq!(totals(&home), (2001, 100_005, 98_000), "a series that exists is still found, in any order");
}

#[test]
fn bound_handles_beyond_the_limit_share_the_overflow_point() {
    let (home, meter) = home_with(Limits { series_per_instrument: 2, ..Limits::default() });
    let counter = meter.counter("c", no_options()).unwrap();
    let bound: Vec<_> =
        ["a", "b", "c", "d"].into_iter().map(|value| counter.bind(label("k", value))).collect();
    assert_eq!(home.lines().len(), 0, "a series appears with its first measurement");
    bound.iter().for_each(|bound| bound.add(2));
    assert_eq!(totals(&home), (3, 8, 4));
    assert_eq!(home.counts.series_overflow.get(), 2);
}

#[test]
fn what_a_host_added_up_counts_measurement_by_measurement() {
    let (home, meter) = home_with(Limits { series_per_instrument: 1, ..Limits::default() });
    let instrument = |kind, name| meter.instrument(kind, name, no_options()).unwrap();
    let counter = instrument(InstrumentKind::Counter, "c");
    let histogram = instrument(InstrumentKind::Histogram, "h");
    let AnyInstrument::Histogram(distribution) = &histogram else { panic!("another kind") };
    let mut counts = vec![0; distribution.bounds().len() + 1];
    counts[1] = 4;
    let series = |instrument: &AnyInstrument| ["a", "b"].map(|value| instrument.bind(label("k", value)));
    let ([own, beyond], [own_values, values_beyond]) = (series(&counter), series(&histogram));
    assert_eq!([own.is_overflow(), beyond.is_overflow()], [false, true]);
    for series in [own, beyond] {
        series.update(7);
        series.count_more(2);
    }
    assert_eq!(home.counts.series_overflow.get(), 3);
    for series in [own_values, values_beyond] {
        let AnySeries::Histogram(series) = series else { panic!("another kind") };
        series.merge(&counts, 4, 1.0, 1.0);
        series.merge(&counts, 4, f64::NAN, 1.0);
    }
    assert_eq!(home.counts.series_overflow.get(), 3 + 4 + 1, "a refused one is one measurement");
}

#[test]
fn the_process_has_a_bound_too() {
    let limits = Limits { series_per_instrument: 10, series_per_process: 12, ..Limits::default() };
    let (home, meter) = home_with(limits);
    let first = meter.counter("a", no_options()).unwrap();
    let second = meter.counter("b", no_options()).unwrap();
    for n in 0..8 {
        first.add(1, label("k", &n.to_string()));
        second.add(1, label("k", &n.to_string()));
    }
    // 12 series and one overflow point for each instrument.
    assert_eq!(totals(&home), (14, 16, 4));
}

#[test]
fn threads_that_flood_conserve_the_total() {
    let (home, meter) = home_with(Limits { series_per_instrument: 50, ..Limits::default() });
    let counter = meter.counter("c", no_options()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8_i64 {
            let counter = &counter;
            scope.spawn(move || {
                for n in 0..2_000_i64 {
                    counter.add(1, |w| {
                        w.key("n");
                        w.int((n * 7 + thread) % 500);
                    });
                }
            });
        }
    });
    let (series, all, overflow) = totals(&home);
    assert_eq!((series, all), (51, 16_000));
    assert_eq!(home.counts.series_overflow.get(), overflow as u64);
}

#[test]
fn users_may_name_the_overflow_label_themselves() {
    let (home, meter) = home_with(Limits { series_per_instrument: 1, ..Limits::default() });
    let counter = meter.counter("c", no_options()).unwrap();
    counter.add(1, |w| {
        w.key("otel.metric.overflow");
        w.bool(true);
    });
    counter.add(1, label("k", "v"));
    assert_eq!(totals(&home), (1, 2, 2));
}

#[test]
fn spellings_are_bounded_and_still_right() {
    let (home, meter) = home_with(Limits { series_per_instrument: 1, ..Limits::default() });
    let counter = meter.counter("c", no_options()).unwrap();
    let keys = ["a", "b", "c", "d"];
    for order in 0..24_usize {
        let mut rest: Vec<&str> = keys.to_vec();
        let mut place = order;
        counter.add(1, |w| {
            while !rest.is_empty() {
                let key = rest.remove(place % rest.len());
                place /= 2;
                w.key(key);
                w.int(1);
            }
        });
    }
    assert_eq!(totals(&home), (1, 24, 0));
}
