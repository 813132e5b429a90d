//! Standard output or standard error: JSON lines, or a rendering for people on a terminal.
//!
//! Not for the rendering itself: see `encode::jsonl::human`.

use crate::buffer::records::Batch;
use crate::encode::jsonl::human;
use crate::output::exporter::{Export, Exporter};
use crate::platform;
use crate::stats::DropReason;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

/// Writes of up to this size to a pipe are not mixed with those of other processes (POSIX PIPE_BUF
/// is at least 512, Linux has 4096).
const ATOMIC_BYTES: usize = 4096;

/// How long one wait for a stopped reader lasts; it is repeated for as long as the reader stays.
const READER_PATIENCE: Duration = Duration::from_millis(100);

/// Writes to a standard stream through a descriptor of its own.
#[derive(Debug)]
pub(super) struct ConsoleExporter {
    out: File,
    human: Option<human::Style>,
    is_pipe: bool,
    is_prompt: bool,
    reader_gone: bool,
}

impl ConsoleExporter {
    /// Writes to `out`; `human` forces or forbids the rendering for people, otherwise `out` gets it
    /// when it is a terminal.
    pub(super) fn new(out: File, human: Option<bool>) -> Self {
        let terminal = out.is_terminal();
        let style = human.unwrap_or(terminal).then_some(human::Style { colour: terminal });
        Self {
            human: style,
            is_pipe: platform::is_pipe(&out),
            is_prompt: platform::is_prompt(&out),
            reader_gone: false,
            out,
        }
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.out.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The host may have made the descriptor non-blocking: Node does with pipes.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    platform::wait_writable(&self.out, READER_PATIENCE);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes a piece of a batch, for people where that is asked for.
    fn write_piece(&mut self, piece: &Batch<'_>) -> io::Result<()> {
        let Some(style) = self.human else { return self.write_all(piece.bytes()) };
        let mut text = Vec::with_capacity(piece.bytes().len());
        piece.records().for_each(|(_, line)| human::render(line, style, &mut text));
        self.write_all(&text)
    }
}

impl Exporter for ConsoleExporter {
    fn export(&mut self, batch: &Batch<'_>) -> Export {
        if self.reader_gone {
            return Export::Refused(DropReason::Closed);
        }
        let mut delivered = 0;
        for piece in batch.pieces(if self.is_pipe { ATOMIC_BYTES } else { usize::MAX }) {
            if let Err(error) = self.write_piece(&piece) {
                self.reader_gone = error.kind() == io::ErrorKind::BrokenPipe;
                let reason = if self.reader_gone { DropReason::Closed } else { DropReason::Io };
                return Export::Partial { delivered, reason };
            }
            delivered += piece.len();
        }
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        self.is_prompt
    }
}
