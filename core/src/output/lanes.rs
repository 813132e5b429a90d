//! The open outputs by the format that they want: a record is encoded once for each format in use.

use super::kind::Temporality;
use super::notes::Notes;
use super::running::Output;
use crate::buffer::deferred::Deferred;
use crate::buffer::records::Records;
use crate::buffer::rendered::{Format, RenderedBatch};
use crate::encode::record::{Encoder, Point};
use crate::guard::guard;
use crate::model::signal::{Signal, SignalSet};
use std::sync::Arc;

/// Outputs that want the same bytes.
#[derive(Debug)]
struct Lane {
    format: Format,
    outputs: Vec<Arc<Output>>,
}

impl Lane {
    fn keeps_notes(&self) -> bool {
        self.outputs.iter().any(|output| output.notes().is_some())
    }
}

/// A record's bytes in one of the formats in use.
#[derive(Debug)]
pub struct Encoded {
    /// What made them.
    pub encoder: Arc<dyn Encoder>,
    /// What the record is there.
    pub bytes: Vec<u8>,
}

/// All open outputs. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Lanes {
    outputs: Arc<[Arc<Output>]>,
    lanes: Arc<[Lane]>,
}

impl Lanes {
    /// Sorts outputs by their formats.
    #[must_use]
    pub fn of(outputs: Vec<Arc<Output>>) -> Self {
        let mut lanes: Vec<Lane> = Vec::new();
        // An output that takes nothing is asked, and no record is made for it.
        for output in outputs.iter().filter(|output| output.signals() != SignalSet::default()) {
            let id = output.encoder().id();
            let known = lanes.iter_mut().find(|lane| lane.format.encoder.id() == id);
            if let Some(lane) = known {
                lane.format.wanted = lane.format.wanted.union(output.signals());
                lane.outputs.push(Arc::clone(output));
            } else {
                let format = Format { encoder: Arc::clone(output.encoder()), wanted: output.signals() };
                lanes.push(Lane { format, outputs: vec![Arc::clone(output)] });
            }
        }
        Self { outputs: outputs.into(), lanes: lanes.into() }
    }

    /// The outputs, in the order of the configuration.
    #[must_use]
    pub fn outputs(&self) -> &[Arc<Output>] {
        &self.outputs
    }

    /// Whether these are the very outputs of `other`.
    #[must_use]
    pub fn are(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.outputs, &other.outputs)
    }

    /// The same with one output more.
    #[must_use]
    pub fn with(&self, output: Arc<Output>) -> Self {
        Self::of(self.outputs.iter().cloned().chain([output]).collect())
    }

    /// The same without this output.
    #[must_use]
    pub fn without(&self, output: &Arc<Output>) -> Self {
        Self::of(self.outputs.iter().filter(|known| !Arc::ptr_eq(known, output)).cloned().collect())
    }

    /// Hands a record to every output that takes it; `encode` is called once for each format in use, and
    /// `scratch` holds the bytes meanwhile. An urgent one is written before this returns, within bounds.
    #[inline]
    pub fn deliver(
        &self,
        signal: Signal,
        urgent: bool,
        scratch: &mut Vec<u8>,
        encode: impl Fn(&dyn Encoder, &mut Vec<u8>),
    ) {
        for lane in self.lanes.iter().filter(|lane| lane.format.wanted.has(signal)) {
            scratch.clear();
            encode(&*lane.format.encoder, scratch);
            for output in &lane.outputs {
                output.deliver(signal, scratch, urgent);
            }
        }
    }

    /// A record in each format in use that takes it, for whoever may deliver it later.
    #[must_use]
    pub fn encoded(&self, signal: Signal, encode: impl Fn(&dyn Encoder, &mut Vec<u8>)) -> Vec<Encoded> {
        let takers = self.lanes.iter().filter(|lane| lane.format.wanted.has(signal));
        takers
            .map(|lane| {
                let mut bytes = Vec::new();
                encode(&*lane.format.encoder, &mut bytes);
                Encoded { encoder: Arc::clone(&lane.format.encoder), bytes }
            })
            .collect()
    }

    /// Hands a batch that is rendered later to every output. `make` gets the formats to render it in.
    pub fn deliver_deferred(&self, urgent: bool, make: impl FnOnce(Vec<Format>) -> Deferred) {
        let batch = Arc::new(make(self.lanes.iter().map(|lane| lane.format.clone()).collect()));
        for output in self.lanes.iter().flat_map(|lane| &lane.outputs) {
            output.deliver_deferred(&batch, urgent);
        }
    }

    /// Whether any output keeps notes of spans that are open.
    #[must_use]
    pub fn keep_notes(&self) -> bool {
        self.lanes.iter().any(Lane::keeps_notes)
    }

    /// Notes spans that are open, as `render` shows them, wherever an output keeps notes; `source` noted others before.
    pub fn note(&self, source: u64, render: impl FnOnce(&mut RenderedBatch)) {
        let only_spans = SignalSet::default().with(Signal::Spans);
        let formats: Vec<Format> = self
            .lanes
            .iter()
            .filter(|lane| lane.keeps_notes())
            .map(|lane| Format { encoder: Arc::clone(&lane.format.encoder), wanted: only_spans })
            .collect();
        if formats.is_empty() {
            return;
        }
        let mut batch = RenderedBatch::of_notes(formats);
        guard((), || render(&mut batch));
        for output in self.outputs.iter() {
            if let (Some(notes), Some(records)) = (output.notes(), batch.in_format(output.encoder().id())) {
                notes.replace(source, &records);
            }
        }
    }

    /// Nothing is noted here any more: other outputs take over.
    pub fn end_notes(&self) {
        self.outputs.iter().filter_map(|output| output.notes()).for_each(Notes::end);
    }

    /// Whether any output gets such points of metrics.
    #[must_use]
    pub fn collect(&self, temporality: Temporality) -> bool {
        self.outputs.iter().any(|output| is_collected(output, temporality))
    }

    /// Hands the points that `show` shows to every output that gets such ones, and waits for none. They are shown
    /// once, and encoded once for each format in use.
    pub fn push_points(&self, temporality: Temporality, show: impl FnOnce(&mut dyn FnMut(&Point<'_>))) {
        let is_taker = |output: &&Arc<Output>| is_collected(output, temporality);
        let lanes = self.lanes.iter().filter(|lane| lane.outputs.iter().any(|output| is_taker(&output)));
        let mut lanes: Vec<(&Lane, Records)> = lanes.map(|lane| (lane, Records::default())).collect();
        show(&mut |point| {
            for (lane, records) in &mut lanes {
                records.encode(Signal::Metrics, |out| lane.format.encoder.point(point, out));
            }
        });
        for (lane, records) in lanes {
            let records = Arc::new(records);
            for output in lane.outputs.iter().filter(is_taker) {
                output.push(Signal::Metrics, &records);
            }
        }
    }

    /// Hands a record to the outputs that lose nothing at the moment, and waits for none.
    pub fn push_to_healthy(&self, signal: Signal, encode: impl Fn(&dyn Encoder, &mut Vec<u8>)) {
        for lane in self.lanes.iter().filter(|lane| lane.format.wanted.has(signal)) {
            let mut records = Records::default();
            records.encode(signal, |out| encode(&*lane.format.encoder, out));
            let records = Arc::new(records);
            for output in lane.outputs.iter().filter(|output| output.is_healthy()) {
                output.push(signal, &records);
            }
        }
    }
}

fn is_collected(output: &Output, temporality: Temporality) -> bool {
    output.signals().has(Signal::Metrics) && output.temporality() == temporality
}
