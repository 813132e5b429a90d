//! Of the processes that write to one file, one at a time. Whoever is killed in the middle of a line has it cut off by the next one.
//!
//! Not for the end of a file as it is found at its opening: see `tail`.

use super::known::Known;
use super::tail::{is_torn, last_line};
use crate::platform;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the turns of others may take. A process that was stopped may never end its own.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_TRIES: Duration = Duration::from_micros(100);

/// How long nobody's turn is waited for after that.
const GIVEN_UP_FOR: Duration = Duration::from_secs(10);

/// How the lines of this library begin, in each format.
const BEGINNINGS: [&[u8]; 2] = [b"{\"timestamp\":\"", b"{\"resource"];

/// The turns of one file that is open for appending.
#[derive(Debug)]
pub(super) struct Turns {
    /// The same file to be read; nothing where that is not allowed, or where it is no file of its own.
    reader: Option<File>,
    given_up: Option<Instant>,
}

impl Turns {
    /// Those of the file that was opened at `path`.
    pub(super) fn of(path: &Path, opened: Option<&Known>) -> Self {
        let is_same = |file: &File| {
            let found = file.metadata().ok().map(|meta| Known::of(file, &meta));
            opened.zip(found).is_some_and(|(one, other)| one.id == other.id)
        };
        let is_regular = opened.is_some_and(|opened| opened.is_regular);
        let reader = if is_regular { File::open(path).ok().filter(is_same) } else { None };
        Self { reader, given_up: None }
    }

    /// The same file to be read.
    pub(super) fn reader(&self) -> Option<&File> {
        self.reader.as_ref()
    }

    /// Takes this process's turn, until [`Self::end`]: then the file ends in a whole line, and is as long as it says. Where no turn is
    /// to be had the process writes all the same.
    pub(super) fn begin(&mut self, file: &mut File) -> Option<u64> {
        let reader = self.reader.as_ref()?;
        if self.given_up.is_some_and(|then| then.elapsed() < GIVEN_UP_FOR) {
            return None;
        }
        match taken(file) {
            // A tail that cannot be looked at is left as it is.
            Ok(true) => Some(end_in_a_line(reader, file).unwrap_or(0)),
            Ok(false) => {
                self.given_up = Some(Instant::now());
                None
            }
            Err(_) => {
                // There are no turns here, and nobody waits for one again.
                self.reader = None;
                None
            }
        }
    }

    /// The next one's turn.
    pub(super) fn end(file: &File) {
        platform::end_turn(file);
    }
}

/// Whether it is this process's turn within some time; an error where the system has no turns.
fn taken(file: &File) -> io::Result<bool> {
    let since = Instant::now();
    while !platform::try_take_turn(file)? {
        if since.elapsed() > PATIENCE {
            return Ok(false);
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    Ok(true)
}

/// Cuts off half a line of a process of ours that was killed, and closes one of anybody else; how long the file is then.
pub(super) fn end_in_a_line(reader: &File, file: &mut File) -> io::Result<u64> {
    let total = file.metadata()?.len();
    let mut last = [0];
    if total == 0 || platform::read_exact_at(reader, &mut last, total - 1).is_ok_and(|()| last == *b"\n") {
        return Ok(total);
    }
    // Somebody who has not waited for a turn may be writing.
    if !is_torn(reader) {
        return file.metadata().map(|meta| meta.len());
    }
    let total = file.metadata()?.len();
    let whole = last_line(reader, total)?;
    let mut beginning = [0; 16];
    let length = usize::try_from(total - whole).unwrap_or(usize::MAX).min(beginning.len());
    let Some(half) = beginning.get_mut(..length) else { return Ok(total) };
    platform::read_exact_at(reader, half, whole)?;
    let is_ours = |one: &&[u8]| one.starts_with(half) || half.starts_with(one);
    if BEGINNINGS.iter().any(is_ours) {
        file.set_len(whole)?;
        return Ok(whole);
    }
    file.write_all(b"\n")?;
    Ok(total + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_are_no_turns_nobody_waits_for_one() {
        let path = std::env::temp_dir().join(format!("vigie-turns-{}", std::process::id()));
        std::fs::write(&path, "1\n").unwrap();
        // A descriptor that cannot write cannot be locked for that, which stands for a system without locks.
        let mut file = File::open(&path).unwrap();
        let mut turns = Turns::of(&path, Some(&Known::of(&file, &file.metadata().unwrap())));
        assert!(turns.reader().is_some());
        assert_eq!(turns.begin(&mut file), None);
        assert!(turns.reader().is_none() && turns.given_up.is_none(), "it is not tried again");
        std::fs::remove_file(&path).unwrap();
    }
}
