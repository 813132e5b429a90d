//! Standard output or standard error: JSON lines, or a rendering for people on a terminal.
//!
//! Not for the rendering itself: see `encode::jsonl::human`.

use crate::buffer::records::Batch;
use crate::encode::jsonl::human;
use crate::output::exporter::{Export, Exporter};
use crate::output::progress::Progress;
use crate::platform::{Leads, StandardStream};
use crate::stats::DropReason;
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

/// Writes of up to this size to a pipe are not mixed with those of other processes (POSIX PIPE_BUF
/// is at least 512, Linux has 4096), and a reader that takes so little is seen to move.
const ATOMIC_BYTES: usize = 4096;

/// How often a wait for a reader looks whether it is still wanted.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long another process may have the pipe before it is written to all the same.
const LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// How often a pipe that another process has is asked for.
const LOCK_EVERY: Duration = Duration::from_micros(500);

/// How long a process leaves the pipe to others after it has had it for a long line. Who asks every now and then would hardly ever
/// get it from one that takes it again at once, and would lose patience.
const LOCK_PAUSE: Duration = Duration::from_millis(1);

/// Writes to a standard stream, whatever that leads to at the moment.
#[derive(Debug)]
pub(super) struct ConsoleExporter {
    stream: StandardStream,
    human: Option<bool>,
    colours: Option<bool>,
    /// When it had the pipe for a long line last.
    given_back: Option<Instant>,
}

impl ConsoleExporter {
    /// Writes to `stream`; `human` forces or forbids the rendering for people, `colours` its colours, otherwise a
    /// terminal gets them.
    pub(super) fn new(stream: StandardStream, human: Option<bool>, colours: Option<bool>) -> Self {
        // A stream that is closed from the start is not mistaken for what gets its number later.
        stream.leads();
        Self { stream, human, colours, given_back: None }
    }

    fn write_all(&self, bytes: &[u8], leads: Leads, progress: &Progress) -> Result<(), DropReason> {
        let step = if leads == Leads::ToFile { usize::MAX } else { ATOMIC_BYTES };
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            if leads != Leads::ToFile {
                self.wait_writable(progress)?;
            }
            match self.stream.write(rest.get(..step).unwrap_or(rest)) {
                Ok(0) => return Err(refused(ErrorKind::WriteZero.into(), progress)),
                Ok(written) => {
                    done += written;
                    progress.moved();
                }
                // The host may have made the descriptor non-blocking: Node does with pipes.
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
                Err(error) => return Err(refused(error, progress)),
            }
        }
        Ok(())
    }

    /// Waits for the reader for as long as the output is wanted: a write that waits could not be given up.
    fn wait_writable(&self, progress: &Progress) -> Result<(), DropReason> {
        while !self.stream.wait_writable(LOOK_EVERY) {
            if progress.is_ended() {
                progress.failed("its reader takes nothing");
                return Err(DropReason::Shutdown);
            }
        }
        Ok(())
    }

    /// [`Self::write_all`] while no other process of ours writes to the same pipe, so that lines which are longer than
    /// what is written at once stay whole. Room is waited for first: the pipe is not kept from others for a slow
    /// reader's sake, unless in the middle of such a line.
    fn write_alone(&mut self, bytes: &[u8], leads: Leads, progress: &Progress) -> Result<(), DropReason> {
        if leads != Leads::ToReader {
            return self.write_all(bytes, leads, progress);
        }
        self.wait_writable(progress)?;
        if let Some(given_back) = self.given_back.take() {
            std::thread::sleep(LOCK_PAUSE.saturating_sub(given_back.elapsed()));
        }
        let begun = Instant::now();
        let mut taken = self.stream.try_take();
        while !taken && begun.elapsed() < LOCK_PATIENCE && !progress.is_ended() {
            std::thread::sleep(LOCK_EVERY);
            taken = self.stream.try_take();
        }
        let result = self.write_all(bytes, leads, progress);
        if taken {
            self.stream.give_back();
            self.given_back = (bytes.len() > ATOMIC_BYTES).then(Instant::now);
        }
        result
    }

    /// Writes a piece of a batch, for people where that is asked for.
    fn write_piece(
        &mut self,
        piece: &Batch<'_>,
        leads: Leads,
        progress: &Progress,
    ) -> Result<(), DropReason> {
        let terminal = leads == Leads::ToTerminal;
        if !self.human.unwrap_or(terminal) {
            return self.write_alone(piece.bytes(), leads, progress);
        }
        let mut text = Vec::with_capacity(piece.bytes().len());
        let style = human::Style { colour: self.colours.unwrap_or(terminal) };
        piece.records().for_each(|(_, line)| human::render(line, style, &mut text));
        self.write_alone(&text, leads, progress)
    }
}

/// Says what the system has against a write.
fn refused(error: io::Error, progress: &Progress) -> DropReason {
    if error.kind() == ErrorKind::BrokenPipe {
        progress.failed("its reader is gone");
        return DropReason::Closed;
    }
    progress.failed(format!("it cannot be written: {error}"));
    DropReason::Io
}

impl Exporter for ConsoleExporter {
    fn export(&mut self, batch: &Batch<'_>, progress: &Progress) -> Export {
        let leads = self.stream.leads();
        if leads == Leads::Nowhere {
            progress.failed("the stream is closed");
            return Export::Refused(DropReason::Closed);
        }
        let mut delivered = 0;
        for piece in batch.pieces(u64::MAX, if leads == Leads::ToFile { usize::MAX } else { ATOMIC_BYTES }) {
            if let Err(reason) = self.write_piece(&piece, leads, progress) {
                return Export::Partial { delivered, reason };
            }
            delivered += piece.len();
        }
        Export::Delivered
    }

    fn is_prompt(&self) -> bool {
        self.stream.leads() == Leads::ToFile
    }
}
