//! How much a table holds, and how it gets rid of what nobody ends.

use super::*;

#[test]
fn spans_below_an_outermost_run_are_bounded_and_the_rest_is_counted() {
    let place = Place::new(RunRules { spans: 3, ..RunRules::default() });
    place.start(1, None, "graph");
    for id in 2..10 {
        place.start(id, Some(1), "node");
        place.end(id, RunState::Ok);
    }
    place.start(100, None, "other");
    place.end(100, RunState::Ok);
    place.end(1, RunState::Ok);
    assert_eq!(place.spans().len(), 3 + 1 + 1);
    assert_eq!(place.span("graph")["attributes"]["vigie.run.spans_left_out"], 5);
    assert_eq!(place.runs.counts().left_out, 5);
}

#[test]
fn open_runs_are_bounded_and_what_is_refused_is_counted() {
    let place = Place::new(RunRules { open: 2, ..RunRules::default() });
    let first = place.start(1, None, "a");
    place.start(2, Some(1), "b");
    assert_eq!(place.start(3, Some(1), "c").span, first.span);
    assert!(place.end(3, RunState::Ok).is_none());
    place.end(1, RunState::Ok);
    assert_eq!(place.spans().len(), 2);
    let counts = place.runs.counts();
    assert_eq!((counts.refused, counts.unmatched, counts.open), (1, 1, 0));
}

#[test]
fn what_nobody_has_touched_is_swept_and_what_stands_above_a_living_run_is_not() {
    let place = Place::new(RunRules { idle: Duration::from_secs(60), ..RunRules::default() });
    for (id, parent, name) in [
        (1, None, "dead"),
        (2, Some(1), "dead.node"),
        (3, None, "living"),
        (4, Some(3), "living.chat"),
        (5, Some(3), "living.dead"),
    ] {
        place.start(id, parent, name);
    }
    for _ in 0..80 {
        place.runs.chunk(4);
    }
    assert_eq!(place.runs.sweep(), 3);
    assert_eq!(
        place.tree(),
        [named("dead.node", Some("dead")), named("dead", None), named("living.dead", None)]
    );
    assert_eq!(place.span("dead")["attributes"]["vigie.run.state"], "abandoned");
    let counts = place.runs.counts();
    assert_eq!((counts.swept, counts.open, counts.unmatched), (3, 2, 0));
    place.end(3, RunState::Ok);
}

#[test]
fn starting_runs_sweeps_now_and_then() {
    let place = Place::new(RunRules { idle: Duration::from_secs(60), ..RunRules::default() });
    place.start(1, None, "dead");
    for id in 2..200 {
        place.start(id, None, "living");
        place.end(id, RunState::Ok);
    }
    assert_eq!(place.runs.counts().swept, 1);
}

#[test]
fn a_million_runs_leave_nothing_behind() {
    let place = Place::new(RunRules::default());
    let runs = if std::env::var_os("VIGIE_FULL").is_some() { 1_000_000 } else { 10_000 };
    let quiet = Context {
        span: place.telemetry.start_span("unsampled", SpanStart::default()).context().span,
        carried: None,
    };
    for id in 0..runs {
        let start = RunStart { id: 2 * id, context: &quiet, name: "chain", is_hidden: true, ..plain() };
        place.start_as(&start);
        place.start_as(&RunStart { id: 2 * id + 1, parent: Some(2 * id), ..start });
        place.end(2 * id, RunState::Ok);
    }
    assert_eq!(place.runs.counts().open, 0);
    assert_eq!(place.runs.lock().len(), 0);
}
