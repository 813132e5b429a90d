//! The spans that wait, trace by trace, within a bound of memory.
//!
//! Not for what makes a trace worth keeping: see the module above.

use crate::api::recent::Recent;
use crate::encode::record::Encoder;
use crate::model::ids::{SpanId, TraceId};
use crate::output::lanes::Encoded;
use std::collections::{BTreeMap, HashMap};

/// So many traces that are kept are remembered, for spans of them that end later.
const KEPT_REMEMBERED: usize = 4096;

/// What a span takes beside its bytes, about.
const FRAME_BYTES: usize = 128;

/// A span that has ended and waits.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) span_id: SpanId,
    pub(super) parent_id: SpanId,
    pub(super) encoded: Vec<Encoded>,
}

impl Held {
    /// Appends its bytes in the format of `encoder`.
    pub(super) fn write(&self, encoder: &dyn Encoder, out: &mut Vec<u8>) {
        if let Some(encoded) = self.encoded.iter().find(|encoded| encoded.encoder.id() == encoder.id()) {
            out.extend_from_slice(&encoded.bytes);
        }
    }

    fn size_bytes(&self) -> usize {
        FRAME_BYTES + self.encoded.iter().map(|encoded| encoded.bytes.len()).sum::<usize>()
    }
}

/// The waiting spans of a trace, in the order in which they ended.
#[derive(Debug)]
struct Trace {
    /// Its place among the others, by the first of its spans that waited.
    number: u64,
    spans: Vec<Held>,
    bytes: usize,
}

/// All traces of which spans wait, and those that are kept.
#[derive(Debug)]
pub(super) struct Traces {
    waiting: HashMap<TraceId, Trace>,
    by_number: BTreeMap<u64, TraceId>,
    next_number: u64,
    bytes: usize,
    bound_bytes: usize,
    kept: Recent<TraceId>,
}

impl Traces {
    pub(super) fn new(bound_bytes: usize) -> Self {
        Self {
            waiting: HashMap::new(),
            by_number: BTreeMap::new(),
            next_number: 0,
            bytes: 0,
            bound_bytes,
            kept: Recent::new(KEPT_REMEMBERED),
        }
    }

    /// Whether its spans wait no more.
    pub(super) fn is_kept(&self, trace_id: TraceId) -> bool {
        self.kept.has(&trace_id)
    }

    /// Keeps the trace from now on; its spans that waited.
    pub(super) fn keep(&mut self, trace_id: TraceId) -> Vec<Held> {
        self.kept.add(trace_id);
        self.take(trace_id)
    }

    /// Lets a span wait. So many others had to go for it, those of the trace that has waited longest first.
    pub(super) fn hold(&mut self, trace_id: TraceId, held: Held) -> u64 {
        let size = held.size_bytes();
        let trace = self.waiting.entry(trace_id).or_insert_with(|| {
            let number = self.next_number;
            self.next_number += 1;
            self.by_number.insert(number, trace_id);
            Trace { number, spans: Vec::new(), bytes: 0 }
        });
        trace.spans.push(held);
        trace.bytes += size;
        self.bytes += size;
        let mut evicted = 0;
        while self.bytes > self.bound_bytes
            && let Some(oldest) = self.by_number.values().next().copied()
        {
            evicted += self.take(oldest).len() as u64;
        }
        evicted
    }

    /// Forgets the spans that wait below this local root. Below another one of the same trace they go on waiting.
    pub(super) fn let_go(&mut self, trace_id: TraceId, root_id: SpanId) {
        let mut spans = self.take(trace_id);
        let mut children: HashMap<SpanId, Vec<SpanId>> = HashMap::new();
        for held in &spans {
            children.entry(held.parent_id).or_default().push(held.span_id);
        }
        let mut ended = vec![root_id];
        while let Some(parent) = ended.pop() {
            ended.extend(children.remove(&parent).into_iter().flatten());
        }
        spans.retain(|held| children.contains_key(&held.parent_id));
        for held in spans {
            self.hold(trace_id, held);
        }
    }

    fn take(&mut self, trace_id: TraceId) -> Vec<Held> {
        let Some(trace) = self.waiting.remove(&trace_id) else { return Vec::new() };
        self.by_number.remove(&trace.number);
        self.bytes -= trace.bytes;
        trace.spans
    }
}
