//! A batch of records on its way from JavaScript to the lines that a worker thread of the core makes of it.
//! Not for the single record: see `logger` and `tracer`.

use crate::columns::Reader;
use crate::forms::Forms;
use crate::text::Text;
use crate::{convert, js, logger, tracer};
use napi_sys::napi_value;
use std::sync::Arc;
use vigie_core::{
    Context, DeferredBatch, Logger, RenderedBatch, SpanContext, SpanId, Telemetry, TraceFlags, TraceId, global,
};

/// First numbers of what is no log record; the numbers of lib/columns.ts.
const SPAN: i32 = -1;
const CONTEXT: i32 = -2;
const BOUND: i32 = -3;

/// A line is about so many times as long as its record in the columns.
const GROWTH: usize = 6;

/// The columns of a batch and what its numbers refer to.
struct Batch {
    forms: Arc<Forms>,
    text: Text,
    ints: Vec<i32>,
    nums: Vec<f64>,
    logs: u64,
    spans: u64,
}

/// What a batch has said so far that later records refer to.
pub struct Scene<'a> {
    pub telemetry: &'a Telemetry,
    pub forms: &'a Forms,
    /// Whether the keys of the forms are resolved under the rules in force.
    pub are_current: bool,
    pub contexts: Vec<Context>,
    pub bound: Vec<Logger>,
}

impl DeferredBatch for Batch {
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch) {
        let mut reader = Reader::new(&self.ints, &self.nums, &self.text);
        let mut scene = Scene {
            telemetry,
            forms: &self.forms,
            are_current: self.forms.is_current(telemetry),
            contexts: vec![Context::root()],
            bound: Vec::new(),
        };
        while let Some(first) = reader.next() {
            match first {
                SPAN => tracer::render(&mut reader, &scene, out),
                CONTEXT => {
                    let context = context(&mut reader, telemetry);
                    scene.contexts.push(context);
                }
                BOUND => {
                    let number = reader.size();
                    let bound = bind(&mut reader, scene.forms.loggers.get(number));
                    scene.bound.push(bound);
                }
                form => logger::render(form, &mut reader, &scene, out),
            }
        }
    }

    fn records(&self) -> (u64, u64) {
        (self.logs, self.spans)
    }

    fn size_hint_bytes(&self) -> usize {
        GROWTH * (self.text.size_bytes() + 4 * self.ints.len() + 8 * self.nums.len())
    }
}

fn context(reader: &mut Reader<'_>, telemetry: &Telemetry) -> Context {
    let trace = (u128::from(reader.long()) << 64) | u128::from(reader.long());
    let span = reader.long();
    let flags = TraceFlags::new(reader.int() as u8);
    let context = telemetry.context_with(&Context::root(), |writer| convert::tagged_members(reader, writer));
    if span == 0 {
        return context;
    }
    context.with_span(SpanContext {
        trace_id: TraceId::from(trace),
        span_id: SpanId::from(span),
        flags,
        is_remote: false,
    })
}

fn bind(reader: &mut Reader<'_>, logger: Option<&Logger>) -> Logger {
    let nameless = || global().logger("");
    logger.cloned().unwrap_or_else(nameless).bind(|writer| convert::tagged_members(reader, writer))
}

/// `handover(text, ints, intCount, nums, numCount, logs, spans, urgent)`: the epoch of the rules in force.
pub fn handover(call: &js::Call<'_>) -> napi_value {
    let telemetry = global();
    if let Ok(mut instance) = call.instance.try_borrow_mut() {
        if !instance.forms.is_current(telemetry) {
            Arc::make_mut(&mut instance.forms).renew(telemetry);
        }
        let batch = Batch {
            forms: Arc::clone(&instance.forms),
            text: call.text(0),
            ints: call.ints(1, call.size(2)).to_vec(),
            nums: call.doubles(3, call.size(4)).to_vec(),
            logs: call.size(5) as u64,
            spans: call.size(6) as u64,
        };
        telemetry.submit(Box::new(batch), call.flag(7));
    }
    call.give_number(telemetry.rules_epoch() as f64)
}
