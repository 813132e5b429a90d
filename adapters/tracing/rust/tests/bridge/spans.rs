//! Spans: what they say at their start and later, and whom they belong to.

use super::{is_below, named, traced};
use serde_json::{Value, json};
use std::fmt;
use tracing::field::{Empty, debug, display};
use tracing::{Span, info, info_span, instrument, span};

#[derive(Debug)]
struct Declined;

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("declined")
    }
}

impl std::error::Error for Declined {}

#[test]
fn a_span_has_its_fields_as_attributes_of_their_types() {
    let lines = traced(|_| {
        let span = info_span!(target: "shop::cart", "checkout", order_id = 42, amount = 9.5, vip = true, city = "Ulm",
            big = u64::MAX, huge = i128::MIN, shown = %"text", told = ?Some(1), later = Empty, r#type = "card");
        span.record("later", "now");
        span.record("order_id", 43);
    });
    let [span] = lines.as_slice() else { panic!("{lines:#?}") };
    assert_eq!(span["name"], "checkout");
    assert_eq!(span["scope"], "shop.cart");
    assert_eq!(span["span_kind"], "internal");
    assert_eq!(
        span["attributes"],
        json!({"order_id": 43, "amount": 9.5, "vip": true, "city": "Ulm", "big": u64::MAX.to_string(),
            "huge": i128::MIN.to_string(), "shown": "text", "told": "Some(1)", "type": "card", "later": "now"})
    );
}

#[test]
fn fields_for_bridges_are_no_attributes() {
    let lines = traced(|_| {
        let span = info_span!(
            "handler",
            otel.name = "GET /cart",
            otel.kind = "server",
            otel.status_code = Empty,
            otel.status_description = Empty
        );
        span.record("otel.status_code", "ERROR");
        let other = info_span!("other", otel.name = Empty, otel.status_description = "no answer");
        other.record("otel.name", "renamed");
    });
    let span = named(&lines, "GET /cart");
    assert_eq!((&span["span_kind"], &span["status"]), (&json!("server"), &json!("error")));
    assert_eq!(span["attributes"], Value::Null);
    let other = named(&lines, "renamed");
    assert_eq!((&other["status"], &other["status_message"]), (&json!("error"), &json!("no answer")));
}

#[test]
fn parents_are_the_current_span_the_one_given_or_none() {
    let lines = traced(|_| {
        let outer = info_span!("outer");
        let _entered = outer.enter();
        let _inner = info_span!("inner");
        let _alone = info_span!(parent: None, "alone");
        let given = info_span!(parent: &_inner, "given");
        info!(parent: &given, "told");
        info!(parent: None, "untold");
    });
    assert!(is_below(named(&lines, "inner"), named(&lines, "outer")));
    assert!(is_below(named(&lines, "given"), named(&lines, "inner")));
    assert_eq!(named(&lines, "alone")["parent_span_id"], Value::Null);
    assert_ne!(named(&lines, "alone")["trace_id"], named(&lines, "outer")["trace_id"]);
    assert_eq!(named(&lines, "told")["span_id"], named(&lines, "given")["span_id"]);
    assert_eq!(named(&lines, "untold")["span_id"], Value::Null);
}

#[test]
fn what_a_span_follows_from_is_a_link() {
    let lines = traced(|_| {
        let cause = info_span!("cause");
        info_span!("effect").follows_from(&cause);
    });
    let cause = named(&lines, "cause");
    let expected = json!([{"trace_id": cause["trace_id"], "span_id": cause["span_id"]}]);
    assert_eq!(named(&lines, "effect")["links"], expected);
}

#[test]
fn correlation_keys_go_along_to_what_is_below() {
    let lines = traced(|_| {
        let _entered = info_span!("request", request_id = "r-1", size = 3).entered();
        let inner = info_span!("inner", user_id = 7, tenant_id = Empty);
        inner.record("tenant_id", "t-1");
        info!("told");
    });
    for name in ["request", "inner", "told"] {
        assert_eq!(named(&lines, name)["request_id"], "r-1", "{name}");
    }
    assert_eq!(named(&lines, "request")["attributes"], json!({"size": 3}));
    assert_eq!(named(&lines, "inner")["user_id"], 7);
    // What comes late is the span's alone.
    assert_eq!(named(&lines, "inner")["attributes"], json!({"tenant_id": "t-1"}));
    assert_eq!(named(&lines, "told")["user_id"], Value::Null);
}

#[test]
fn an_error_on_a_span_is_its_exception_and_its_status() {
    let lines = traced(|_| {
        let error: &(dyn std::error::Error + 'static) = &Declined;
        let span = info_span!("pay", error = Empty);
        span.record("error", error);
        // A text by that name says the same.
        info_span!("refund", error = "refused");
    });
    for (name, message) in [("pay", "declined"), ("refund", "refused")] {
        let span = named(&lines, name);
        assert_eq!((&span["status"], &span["status_message"]), (&json!("error"), &json!(message)));
        assert_eq!(span["events"][0]["name"], "exception");
        assert_eq!(span["events"][0]["attributes"], json!({"exception.message": message}));
    }
}

#[instrument(err)]
fn pay() -> Result<(), Declined> {
    Err(Declined)
}

#[test]
fn a_function_that_fails_fails_its_span() {
    let lines = traced(|_| _ = pay().unwrap_err());
    let (span, record) = (named(&lines, "pay"), lines.iter().find(|line| line["level"] == "ERROR").unwrap());
    assert_eq!((&span["status"], &span["status_message"]), (&json!("error"), &json!("declined")));
    assert_eq!(record["error"]["message"], "declined");
    assert_eq!(record["span_id"], span["span_id"]);
}

struct Chatty(Span);

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tracing::error!(parent: &self.0, error = "inside", "chatting");
        self.0.record("again", 1);
        f.write_str("chatty")
    }
}

struct Bomb;

impl fmt::Debug for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a value that cannot be shown")
    }
}

#[test]
fn values_that_trace_or_panic_while_they_are_shown_do_no_harm() {
    let lines = traced(|telemetry| {
        let span = info_span!("chat", value = Empty, again = Empty, bomb = Empty, after = Empty);
        span.record("value", debug(Chatty(span.clone())));
        span.record("bomb", debug(Bomb));
        span.record("after", display("all that"));
        let _bomb = info_span!("bombed", bomb = ?Bomb);
        info!(bomb = ?Bomb, after = 1, "said all the same");
        let stats: Value = serde_json::from_str(&telemetry.stats_json()).unwrap();
        assert!(stats["internal_panics"].as_u64().unwrap() >= 3, "{stats}");
    });
    let span = named(&lines, "chat");
    assert_eq!(span["attributes"], json!({"value": "chatty", "bomb": "", "after": "all that"}));
    assert_eq!(named(&lines, "said all the same")["after"], 1);
    assert_eq!(span["status"], "unset");
    assert_eq!(named(&lines, "chatting")["span_id"], span["span_id"]);
    assert!(lines.iter().any(|line| line["name"] == "bombed"));
}

#[test]
fn a_span_that_is_made_by_hand_is_one_as_well() {
    let lines = traced(|_| drop(span!(tracing::Level::TRACE, "fine")));
    assert_eq!(named(&lines, "fine")["kind"], "span");
}
