//! One current context for `tracing` and for Vigie's own face.

use super::{is_below, named, traced};
use tracing::{info, info_span};
use vigie_core::{Context, SpanStart, Telemetry};

fn start(telemetry: &Telemetry, name: &str) -> vigie_core::Span {
    telemetry.start_span(name, SpanStart { parent: Some(&Context::current()), ..SpanStart::default() })
}

#[test]
fn each_face_starts_spans_below_the_others() {
    let lines = traced(|telemetry| {
        let mut outer = start(telemetry, "outer");
        let in_outer = outer.context().clone().enter();
        info_span!("middle").in_scope(|| {
            let mut inner = start(telemetry, "inner");
            let in_inner = inner.context().clone().enter();
            info!("told");
            info_span!("innermost").in_scope(|| ());
            drop(in_inner);
            info!("in the middle");
            inner.end(None);
        });
        info!("outside");
        drop(in_outer);
        info!("nowhere");
        outer.end(None);
    });
    assert!(is_below(named(&lines, "middle"), named(&lines, "outer")));
    assert!(is_below(named(&lines, "inner"), named(&lines, "middle")));
    assert!(is_below(named(&lines, "innermost"), named(&lines, "inner")));
    for (record, span) in [("told", "inner"), ("in the middle", "middle"), ("outside", "outer")] {
        assert_eq!(named(&lines, record)["span_id"], named(&lines, span)["span_id"], "{record}");
    }
    assert!(named(&lines, "nowhere").get("span_id").is_none());
}

#[test]
fn spans_are_left_in_any_order_and_entered_again() {
    let lines = traced(|_| {
        let (one, two) = (info_span!("one"), info_span!("two"));
        let (in_one, in_two) = (one.enter(), two.enter());
        drop(in_one);
        info!("in two");
        drop(in_two);
        info!("in none");
        one.in_scope(|| one.in_scope(|| ()));
        one.in_scope(|| info!("in one again"));
    });
    assert_eq!(named(&lines, "in two")["span_id"], named(&lines, "two")["span_id"]);
    assert!(named(&lines, "in none").get("span_id").is_none());
    assert_eq!(named(&lines, "in one again")["span_id"], named(&lines, "one")["span_id"]);
}
