//! One instrument in the text: its sample name and what its series have in common each time, rendered once.

use super::format::Format;
use super::head;
use super::labels::Blocks;
use super::samples::{HistogramHeads, number, sample_head};
use crate::encode::collected::{Collected, SeriesPoint, Show};
use crate::model::attributes::Attributes;
use crate::model::metric::{HistogramPoint, InstrumentKind, PointValue};

/// About as many bytes follow the head of a sample: a number and the end of the line.
const VALUE_BYTES: usize = 16;

/// What is kept of one instrument.
#[derive(Debug)]
pub(super) struct Family {
    sample: String,
    blocks: Blocks,
    /// What stands before the value of each series, by the number of the series.
    heads: Vec<Box<str>>,
    /// Made from the bounds that the first point brings.
    histogram: Option<HistogramHeads>,
}

impl Family {
    /// Nothing yet of the instrument that the text calls `sample`.
    pub(super) fn new(sample: String) -> Self {
        Self { sample, blocks: Blocks::default(), heads: Vec::new(), histogram: None }
    }

    /// Appends the instrument and all its series; nothing where there are none.
    pub(super) fn write(&mut self, out: &mut String, format: Format, instrument: &impl Collected) {
        let descriptor = instrument.descriptor();
        instrument.created_since(self.heads.len(), |attributes| {
            self.meet(attributes, descriptor.kind);
        });
        let Some(first) = self.heads.first() else { return };
        head::write(out, format, &self.sample, descriptor);
        // The first head stands for the others' length; a wrong guess costs one move of the text.
        out.reserve(self.heads.len() * (first.len() + VALUE_BYTES));
        let Self { sample, heads, histogram, .. } = self;
        instrument.points(Samples { out, format, sample, heads, histogram });
    }

    fn meet(&mut self, attributes: &Attributes, kind: InstrumentKind) {
        let block = self.blocks.take(attributes, kind);
        match kind {
            // Several samples, each with its own name before the block.
            InstrumentKind::Histogram => self.heads.push(block.into()),
            _ => self.heads.push(sample_head(&self.sample, &block).into()),
        }
    }
}

/// Appends the samples of one instrument.
struct Samples<'a> {
    out: &'a mut String,
    format: Format,
    sample: &'a str,
    heads: &'a [Box<str>],
    histogram: &'a mut Option<HistogramHeads>,
}

impl Show for Samples<'_> {
    // Left alone, the compiler makes this a call, which costs ten thousand series a third more instructions.
    #[inline(always)]
    fn show(&mut self, point: &SeriesPoint<'_>) {
        // A series that came after this text was begun is in the next one.
        let Some(head) = self.heads.get(point.number) else { return };
        match &point.value {
            PointValue::Number(value) => {
                self.out.push_str(head);
                number(self.out, *value);
                self.out.push('\n');
            }
            PointValue::Histogram(point) => self.histogram(head, point),
        }
    }
}

impl Samples<'_> {
    #[inline(never)]
    fn histogram(&mut self, block: &str, point: &HistogramPoint<'_>) {
        let heads = self.histogram.get_or_insert_with(|| HistogramHeads::new(self.sample, point.bounds));
        heads.samples(self.out, self.format, block, point);
    }
}
