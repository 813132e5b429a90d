//! The propagator of AWS X-Ray: the header `X-Amzn-Trace-Id` of load balancers, gateways and functions.

use super::headers::Headers;
use super::identity::{self, Digits};
use super::propagator::{Decision, Field, Incoming, Outgoing, Propagator, Remote, Role};
use super::text::{split_at_byte, trim};

/// AWS X-Ray's tracing header, `xray` in configuration.
#[derive(Clone, Copy, Debug)]
pub struct XRay;

const NAME: &str = "x-amzn-trace-id";
const WRITTEN: &str = "X-Amzn-Trace-Id";

/// Services add fields of their own, but none of them needs so much.
const MOST_BYTES: usize = 1_024;

/// Digits of the time in a trace id, which come first.
const TIME: usize = 8;
const UNIQUE: usize = 24;
const SPAN: usize = 16;

impl Propagator for XRay {
    fn name(&self) -> &'static str {
        "xray"
    }

    fn fields(&self) -> &'static [Field] {
        const {
            let field = Field::new(NAME, WRITTEN, Some("X_AMZN_TRACE_ID")).with_role(Role::Span);
            // The runtime of a function on AWS Lambda says there what it is invoked for.
            &[field.with_platform_variable("_X_AMZN_TRACE_ID")]
        }
    }

    fn extract<'h>(&self, headers: Headers<'h>, incoming: &mut Incoming<'h>) {
        incoming.offer(|| headers.single(NAME).and_then(read));
    }

    fn inject(&self, outgoing: &Outgoing<'_>, set: &mut dyn FnMut(&str, &str)) {
        let Some(span) = &outgoing.context.span else { return };
        let digits = Digits::of(span);
        let (time, unique) = digits.trace().split_at_checked(TIME).unwrap_or_default();
        let sampled = u8::from(span.flags.is_sampled());
        set(WRITTEN, &format!("Root=1-{time}-{unique};Parent={};Sampled={sampled}", digits.span()));
    }
}

/// `Root=1-{8 digits}-{24 digits};Parent={16 digits};Sampled={0, 1 or ?}` in any order, and fields that others add.
fn read(value: &str) -> Option<Remote> {
    if value.len() > MOST_BYTES {
        return None;
    }
    let (mut root, mut parent, mut sampled) = (None, None, None);
    for (key, value) in value.split(';').filter_map(|field| split_at_byte(trim(field), b'=')) {
        let place = match key {
            "Root" => &mut root,
            "Parent" => &mut parent,
            "Sampled" => &mut sampled,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    let (is_sampled, decision) = match sampled {
        Some("1") => (true, Decision::Made),
        Some("0") => (false, Decision::Made),
        None | Some("?" | "") => (false, Decision::Open),
        Some(_) => return None,
    };
    let (time, unique) = split_at_byte(root?.strip_prefix("1-")?, b'-')?;
    let parent = parent.filter(|parent| parent.len() == SPAN)?;
    if time.len() != TIME || unique.len() != UNIQUE {
        return None;
    }
    let span = identity::span(&format!("{time}{unique}"), parent, is_sampled)?;
    Some(Remote { span, trace_state: None, decision })
}
