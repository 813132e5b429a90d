//! The propagator of Jaeger's clients: `uber-trace-id`, and a header that begins with `uberctx-` for each baggage member.

use super::headers::Headers;
use super::identity::{self, Digits, SPAN};
use super::propagator::{Decision, Field, Incoming, Outgoing, Propagator, Remote, Role, Room};
use super::text::class::{self, TOKEN};
use super::text::{self, push_percent};
use crate::model::baggage::{MOST_MEMBER_BYTES, decoded};

/// Jaeger's format, `jaeger` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct Jaeger;

const ID: &str = "uber-trace-id";
const BAGGAGE: &str = "uberctx-";

/// The longest identity is one of 32, 16 and 16 digits with two of flags, each colon written as three characters.
const MOST_BYTES: usize = 75;

const IS_SAMPLED: u128 = 1;
const IS_DEBUG: u128 = 2;

impl Propagator for Jaeger {
    fn name(&self) -> &'static str {
        "jaeger"
    }

    fn fields(&self) -> &'static [Field] {
        const {
            &[
                Field::new(ID, ID, Some("UBER_TRACE_ID")).with_role(Role::Span),
                // Variables in upper case would not give the names back.
                Field::new(BAGGAGE, BAGGAGE, None).with_role(Role::Prefix),
            ]
        }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        incoming.offer(|| headers.single(ID).and_then(read));
        for (key, value) in headers.behind(BAGGAGE) {
            if !has_room(&mut incoming.room, key.len() + value.len()) {
                return;
            }
            if class::all(key, TOKEN) && !key.is_empty() && key.len() + value.len() < MOST_MEMBER_BYTES {
                // Header names have no case on the way, so none of theirs can be told.
                incoming.baggage.put_new(&key.to_ascii_lowercase(), &value_of(value));
            }
        }
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        if let Some(span) = &outgoing.context.span {
            let digits = Digits::of(span);
            let sampled = if span.flags.is_sampled() { IS_SAMPLED } else { 0 };
            let flags = if outgoing.is_debug() { sampled | IS_DEBUG } else { sampled };
            set(ID, &format!("{}:{}:0:{flags}", digits.trace(), digits.span()));
        }
        let mut room = Room::default();
        let (mut name, mut written) = (String::from(BAGGAGE), String::new());
        outgoing.members(|key, value| {
            if !class::all(key, TOKEN) || key.is_empty() || key.len() + value.len() >= MOST_MEMBER_BYTES {
                return;
            }
            written.clear();
            push_encoded(&mut written, value);
            if has_room(&mut room, key.len() + written.len()) {
                name.truncate(BAGGAGE.len());
                name.push_str(key);
                set(&name, &written);
            }
        });
    }
}

/// Takes the room of a member, if there is so much.
fn has_room(room: &mut Room, bytes: usize) -> bool {
    if room.members == 0 || room.bytes < bytes {
        return false;
    }
    room.members -= 1;
    room.bytes -= bytes;
    true
}

/// `{trace id}:{span id}:{parent's span id}:{flags}`, without leading zeros in older clients, and with escapes in some.
fn read(value: &str) -> Option<Remote> {
    let value = text::trim(value);
    if value.len() > MOST_BYTES {
        return None;
    }
    let value = decoded(value);
    let mut parts = value.split(':');
    let (trace, span) = (parts.next()?, parts.next()?);
    let (above, flags) = (parts.next()?, parts.next()?);
    if parts.next().is_some() || above.len() > SPAN || text::hex(above).is_none() || flags.len() > 2 {
        return None;
    }
    let flags = text::hex(flags)?;
    let is_debug = flags & IS_DEBUG != 0;
    let span = identity::span(trace, span, is_debug || flags & IS_SAMPLED != 0)?;
    Some(Remote {
        span,
        trace_state: None,
        decision: if is_debug { Decision::Debug } else { Decision::Made },
    })
}

/// The value as it was before it was encoded as a form is: clients in Go and Java write a space as `+`.
fn value_of(value: &str) -> String {
    decoded(&text::trim(value).replace('+', " ")).into_owned()
}

fn push_encoded(header: &mut String, value: &str) {
    for byte in value.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        if is_plain { header.push(char::from(byte)) } else { push_percent(header, byte) }
    }
}
