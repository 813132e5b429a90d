//! Which file beside a log file is the copy of it that another program has made.

use flate2::read::GzDecoder;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that is too short to be told by its beginning is taken for a copy if it is no older than this.
const JUST_NOW: Duration = Duration::from_secs(60);

/// A copy of the first part of a file.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
    /// How many bytes of the file it has.
    pub(super) length: u64,
    is_compressed: bool,
}

/// The largest copy, under a name that begins like the file's own, of a file that begins with `head` and was at least `end` bytes long;
/// nothing where no such copy can be read.
pub(super) fn of(path: &Path, head: &[u8], end: u64) -> Option<Copy> {
    let (folder, name, stem) = (path.parent()?, path.file_name()?, path.file_stem()?);
    let is_named =
        |found: &OsStr| found != name && found.as_encoded_bytes().starts_with(stem.as_encoded_bytes());
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| is_named(&entry.file_name())).map(|entry| entry.path());
    // A compressed one may be unfinished as long as the plain one is there.
    named.filter_map(|path| copy(path, head, end)).max_by_key(|copy| (!copy.is_compressed, copy.length))
}

fn copy(path: PathBuf, head: &[u8], end: u64) -> Option<Copy> {
    // A pipe would wait for somebody to write to it.
    let meta = fs::metadata(&path).ok().filter(Metadata::is_file)?;
    let mut file = File::open(&path).ok()?;
    let is_compressed = path.extension() == Some(OsStr::new("gz"));
    let length = if is_compressed { unpacked_bytes(&mut file, end).ok()? } else { meta.len() };
    let known = head.get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or(head);
    let is_told = known.len() == head.len() && !head.is_empty();
    let is_new = || meta.modified().is_ok_and(|then| then.elapsed().is_ok_and(|age| age < JUST_NOW));
    let mut found = vec![0; known.len()];
    let read = if is_compressed {
        GzDecoder::new(&file).read_exact(&mut found)
    } else {
        file.read_exact(&mut found)
    };
    let is_copy = read.is_ok() && found == known && (is_told || is_new());
    is_copy.then_some(Copy { path, length, is_compressed })
}

/// How many bytes a file of gzip has unpacked. It says so modulo 2^32, of a file that was at least `end` bytes long.
fn unpacked_bytes(file: &mut File, end: u64) -> io::Result<u64> {
    let mut last = [0; 4];
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut last)?;
    file.rewind()?;
    let modulus = 1 << 32;
    let length = u64::from(u32::from_le_bytes(last));
    Ok(length + end.saturating_sub(length) / modulus * modulus)
}

impl Copy {
    /// Takes what stands behind `whole` bytes off it, half a line, unless it has changed since.
    pub(super) fn end_at(&self, whole: u64) {
        if self.is_compressed {
            return;
        }
        // Where it may not be written to the half line stays.
        let Ok(file) = OpenOptions::new().write(true).open(&self.path) else { return };
        if file.metadata().is_ok_and(|meta| meta.len() == self.length) {
            let _ = file.set_len(whole);
        }
    }
}
