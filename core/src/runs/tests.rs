//! Trees of runs and the spans that come of them.

use super::*;
use crate::config::{Config, Environment};
use crate::model::error_info::ErrorInfo;
use crate::model::span::SpanKind;
use serde_json::{Value, json};

/// A table over an output in memory and a clock of which each reading is a second later.
struct Place {
    telemetry: Telemetry,
    runs: Runs,
}

impl Place {
    fn new(rules: RunRules) -> Self {
        let testing = json!({"clock": "2026-01-02T03:04:05Z", "step": "1s", "ids": 1});
        let config = Config::new("shop")
            .output(json!({"to": "memory"}))
            .set("testing", testing)
            .variables(Environment::empty());
        let telemetry = Telemetry::new(config).unwrap();
        let runs = Runs::new(&telemetry, rules);
        Self { telemetry, runs }
    }

    fn start(&self, id: RunId, parent: Option<RunId>, name: &str) -> Context {
        self.start_as(&RunStart { id, parent, name, ..plain() })
    }

    fn start_as(&self, start: &RunStart<'_>) -> Context {
        self.runs.start(start, None, |_| {})
    }

    fn end(&self, id: RunId, state: RunState) -> Option<RunSummary> {
        self.runs.end(id, RunEnd { state, error: None }, |_, _| {})
    }

