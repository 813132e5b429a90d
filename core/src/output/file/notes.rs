//! Notes beside a file of lines, `NAME.WHEN-PROCESS-NUMBER.open`, and what dead processes left there.

use crate::buffer::records::Batch;
use crate::output::notes::{NoteFile, Notes, Parts};
use crate::output::own_files::{UNFINISHED, disown, fresh_name, is_name, own, sweep};
use crate::platform;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const EXTENSION: &str = "open";

/// What is larger was not written by an output.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The notes of one output.
#[derive(Debug)]
pub(super) struct FileNotes {
    file: NoteFile,
    parts: Mutex<Parts>,
}

impl FileNotes {
    /// Notes beside the file at `path`.
    pub(super) fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.{EXTENSION}", fresh_name()));
        Self { file: NoteFile::new(PathBuf::from(name)), parts: Mutex::default() }
    }
}

impl Notes for FileNotes {
    fn replace(&self, source: u64, records: &Batch<'_>) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match parts.with(source, records.bytes().to_vec()) {
            // A disk that takes no notes says so when it takes no records.
            Some(lines) => _ = self.file.write(&lines),
            None => self.file.remove(),
        }
    }

    fn end(&self) {
        self.file.remove();
    }
}

/// What a process noted beside a file: the spans that it has open, or had open when it ended.
#[derive(Debug)]
pub struct OpenSpans {
    /// A line for each span, as it would be if it had ended when it was noted.
    pub lines: Vec<u8>,
    /// Whether the process lives.
    pub is_alive: bool,
}

/// The notes beside the file at `path`, which stay where they are. Those that go meanwhile are left out.
#[must_use]
pub fn open_spans_beside(path: &Path) -> Vec<OpenSpans> {
    let read = |notes: PathBuf| {
        let file = File::open(notes).ok()?;
        let is_alive = platform::is_held(&file);
        let mut lines = Vec::new();
        (&file).take(MOST_BYTES).read_to_end(&mut lines).ok()?;
        Some(OpenSpans { lines, is_alive })
    };
    beside(path, EXTENSION).into_iter().filter_map(read).collect()
}

/// Gives `take` the lines that dead processes noted beside the file at `path`; what it took is noted no more.
pub(super) fn adopt(path: &Path, mut take: impl FnMut(&[u8]) -> bool) {
    sweep(beside(path, UNFINISHED));
    for notes in beside(path, EXTENSION) {
        if !own(&notes) {
            continue;
        }
        // Whoever lives holds its notes.
        if let Ok((lines, _held)) = read_dead(&notes)
            && take(&lines)
        {
            let _ = fs::remove_file(&notes);
        }
        disown(&notes);
    }
}

fn read_dead(notes: &Path) -> io::Result<(Vec<u8>, File)> {
    let file = platform::open_private(notes)?;
    if !platform::hold(&file) || platform::is_unlinked(&file) {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    let mut lines = Vec::new();
    (&file).take(MOST_BYTES).read_to_end(&mut lines)?;
    Ok((lines, file))
}

/// The files beside the file at `path` that have its name, one of ours and this extension, the oldest first.
fn beside(path: &Path, extension: &str) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Vec::new() };
    let (prefix, suffix) = ([name.as_encoded_bytes(), b"."].concat(), format!(".{extension}"));
    let is_ours = |file: &OsStr| {
        let own = file
            .as_encoded_bytes()
            .strip_prefix(&*prefix)
            .and_then(|rest| rest.strip_suffix(suffix.as_bytes()));
        own.and_then(|own| std::str::from_utf8(own).ok()).is_some_and(is_name)
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        entries.filter(|entry| is_ours(&entry.file_name())).map(|entry| entry.path()).collect();
    found.sort();
    found
}
