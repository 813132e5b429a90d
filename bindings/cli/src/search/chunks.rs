//! Reads one plain file with several threads, each of which takes the lines that begin in its pieces of the file. What they
//! make of them comes in the order of the file, and no thread runs far ahead.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::lines::MOST_LINE;
use crate::outcome::{Failure, unreadable};

/// How much of the file is taken at once: it stays in a processor's cache while it is searched.
const CHUNK_BYTES: u64 = 256 * 1024;

/// How much more is read at once for the end of a line.
const MORE_BYTES: usize = 4 * 1024;

/// More threads than that wait for the disk.
const MOST_THREADS: usize = 8;

/// How many results of a thread wait to be taken.
const AHEAD: usize = 16;

/// Whether the file is large enough for threads to be started.
pub(super) fn are_worth_it(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.len() > 8 * CHUNK_BYTES)
}

/// Gives each piece of the file's lines to `work` and what that makes of it to `take`, until that says that it is enough.
pub(super) fn each<T: Send>(
    path: &Path,
    work: impl Fn(&[u8]) -> T + Sync,
    mut take: impl FnMut(Result<T, Failure>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let length = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    let chunks = length.div_ceil(CHUNK_BYTES);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    thread::scope(|scope| {
        let work = &work;
        let start = |first: usize| {
            let (sender, receiver) = sync_channel(AHEAD);
            let own = (first as u64..chunks).step_by(threads);
            scope.spawn(move || one_thread(path, length, own, work, &sender));
            receiver
        };
        // When they are dropped, at the latest at the end, threads end that have more to do.
        let receivers: Vec<_> = (0..threads).map(start).collect();
        for receiver in receivers.iter().cycle().take(usize::try_from(chunks).unwrap_or(usize::MAX)) {
            let Ok(result) = receiver.recv() else { return Ok(()) };
            if !take(result.map_err(|error| unreadable(path, &error)))? {
                return Ok(());
            }
        }
        Ok(())
    })
}

fn one_thread<T>(
    path: &Path,
    length: u64,
    own: impl Iterator<Item = u64>,
    work: impl Fn(&[u8]) -> T,
    sender: &SyncSender<io::Result<T>>,
) {
    let (mut file, mut buffer) = (File::open(path), Vec::new());
    for chunk in own {
        let begin = chunk * CHUNK_BYTES;
        let end = (begin + CHUNK_BYTES).min(length);
        let result = match &mut file {
            Ok(file) => lines_of(file, begin, end, &mut buffer).map(&work),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        };
        if sender.send(result).is_err() {
            return;
        }
    }
}

/// The lines that begin from `begin` on and before `end`.
fn lines_of<'b>(file: &mut File, begin: u64, end: u64, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
    // The byte before the first one tells whether a line begins with that.
    let from = begin.saturating_sub(1);
    file.seek(SeekFrom::Start(from))?;
    // Its bytes are not written twice: it keeps its length from piece to piece.
    let room = usize::try_from(end - from).unwrap_or(usize::MAX);
    buffer.resize(room, 0);
    let own = read_into(file, buffer)?;
    buffer.truncate(own);
    let mut first = 0;
    if begin > 0 {
        let searched = buffer.get(..own.saturating_sub(1)).unwrap_or_default();
        let Some(feed) = memchr::memchr(b'\n', searched) else { return Ok(&[]) };
        first = feed + 1;
    }
    while buffer.last() != Some(&b'\n') && buffer.len() < MOST_LINE {
        let old = buffer.len();
        if file.take(MORE_BYTES as u64).read_to_end(buffer)? == 0 {
            break;
        }
        if let Some(feed) = memchr::memchr(b'\n', buffer.get(old..).unwrap_or_default()) {
            buffer.truncate(old + feed + 1);
        }
    }
    Ok(buffer.get(first..).unwrap_or_default())
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
        for text in ["a\nbb\n\nccc\n", "a\nbb\n\nccc", "\n\n", "long\n", "x", "aaaaaaaaaaaaaaaa\nb\n"] {
            std::fs::write(&path, text).unwrap();
            let mut file = File::open(&path).unwrap();
            for size in 1..=text.len() as u64 {
                let (mut begin, mut whole, mut buffer) = (0, Vec::new(), Vec::new());
                while begin < text.len() as u64 {
                    let end = (begin + size).min(text.len() as u64);
                    let lines = lines_of(&mut file, begin, end, &mut buffer).unwrap();
                    assert!(
                        lines.is_empty()
                            || lines.ends_with(b"\n")
                            || text.ends_with(std::str::from_utf8(lines).unwrap())
                    );
                    whole.extend_from_slice(lines);
                    begin = end;
                }
                assert_eq!(String::from_utf8(whole).unwrap(), text, "{size}");
            }
        }
        std::fs::remove_file(&path).unwrap();
    }
}
