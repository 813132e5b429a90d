//! Ours in the second shapes of L1 and S1.
//!
//! Not for how it is set up: see `peer_vigie`.

use crate::varied::{AGENT, CUSTOMER, Declined, MESSAGE, NOTE, ORDER_ID, PLACED_AT, TAGS};
use vigie_core::{AttributeWriter, Context, ErrorInfo, Link, Logger, Severity, SpanStart, Telemetry};

/// L1v: text that is not ASCII, two levels of nesting, an identifier, a time, an error with a cause.
pub fn log(log: &Logger, context: &Context, count: u64) {
    let error = Declined::new();
    for i in 0..count {
        let Some(mut record) = log.record(Severity::INFO) else { continue };
        record.set_context(context);
        record.template(MESSAGE);
        let mut w = record.attributes();
        w.attr("customer", CUSTOMER);
        w.attr("note", NOTE);
        w.key("request");
        map(&mut w, |w| {
            member(w, "order_id", |w| w.str(ORDER_ID));
            member(w, "client", |w| {
                map(w, |w| {
                    member(w, "ip", |w| w.str("2001:db8::17"));
                    member(w, "agent", |w| w.str(AGENT));
                });
            });
        });
        w.attr("placed_at", PLACED_AT);
        w.attr("items", i);
        drop(w);
        record.error(ErrorInfo::of(&error));
        record.emit();
    }
}

pub fn map(w: &mut AttributeWriter<'_>, members: impl FnOnce(&mut AttributeWriter<'_>)) {
    if w.begin_map() {
        members(w);
        w.end_map();
    }
}

pub fn member(w: &mut AttributeWriter<'_>, key: &str, value: impl FnOnce(&mut AttributeWriter<'_>)) {
    if w.more() {
        w.key(key);
        value(w);
    }
}

/// S1v: six attributes of mixed kinds, an event with two, a link.
pub fn span(telemetry: &Telemetry, parent: &Context, link: &Link, i: u64) {
    let start = SpanStart { parent: Some(parent), ..SpanStart::default() };
    let mut span = telemetry.start_span("child", start);
    span.attributes(|w| {
        w.attr("cart.items", i);
        w.attr("cart.total", 99.5);
        w.attr("cart.customer", CUSTOMER);
        w.attr("cart.express", true);
        w.attr("cart.order_id", ORDER_ID);
        w.key("cart.tags");
        if w.begin_list() {
            for tag in TAGS {
                if w.more() {
                    w.str(tag);
                }
            }
            w.end_list();
        }
    });
    span.add_event("stock reserved", None, |w| {
        w.attr("warehouse", "Köln");
        w.attr("left", i);
    });
    span.add_link(link, |_| {});
    span.end(None);
}
