//! Reads one plain file with several threads, each of which takes the lines of a piece of the file, and then those of the next
//! piece that nobody has. What they make of them comes in the order of the file, and no thread runs far ahead.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::lines::MOST_LINE;
use crate::outcome::{Failure, unreadable};

/// How much of the file a thread takes at once: so much that handing over costs next to nothing.
const PIECE_BYTES: u64 = 512 * 1024;

/// How much of it is read at once: it stays in a processor's cache while it is searched.
const CHUNK_BYTES: usize = 128 * 1024;

/// How much more is read with it, for the end of the last line.
const MORE_BYTES: usize = 4 * 1024;

/// Buffers begin at a multiple of it, as the system's copy of a chunk does: between two such addresses processors copy up to
/// four times as fast as between others.
const ALIGNMENT: usize = 64;

/// More threads than that wait for the disk.
const MOST_THREADS: usize = 8;

/// How many pieces are handed out while what was found in the first of them has not been taken.
const PIECES_AHEAD: usize = 16;

/// Whether the file is large enough for threads to be started.
pub(super) fn are_worth_it(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.len() > 4 * PIECE_BYTES)
}

/// Gives all lines of each piece of the file to `work` and what that has made of them to `take`, until that says that it is
/// enough.
pub(super) fn each<T: Default + Send>(
    path: &Path,
    work: impl Fn(&[u8], &mut T) + Sync,
    mut take: impl FnMut(Result<T, Failure>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let length = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    let mut pieces = 0..length.div_ceil(PIECE_BYTES);
    let (sender, jobs) = channel();
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS) {
            scope.spawn(|| one_thread(path, &jobs, &work));
        }
        // Threads end when it is dropped.
        let sender = sender;
        let mut results = VecDeque::new();
        loop {
            for piece in pieces.by_ref().take(PIECES_AHEAD - results.len()) {
                let (result, receiver) = sync_channel(1);
                let begin = piece * PIECE_BYTES;
                _ = sender.send(Job { begin, end: (begin + PIECE_BYTES).min(length), result });
                results.push_back(receiver);
            }
            let Some(result) = results.pop_front().and_then(|next| next.recv().ok()) else { return Ok(()) };
            if !take(result.map_err(|error| unreadable(path, &error)))? {
                return Ok(());
            }
        }
    })
}

/// A piece of the file, and where that goes which is made of it.
struct Job<T> {
    begin: u64,
    end: u64,
    result: SyncSender<io::Result<T>>,
}

fn one_thread<T: Default>(path: &Path, jobs: &Mutex<Receiver<Job<T>>>, work: &impl Fn(&[u8], &mut T)) {
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
    let mut source = None;
    while let Ok(Job { begin, end, result }) = next() {
        let made = match &mut source {
            Some(source) => one_piece(source, begin, end, work),
            None => File::open(path)
                .and_then(|file| one_piece(source.insert(Source::new(file)), begin, end, work)),
        };
        if result.send(made).is_err() {
            return;
        }
    }
}

fn one_piece<T: Default>(
    source: &mut Source,
    begin: u64,
    end: u64,
    work: &impl Fn(&[u8], &mut T),
) -> io::Result<T> {
    let mut made = T::default();
    for from in (begin..end).step_by(CHUNK_BYTES) {
        let to = (from + CHUNK_BYTES as u64).min(end);
        work(source.lines(from, to)?, &mut made);
    }
    Ok(made)
}

/// A file, with room for what is read of it.
struct Source {
    file: File,
    buffer: Vec<u8>,
    /// Where in the buffer the first address is that is aligned.
    aligned: usize,
    /// For lines that end far behind their chunk.
    long: Vec<u8>,
}

impl Source {
    fn new(file: File) -> Self {
        let buffer = vec![0; CHUNK_BYTES + MORE_BYTES + ALIGNMENT];
        let aligned = buffer.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
        Self { file, buffer, aligned, long: Vec::new() }
    }

    /// The lines that begin behind the byte at `begin` and no later than at `end`, and with `begin` 0 the file's first one.
    fn lines(&mut self, begin: u64, end: u64) -> io::Result<&[u8]> {
        let Self { file, buffer, aligned, long } = self;
        file.seek(SeekFrom::Start(begin))?;
        let own = usize::try_from(end - begin).unwrap_or(usize::MAX);
        let room = buffer.get_mut(*aligned..).and_then(|rest| rest.get_mut(..own + MORE_BYTES));
        let room = room.unwrap_or_default();
        let filled = read_into(file, room)?;
        let is_all = filled < room.len();
        let bytes = room.get(..filled).unwrap_or_default();
        let (inside, behind) = bytes.split_at_checked(own).unwrap_or((bytes, &[]));
        let first = match memchr::memchr(b'\n', inside) {
            _ if begin == 0 => 0,
            Some(feed) => feed + 1,
            None => return Ok(&[]),
        };
        if let Some(feed) = memchr::memchr(b'\n', behind) {
            return Ok(bytes.get(first..=own + feed).unwrap_or_default());
        }
        let lines = bytes.get(first..).unwrap_or_default();
        if is_all {
            return Ok(lines);
        }
        long.clear();
        long.extend_from_slice(lines);
        while long.len() < MOST_LINE {
            let old = long.len();
            if file.take(CHUNK_BYTES as u64).read_to_end(long)? == 0 {
                break;
            }
            if let Some(feed) = memchr::memchr(b'\n', long.get(old..).unwrap_or_default()) {
                long.truncate(old + feed + 1);
                break;
            }
        }
        Ok(long)
    }
}

/// Fills the buffer as far as there is something; how far that is.
fn read_into(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_in_one_piece_wherever_the_pieces_begin() {
        let path = std::env::temp_dir().join(format!("vigie-chunks-{}", std::process::id()));
        let long = format!("a\n{}\nb\n{0}", "x".repeat(MORE_BYTES + CHUNK_BYTES + 10));
        let texts = ["a\nbb\n\nccc\n", "a\nbb\n\nccc", "\n\n", "long\n", "x", "aaaaaaaaaaaaaaaa\nb\n", &long];
        for text in texts {
            std::fs::write(&path, text).unwrap();
            let mut source = Source::new(File::open(&path).unwrap());
            let length = text.len() as u64;
            let sizes = if text == long { CHUNK_BYTES - 2..=CHUNK_BYTES } else { 1..=text.len() };
            for size in sizes {
                let mut whole = Vec::new();
                for begin in (0..length).step_by(size) {
                    let lines = source.lines(begin, (begin + size as u64).min(length)).unwrap();
                    assert!(
                        lines.is_empty()
                            || lines.ends_with(b"\n")
                            || text.ends_with(std::str::from_utf8(lines).unwrap())
                    );
                    whole.extend_from_slice(lines);
                }
                assert!(String::from_utf8(whole).unwrap() == text, "{size} of {length}");
            }
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn of_a_file_that_was_cut_there_are_fewer_lines() {
        let path = std::env::temp_dir().join(format!("vigie-chunks-cut-{}", std::process::id()));
        std::fs::write(&path, "a\nbb\nccc\n".repeat(10)).unwrap();
        let mut source = Source::new(File::open(&path).unwrap());
        std::fs::write(&path, "a\nb").unwrap();
        assert_eq!(source.lines(0, 90).unwrap(), b"a\nb");
        assert_eq!(source.lines(1, 2).unwrap(), b"b");
        assert_eq!(source.lines(50, 90).unwrap(), b"");
        std::fs::remove_file(&path).unwrap();
    }
}
