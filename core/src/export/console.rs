//! Standard output or standard error: JSON lines, or a rendering for people on a terminal.
//!
//! Not for the rendering itself: see `encode::human`.

use crate::buffer::sink::{Sink, Written};
use crate::encode::human;
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
pub struct ConsoleSink {
    out: File,
    human: Option<human::Style>,
    is_pipe: bool,
    is_prompt: bool,
    reader_gone: bool,
}

impl ConsoleSink {
    /// Writes to `out`; `human` forces or forbids the rendering for people, otherwise `out` gets it
    /// when it is a terminal.
    #[must_use]
    pub fn new(out: File, human: Option<bool>) -> Self {
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

    fn write_lines(&mut self, batch: &[u8]) -> (usize, io::Result<()>) {
        let mut done = 0;
        for piece in pieces(batch, if self.is_pipe { ATOMIC_BYTES } else { usize::MAX }) {
            let outcome = match self.human {
                None => self.write_all(piece),
                Some(style) => {
                    let mut text = Vec::with_capacity(piece.len());
                    piece.split_inclusive(|byte| *byte == b'\n').for_each(|line| {
                        human::render(line, style, &mut text);
                    });
                    self.write_all(&text)
                }
            };
            if outcome.is_err() {
                return (done, outcome);
            }
            done += piece.len();
        }
        (done, Ok(()))
    }
}

impl Sink for ConsoleSink {
    fn write(&mut self, batch: &[u8]) -> Written {
        if self.reader_gone {
            return Written { bytes: 0, failure: Some(DropReason::Closed) };
        }
        match self.write_lines(batch) {
            (bytes, Ok(())) => Written { bytes, failure: None },
            (bytes, Err(error)) => {
                self.reader_gone = error.kind() == io::ErrorKind::BrokenPipe;
                let reason = if self.reader_gone { DropReason::Closed } else { DropReason::Io };
                Written { bytes, failure: Some(reason) }
            }
        }
    }

    fn is_prompt(&self) -> bool {
        self.is_prompt
    }
}

/// Splits a batch at line ends into pieces of at most `limit` bytes; a longer line is a piece alone.
fn pieces(batch: &[u8], limit: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = batch;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let window = rest.get(..limit).unwrap_or(rest);
        let end = if window.len() == rest.len() {
            rest.len()
        } else {
            memchr::memrchr(b'\n', window)
                .or_else(|| memchr::memchr(b'\n', rest))
                .map_or(rest.len(), |newline| newline + 1)
        };
        let (piece, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_at_lines() {
        let batch = b"aa\nbb\ncccccccccc\ndd\n";
        let split: Vec<_> = pieces(batch, 7).collect();
        assert_eq!(split, [&b"aa\nbb\n"[..], b"cccccccccc\n", b"dd\n"]);
        assert_eq!(pieces(batch, usize::MAX).count(), 1);
    }
}
