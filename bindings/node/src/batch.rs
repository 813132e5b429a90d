//! A batch of records on its way from JavaScript to the lines that a worker thread of the core makes of it.
//! Not for the single record: see `logger` and `tracer`.

use crate::columns::{Reader, long, size};
use crate::forms::Forms;
use crate::instance::Instance;
use crate::scene::{Scene, trace_id};
use crate::text::Text;
use crate::wire::{context_ints, op};
use crate::{convert, instance, js, lines, logger, tracer};
use napi_sys::napi_value;
use std::sync::Arc;
use vigie_core::host::{DeferredBatch, RenderedBatch, Thread, global, on_behalf_of, with_trace_state};
use vigie_core::{Context, Logger, SpanContext, SpanId, Telemetry, TraceFlags};

/// What a line holds about beside the values of its record: time, level, logger, keys, where it comes from.
const FRAME_BYTES: usize = 200;

/// The columns of a batch and what its numbers refer to.
struct Batch {
    forms: Arc<Forms>,
    text: Text,
    /// The stacks of errors, one after another.
    stacks: Vec<u16>,
    ints: Vec<i32>,
    nums: Vec<f64>,
    logs: u64,
    spans: u64,
    thread: Option<Arc<Thread>>,
}

impl DeferredBatch for Batch {
    fn render(self: Box<Self>, telemetry: &Telemetry, out: &mut RenderedBatch) {
        match &self.thread {
            Some(thread) => on_behalf_of(thread, || self.render_all(telemetry, out)),
            None => self.render_all(telemetry, out),
        }
    }

    fn records(&self) -> (u64, u64) {
        (self.logs, self.spans)
    }

    fn size_hint_bytes(&self) -> usize {
        let texts = self.text.size_bytes() + 2 * self.stacks.len();
        let values = texts + 4 * self.ints.len() + 8 * self.nums.len();
        values + FRAME_BYTES * (self.logs + self.spans) as usize
    }
}

impl Batch {
    fn render_all(&self, telemetry: &Telemetry, out: &mut RenderedBatch) {
        let mut reader = Reader::new(&self.ints, &self.nums, &self.text, &self.stacks);
        let mut scene = Scene {
            telemetry,
            forms: &self.forms,
            are_current: self.forms.is_current(telemetry),
            contexts: vec![Context::root()],
            carried: vec![Context::root()],
            bound: Vec::new(),
            named: Vec::new(),
        };
        while let Some(first) = reader.next() {
            match first {
                op::SPAN => tracer::render(&mut reader, &scene, out),
                op::CONTEXT => {
                    let context = context(reader.ints(), &scene);
                    scene.contexts.push(context);
                }
                op::CARRIED => {
                    let base = scene.carried(reader.size());
                    let state = reader.piece().lossy();
                    let context =
                        telemetry.context_with(base, |writer| convert::tagged_members(&mut reader, writer));
                    scene.carried.push(if state.is_empty() {
                        context
                    } else {
                        with_trace_state(&context, &state)
                    });
                }
                op::LINE => lines::render(&mut reader, &mut scene, out),
                op::BOUND => {
                    let (logger, base) = (reader.size(), reader.size());
                    let logger = scene.bound(base).or_else(|| scene.forms.loggers.get(logger)).cloned();
                    let bound = bind(&mut reader, logger);
                    scene.bound.push(bound);
                }
                form => logger::render(form, &mut reader, &scene, out),
            }
        }
    }
}

fn context(ints: &[i32; context_ints::COUNT], scene: &Scene<'_>) -> Context {
    use context_ints::{CARRIED, FLAGS, SPAN, TRACE};
    let carried = scene.carried(size(ints[CARRIED]));
    let span_id = SpanId::from(long(ints[SPAN], ints[SPAN + 1]));
    if span_id == SpanId::INVALID {
        return carried.clone();
    }
    let trace_id = trace_id([ints[TRACE], ints[TRACE + 1], ints[TRACE + 2], ints[TRACE + 3]]);
    let flags = TraceFlags::new(ints[FLAGS] as u8);
    carried.with_span(SpanContext { trace_id, span_id, flags, is_remote: false })
}

fn bind(reader: &mut Reader<'_>, logger: Option<Logger>) -> Logger {
    let nameless = || global().logger("");
    logger.unwrap_or_else(nameless).bind(|writer| convert::tagged_members(reader, writer))
}

/// The columns from the arguments of a call: `(text, ints, intCount, nums, numCount, logs, spans, urgent, stacks, stackUnits)`.
fn of(call: &js::Call, instance: &mut Instance) -> Batch {
    let telemetry = global();
    if !instance.forms.is_current(telemetry) {
        Arc::make_mut(&mut instance.forms).renew(telemetry);
    }
    Batch {
        forms: Arc::clone(&instance.forms),
        text: call.text(0),
        stacks: call.joined(8, call.size(9)),
        ints: call.ints(1, call.size(2)).to_vec(),
        nums: call.doubles(3, call.size(4)).to_vec(),
        logs: call.size(5) as u64,
        spans: call.size(6) as u64,
        thread: instance.thread.clone(),
    }
}

/// `handover` with the columns of finished records: the number of the settings and levels in force.
pub fn handover(call: &js::Call) -> napi_value {
    instance::with(&call.env, (), |instance| {
        global().submit(Box::new(of(call, instance)), call.flag(7));
    });
    call.give_number(global().levels_epoch() as f64)
}

/// `noteOpen` with the columns of spans that are open, in the place of those that this environment noted before.
pub fn note_open(call: &js::Call) -> napi_value {
    instance::with(&call.env, (), |instance| {
        global().note_open_spans(instance.number, Box::new(of(call, instance)));
    });
    call.give_nothing()
}