    /// The spans so far, in the order of their ends.
    fn spans(&self) -> Vec<Value> {
        assert!(self.telemetry.flush(Duration::from_secs(10)));
        self.telemetry.memory_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Name and parent's name of each span.
    fn tree(&self) -> Vec<(String, Option<String>)> {
        let spans = self.spans();
        let name =
            |id: &Value| spans.iter().find(|span| span["span_id"] == *id).map(|span| text(&span["name"]));
        spans.iter().map(|span| (text(&span["name"]), name(&span["parent_span_id"]))).collect()
    }

    fn span(&self, name: &str) -> Value {
        self.spans().into_iter().find(|span| span["name"] == name).unwrap()
    }
}

static ROOT: Context = Context::root();

fn plain() -> RunStart<'static> {
    RunStart {
        id: 0,
        parent: None,
        context: &ROOT,
        name: "",
        kind: SpanKind::Internal,
        is_hidden: false,
        nearer: None,
        inherited: &[],
        logged: &[],
        links: &[],
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn named(name: &str, above: Option<&str>) -> (String, Option<String>) {
    (name.to_owned(), above.map(str::to_owned))
}

#[test]
fn parents_are_found_by_the_identifiers_whatever_was_announced_in_between() {
    let place = Place::new(RunRules::default());
    for (id, parent, name) in [(1, None, "a"), (2, None, "b"), (3, Some(1), "a.c"), (4, Some(2), "b.c")] {
        place.start(id, parent, name);
    }
    for id in [4, 3, 1, 2] {
        assert!(place.end(id, RunState::Ok).is_some());
    }
    let expected = [named("b.c", Some("b")), named("a.c", Some("a")), named("a", None), named("b", None)];
    assert_eq!(place.tree(), expected);
    assert_eq!(
        place.runs.counts(),
        RunCounts { open: 0, swept: 0, orphaned: 0, refused: 0, left_out: 0, unmatched: 0 }
    );
}

#[test]
fn an_unknown_parent_leaves_the_place_that_was_given() {
    let place = Place::new(RunRules::default());
    let mut outer = place.telemetry.start_span("request", SpanStart::default());
    let context = outer.context().clone();
    place.start_as(&RunStart { id: 7, parent: Some(99), context: &context, name: "chain", ..plain() });
    place.end(7, RunState::Ok);
    outer.end(None);
    assert_eq!(place.tree(), [named("chain", Some("request")), named("request", None)]);
}

#[test]
fn what_was_started_inside_the_parents_body_is_nearer_than_the_parent() {
    let place = Place::new(RunRules::default());
    let chain = place.start(1, None, "chain");
    let told = SpanStart { parent: Some(&chain), ..SpanStart::default() };
    let mut inside = place.telemetry.start_span("inside", told);
    let nearer = inside.context().clone();
    place.start_as(&RunStart { id: 2, parent: Some(1), nearer: Some(&nearer), name: "chat", ..plain() });
    inside.end(None);
    place.end(1, RunState::Ok);
    let expected = [named("inside", Some("chain")), named("chat", Some("inside")), named("chain", None)];
    assert_eq!(place.tree(), expected, "and it ends with the run that it is a part of");
}

#[test]
fn log_records_in_the_body_carry_what_was_told_and_spans_do_not() {
    let place = Place::new(RunRules::default());
    place.start_as(&RunStart { id: 1, name: "chain", logged: &[("run", "1"), ("app", "a")], ..plain() });
    place.start_as(&RunStart { id: 2, parent: Some(1), name: "chat", logged: &[("run", "2")], ..plain() });
    let context = place.runs.context(2).unwrap();
    place.telemetry.logger("l").info("inside").context(&context).emit();
    place.end(1, RunState::Ok);
    let log = place.span("chat");
    assert!(log.get("run").is_none() && log["attributes"].get("run").is_none());
    let lines = place.spans();
    let log = lines.iter().find(|line| line["message"] == "inside").unwrap();
    assert_eq!((&log["run"], &log["app"]), (&json!("2"), &json!("a")));
}

#[test]
fn a_text_that_is_a_uuid_stands_for_its_bits_and_any_other_for_itself() {
    let bits = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
    assert_eq!(run_id_of_text("01234567-89ab-cdef-0123-456789abcdef"), bits);
    assert_eq!(run_id_of_text("0123456789ABCDEF0123456789ABCDEF"), bits);
    let others = ["", "run-1", "run-2", "01234567-89ab-cdef-0123-456789abcde"].map(run_id_of_text);
    for (at, id) in others.iter().enumerate() {
        assert_eq!(others.iter().position(|other| other == id), Some(at));
        assert_ne!(*id, bits);
    }
}

#[test]
fn what_is_below_a_hidden_run_is_its_parents() {
    let place = Place::new(RunRules::default());
    let chain = place.start(1, None, "chain");
    let hidden =
        place.start_as(&RunStart { id: 2, parent: Some(1), name: "prompt", is_hidden: true, ..plain() });
    assert_eq!(hidden.span, chain.span);
    let below = place.start(3, Some(2), "chat");
    assert_eq!(place.runs.context(3).unwrap().span, below.span);
    for id in [3, 2, 1] {
        place.end(id, RunState::Ok);
    }
    assert_eq!(place.tree(), [named("chat", Some("chain")), named("chain", None)]);
    assert!(place.runs.context(3).is_none());
}

#[test]
fn what_is_open_below_a_run_ends_with_it_from_below() {
    for (state, below) in [
        (RunState::Ok, "abandoned"),
        (RunState::Abandoned, "abandoned"),
        (RunState::Error, "cancelled"),
        (RunState::Cancelled, "cancelled"),
        (RunState::Interrupted, "interrupted"),
    ] {
        let place = Place::new(RunRules::default());
        for (id, parent, name) in [(1, None, "graph"), (2, Some(1), "node"), (3, Some(2), "chat")] {
            place.start(id, parent, name);
        }
        place.end(1, state);
        assert_eq!(
            place.tree(),
            [named("chat", Some("node")), named("node", Some("graph")), named("graph", None)]
        );
        for name in ["node", "chat"] {
            let span = place.span(name);
            assert_eq!(span["attributes"]["vigie.run.state"], below, "{state:?}");
            assert_eq!(span["status"], "unset");
        }
        assert_eq!(place.runs.counts().orphaned, 2);
        assert_eq!(place.runs.counts().open, 0);
        assert!(place.end(2, RunState::Ok).is_none());
        assert_eq!(place.runs.counts().unmatched, 1);
    }
}

#[test]
fn a_run_that_ends_well_after_a_part_of_it_was_interrupted_is_interrupted() {
    for (said, is) in [(RunState::Ok, RunState::Interrupted), (RunState::Error, RunState::Error)] {
        let place = Place::new(RunRules::default());
        for (id, parent, name) in [(1, None, "graph"), (2, Some(1), "node"), (3, Some(1), "other")] {
            place.start(id, parent, name);
        }
        assert_eq!(place.end(2, RunState::Interrupted).unwrap().state, RunState::Interrupted);
        assert_eq!(place.end(1, said).unwrap().state, is);
        let is_interrupted = is == RunState::Interrupted;
        assert_eq!(place.span("graph")["attributes"]["vigie.run.state"] == "interrupted", is_interrupted);
        let other = if is_interrupted { "interrupted" } else { "cancelled" };
        assert_eq!(place.span("other")["attributes"]["vigie.run.state"], other);
    }
}

#[test]
fn a_run_that_ends_well_amid_the_chunks_of_one_below_it_was_abandoned() {
    for chunks in [0, 1] {
        let place = Place::new(RunRules::default());
        for (id, parent, name) in [(1, None, "chain"), (2, Some(1), "step"), (3, Some(2), "chat")] {
            place.start(id, parent, name);
        }
        (0..chunks).for_each(|_| place.runs.chunk(3));
        let state = place.end(1, RunState::Ok).unwrap().state;
        assert_eq!(state, if chunks > 0 { RunState::Abandoned } else { RunState::Ok });
        assert_eq!(place.span("chat")["attributes"]["vigie.run.state"], "abandoned");
    }
}

#[test]
fn what_was_kept_comes_back_at_the_end_and_goes_with_a_run_that_nobody_ends() {
    let place = Place::new(RunRules::default());
    let shared = std::sync::Arc::new(7);
    for (id, parent) in [(1, None), (2, Some(1))] {
        let start = RunStart { id, parent, name: "run", ..plain() };
        place.runs.start(&start, Some(Box::new(std::sync::Arc::clone(&shared))), |_| {});
    }
    assert_eq!(place.runs.kept(2, |kept| kept.is::<std::sync::Arc<i32>>()), Some(true));
    assert_eq!(place.runs.kept(3, |_| ()), None);
    let kept = place.end(1, RunState::Ok).unwrap().kept.unwrap();
    assert_eq!(**kept.downcast_ref::<std::sync::Arc<i32>>().unwrap(), 7);
    drop(kept);
    assert_eq!(std::sync::Arc::strong_count(&shared), 1);
}

#[test]
fn a_state_that_is_neither_good_nor_bad_is_said_and_an_error_is_recorded() {
    let place = Place::new(RunRules::default());
    for state in ["ok", "error", "cancelled", "abandoned", "interrupted"] {
        let error = ErrorInfo { type_name: "E".into(), message: "why".into(), ..ErrorInfo::default() };
        place.start(1, None, state);
        let end = RunEnd { state: RunState::parse(state).unwrap(), error: Some(&error) };
        place.runs.end(1, end, |writer, _| {
            writer.key("k");
            writer.int(1);
        });
        let span = place.span(state);
        assert_eq!(span["attributes"]["k"], 1);
        let is_error = state == "error";
        assert_eq!(span["status"] == "error", is_error);
        assert_eq!(span["status_message"] == "E: why", is_error);
        assert_eq!(span["events"][0]["attributes"]["exception.type"] == "E", is_error);
        let said = ["cancelled", "abandoned", "interrupted"].contains(&state);
        assert_eq!(span["attributes"]["vigie.run.state"] == state, said);
    }
    assert_eq!(RunState::parse("OK"), None);
}

#[test]
fn attributes_go_down_the_tree_and_the_nearest_wins() {
    let place = Place::new(RunRules::default());
    let inherited = [("thread", "t-1"), ("user", "u")];
    place.start_as(&RunStart { id: 1, name: "graph", inherited: &inherited, ..plain() });
    place.start(2, Some(1), "node");
    place.start_as(&RunStart {
        id: 3,
        parent: Some(2),
        name: "subgraph",
        inherited: &[("thread", "t-2")],
        ..plain()
    });
    place.start(4, Some(3), "chat");
    place.end(1, RunState::Ok);
    for (name, thread) in [("graph", "t-1"), ("node", "t-1"), ("subgraph", "t-2"), ("chat", "t-2")] {
        let attributes = &place.span(name)["attributes"];
        assert_eq!((&attributes["thread"], &attributes["user"]), (&json!(thread), &json!("u")), "{name}");
    }
}

#[test]
fn a_handler_that_is_registered_twice_makes_one_span() {
    let place = Place::new(RunRules::default());
    let first = place.start(1, None, "chain");
    let second = place.start(1, None, "chain");
    assert_eq!(first.span, second.span);
    assert!(place.end(1, RunState::Ok).is_some());
    assert!(place.end(1, RunState::Ok).is_none());
    assert_eq!(place.spans().len(), 1);
    assert_eq!(place.runs.counts().unmatched, 2);
}

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
fn chunks_are_told_by_their_first_and_last_time() {
    let place = Place::new(RunRules::default());
    place.start(1, None, "chat");
    for _ in 0..5 {
        place.runs.chunk(1);
    }
    let summary = place.end(1, RunState::Ok).unwrap();
    assert_eq!(summary.chunks.count, 5);
    assert!(summary.chunks.first() >= Some(Duration::from_secs(1)));
    assert!(summary.duration > Duration::from_secs(5));
    assert_eq!(summary.chunks.interval(), Some(Duration::from_secs(1)));
    place.start(2, None, "chat");
    place.runs.chunk(2);
    let one = place.end(2, RunState::Ok).unwrap().chunks;
    assert_eq!((one.count, one.interval(), one.first().is_some()), (1, None, true));
    let none = ChunkTimes::default();
    assert_eq!((none.interval(), none.first()), (None, None));
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
