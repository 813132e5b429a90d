//! How runs end, and what is told of that.

use super::*;

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
