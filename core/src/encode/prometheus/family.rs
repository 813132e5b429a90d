//! One instrument in the text: its sample name and what its series have in common each time, rendered once.

use super::format::Format;
use super::head;
use super::labels::Blocks;
use super::samples::{HistogramHeads, number, sample_head};
use crate::encode::collected::{Collected, SeriesPoint};
use crate::model::attributes::Attributes;
use crate::model::metric::{InstrumentKind, PointValue};

/// About as many bytes follow the head of a sample: a number and the end of the line.
const VALUE_BYTES: usize = 16;

/// What is kept of one instrument.
#[derive(Debug)]
pub(super) struct Family {
    sample: String,
    blocks: Blocks,
    heads: Heads,
    /// Made from the bounds that the first point brings.
    histogram: Option<HistogramHeads>,
}

impl Family {
    /// Nothing yet of the instrument that the text calls `sample`.
    pub(super) fn new(sample: String) -> Self {
        Self { sample, blocks: Blocks::default(), heads: Heads::default(), histogram: None }
    }

    /// Appends the instrument and all its series; nothing where there are none.
    pub(super) fn write(&mut self, out: &mut String, format: Format, instrument: &dyn Collected) {
        let descriptor = instrument.descriptor();
        instrument.created_since(self.heads.ends.len(), &mut |attributes| {
            self.meet(attributes, descriptor.kind);
        });
        if self.heads.ends.is_empty() {
            return;
        }
        head::write(out, format, &self.sample, descriptor);
        out.reserve(self.heads.text.len() + self.heads.ends.len() * VALUE_BYTES);
        instrument.points(&mut |point| self.point(out, format, point));
    }

    fn meet(&mut self, attributes: &Attributes, kind: InstrumentKind) {
        let block = self.blocks.take(attributes, kind);
        match kind {
            // Several samples, each with its own name before the block.
            InstrumentKind::Histogram => self.heads.push(&block),
            _ => self.heads.push(&sample_head(&self.sample, &block)),
        }
    }

    #[inline]
    fn point(&mut self, out: &mut String, format: Format, point: &SeriesPoint<'_>) {
        // A series that came after this text was begun is in the next one.
        let Some(head) = self.heads.get(point.number) else { return };
        match &point.value {
            PointValue::Number(value) => {
                out.push_str(head);
                number(out, *value);
                out.push('\n');
            }
            PointValue::Histogram(histogram) => {
                let heads =
                    self.histogram.get_or_insert_with(|| HistogramHeads::new(&self.sample, histogram.bounds));
                heads.samples(out, format, head, histogram);
            }
        }
    }
}

/// What stands before the value of each series, by the number of the series.
#[derive(Debug, Default)]
struct Heads {
    /// All of them, one behind the other: one piece of memory is read faster than thousands.
    text: String,
    ends: Vec<usize>,
}

impl Heads {
    fn push(&mut self, head: &str) {
        self.text.push_str(head);
        self.ends.push(self.text.len());
    }

    #[inline]
    fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }
}
