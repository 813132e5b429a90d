//! Where a run stands, and what it has from those above it.

use super::*;

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
