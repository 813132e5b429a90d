//! Which file beside a log file is the copy of it that another program has made.

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that is too short to be told by its beginning is taken for a copy if it is no older than this.
const JUST_NOW: Duration = Duration::from_secs(60);

/// A copy of the first part of a file.
#[derive(Debug)]
pub(super) struct Copy {
    file: File,
    /// How long it is itself.
    own_bytes: u64,
    /// How many bytes of the file it has.
    pub(super) length: u64,
    pub(super) is_compressed: bool,
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
    // To be completed, too, under whatever name it has by then.
    let both = OpenOptions::new().read(true).append(true).open(&path);
    let mut file = both.or_else(|_| File::open(&path)).ok()?;
    let is_compressed = path.extension() == Some(OsStr::new("gz"));
    let length = if is_compressed { unpacked_bytes(&mut file, end).ok()? } else { meta.len() };
    let known = head.get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or(head);
    let is_told = known.len() == head.len() && !head.is_empty();
    let is_new = || meta.modified().is_ok_and(|then| then.elapsed().is_ok_and(|age| age < JUST_NOW));
    let mut found = vec![0; known.len()];
    let read = if is_compressed {
        MultiGzDecoder::new(&file).read_exact(&mut found)
    } else {
        (&file).read_exact(&mut found)
    };
    let is_copy = read.is_ok() && found == known && (is_told || is_new());
    is_copy.then_some(Copy { file, own_bytes: meta.len(), length, is_compressed })
}

/// How many bytes a file of gzip has unpacked. It says so modulo 2^32, of a file that was at least `end` bytes long.
fn unpacked_bytes(file: &mut File, end: u64) -> io::Result<u64> {
    if let Some(length) = marked(file)? {
        return Ok(length);
    }
    let mut last = [0; 4];
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut last)?;
    file.rewind()?;
    let modulus = 1 << 32;
    let length = u64::from(u32::from_le_bytes(last));
    Ok(length + end.saturating_sub(length) / modulus * modulus)
}

/// A member of gzip (RFC 1952) without content, which says how many bytes all members before it have unpacked. A file that is
/// completed ends in one, because the trailer of its last member says that of this member alone.
fn mark(length: u64) -> io::Result<Vec<u8>> {
    let subfield = [b"Vg\x08\0".as_slice(), &length.to_le_bytes()].concat();
    GzBuilder::new().extra(subfield).write(Vec::new(), Compression::default()).finish()
}

/// The length that the mark at the end of a file tells, if there is one.
fn marked(mut file: &File) -> io::Result<Option<u64>> {
    /// Behind a header of ten bytes, the length of the field and the subfield's name.
    const LENGTH_AT: usize = 16;
    let mut last = mark(0)?;
    let size = i64::try_from(last.len()).unwrap_or(i64::MAX);
    if file.seek(SeekFrom::End(-size)).is_err() {
        return Ok(None);
    }
    file.read_exact(&mut last)?;
    file.rewind()?;
    let told = last.get(LENGTH_AT..).and_then(<[u8]>::first_chunk).map(|told| u64::from_le_bytes(*told));
    Ok(told.filter(|told| mark(*told).is_ok_and(|mark| mark == last)))
}

impl Copy {
    /// Appends the rest of the line that it ends in the middle of, unless it has changed since. Whether that is there now.
    pub(super) fn complete(&self, rest: &[u8]) -> bool {
        let mut file = &self.file;
        if !file.metadata().is_ok_and(|meta| meta.len() == self.own_bytes) {
            return false;
        }
        let is_whole = self.packed(rest).and_then(|bytes| file.write_all(&bytes)).is_ok();
        if !is_whole {
            // Where even this fails the half line stays.
            let _ = file.set_len(self.own_bytes);
        }
        is_whole
    }

    fn packed(&self, rest: &[u8]) -> io::Result<Vec<u8>> {
        if !self.is_compressed {
            return Ok(rest.to_vec());
        }
        let mut member = GzEncoder::new(Vec::new(), Compression::default());
        member.write_all(rest)?;
        Ok([member.finish()?, mark(self.length + rest.len() as u64)?].concat())
    }
}
