//! One instrument in the text: its sample name and what its series have in common each time, rendered once.

use super::format::{Escaping, Format};
use super::head;
use super::labels::Blocks;
use super::samples::{HistogramHeads, number, sample_head};
use crate::encode::collected::{Collected, Head, SeriesPoint, Show};
use crate::model::attributes::Attributes;
use crate::model::metric::{HistogramPoint, InstrumentKind, PointValue};

/// About as many bytes follow the head of a sample: a number and the end of the line.
const VALUE_BYTES: usize = 16;

/// What is kept of one instrument.
#[derive(Debug)]
pub(super) struct Family {
    escaping: Escaping,
    sample: String,
    blocks: Blocks,
    /// How many series have a head.
    met: usize,
    /// Bytes of all heads.
    head_bytes: usize,
    /// Made from the bounds that the first point brings.
    histogram: Option<HistogramHeads>,
}

impl Family {
    /// Nothing yet of the instrument that the text calls `sample`.
    pub(super) fn new(sample: String, escaping: Escaping) -> Self {
        Self { escaping, sample, blocks: Blocks::default(), met: 0, head_bytes: 0, histogram: None }
    }

    /// Appends the instrument and all its series; nothing where there are none.
    pub(super) fn write(&mut self, out: &mut String, format: Format, instrument: &impl Collected) {
        let descriptor = instrument.descriptor();
        instrument.created_since(self.met, |attributes, head| self.meet(attributes, descriptor.kind, head));
        if self.met == 0 {
            return;
        }
        head::write(out, format, &self.sample, descriptor);
        out.reserve(self.head_bytes + self.met * VALUE_BYTES);
        // Each head begins with the end of the line before, which saves one copy between a value and the next.
        let line_end = if descriptor.kind == InstrumentKind::Histogram { None } else { out.pop() };
        let Self { escaping, sample, histogram, .. } = self;
        let samples = Samples { out: &mut *out, format, head: *escaping as usize, sample, histogram };
        if *escaping == Escaping::Underscores {
            instrument.points(Usual(samples));
        } else {
            instrument.points(samples);
        }
        out.extend(line_end);
    }

    fn meet(&mut self, attributes: &Attributes, kind: InstrumentKind, head: &Head) {
        let block = self.blocks.take(attributes, kind, self.escaping);
        let text = match kind {
            // A histogram has several samples, each with a name of its own before the block.
            InstrumentKind::Histogram => block,
            _ => format!("\n{}", sample_head(&self.sample, &block)),
        };
        self.met += 1;
        self.head_bytes += text.len();
        // Another exposition of this registry may have met the series before, and then kept the same head.
        head.keep(self.escaping as usize, text);
    }
}

/// Appends the samples of one instrument.
struct Samples<'a> {
    out: &'a mut String,
    format: Format,
    /// Which of a series' heads.
    head: usize,
    sample: &'a str,
    histogram: &'a mut Option<HistogramHeads>,
}

/// The same with the usual heads. Apart, because asking which head it is would be felt in ten thousand series.
struct Usual<'a>(Samples<'a>);

impl Show for Usual<'_> {
    // Left alone, the compiler makes this a call, which costs ten thousand series a third more instructions.
    #[inline(always)]
    fn show(&mut self, point: &SeriesPoint<'_>) {
        self.0.sample(point.head.usual(), point);
    }
}

impl Show for Samples<'_> {
    fn show(&mut self, point: &SeriesPoint<'_>) {
        self.sample(point.head.get(self.head), point);
    }
}

impl Samples<'_> {
    #[inline(always)]
    fn sample(&mut self, head: Option<&str>, point: &SeriesPoint<'_>) {
        // A series that came after this text was begun is in the next one.
        let Some(head) = head else { return };
        match &point.value {
            PointValue::Number(value) => {
                self.out.push_str(head);
                number(self.out, *value);
            }
            PointValue::Histogram(point) => self.histogram(head, point),
        }
    }

    #[inline(never)]
    fn histogram(&mut self, block: &str, point: &HistogramPoint<'_>) {
        let heads = self.histogram.get_or_insert_with(|| HistogramHeads::new(self.sample, point.bounds));
        heads.samples(self.out, self.format, block, point);
    }
}
