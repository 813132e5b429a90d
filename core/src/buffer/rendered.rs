//! Finished lines of several signals, in order, in one piece of memory.
//!
//! Not for making lines: see `encode`.

use crate::model::signal::{Signal, SignalSet};

/// Consecutive lines of one signal.
#[derive(Debug, Clone, Copy)]
struct Run {
    signal: Signal,
    records: u64,
    end: usize,
}

/// Finished lines with what they are.
#[derive(Debug, Clone, Default)]
pub struct RenderedBatch {
    bytes: Vec<u8>,
    runs: Vec<Run>,
}

impl RenderedBatch {
    /// Appends one finished line, its newline included.
    pub fn push(&mut self, signal: Signal, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        let end = self.bytes.len();
        match self.runs.last_mut() {
            Some(run) if run.signal == signal => {
                run.records += 1;
                run.end = end;
            }
            _ => self.runs.push(Run { signal, records: 1, end }),
        }
    }

    /// The lines of the signals in `wanted`, run by run, with the number of records.
    pub fn runs(&self, wanted: SignalSet) -> impl Iterator<Item = (&[u8], u64)> {
        let mut start = 0;
        self.runs.iter().filter_map(move |run| {
            let bytes = self.bytes.get(start..run.end).unwrap_or_default();
            start = run.end;
            wanted.has(run.signal).then_some((bytes, run.records))
        })
    }
}
