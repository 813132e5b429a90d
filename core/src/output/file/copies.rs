//! Which file beside a log file is the copy of it that another program has made.

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use std::cmp::Reverse;
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
    /// Whether all of the beginning that is known is its own.
    is_told: bool,
    /// Whether somebody has written to it just now.
    pub(super) is_new: bool,
}

/// What a look into a folder has brought.
#[derive(Debug)]
pub(super) enum Look<T> {
    Found(T),
    Nothing,
    /// Nothing certain: files were given other names at the same time.
    Moving,
}

/// The copy, under a name that begins like the file's own, of a file that begins with `head` and was at least `end` bytes long.
pub(super) fn of(path: &Path, head: &[u8], end: u64) -> Look<Copy> {
    let (Some(folder), Some(name), Some(stem)) = (path.parent(), path.file_name(), path.file_stem()) else {
        return Look::Nothing;
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let is_named =
        |found: &OsStr| found != name && found.as_encoded_bytes().starts_with(stem.as_encoded_bytes());
    let changed = || fs::metadata(folder).and_then(|meta| meta.modified()).ok();
    let before = changed();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.map(|entry| entry.path()).filter(|path| path.file_name().is_some_and(is_named));
    let mut is_moving = false;
    let mut candidates: Vec<Candidate> = named
        .filter_map(|path| {
            let meta = fs::metadata(&path).ok();
            // A link that leads nowhere is there all the same.
            is_moving |= meta.is_none() && fs::symlink_metadata(&path).is_err();
            meta.filter(Metadata::is_file).map(|meta| Candidate { path, meta })
        })
        .collect();
    // It was made just now. A compressed one may be unfinished as long as the plain one is there.
    candidates.sort_by_key(|one| (one.is_compressed(), Reverse(one.meta.modified().ok())));
    let mut best: Option<Copy> = None;
    for candidate in &candidates {
        match candidate.copy(head, end) {
            Ok(Some(copy)) if copy.is_told => {
                best = Some(copy);
                break;
            }
            Ok(Some(copy)) if best.as_ref().is_none_or(|best| copy.rank() > best.rank()) => best = Some(copy),
            Ok(_) => {}
            Err(error) => is_moving |= error.kind() == io::ErrorKind::NotFound,
        }
    }
    match best {
        Some(copy) if copy.is_told && !copy.is_compressed => Look::Found(copy),
        _ if is_moving || changed() != before => Look::Moving,
        Some(copy) => Look::Found(copy),
        None => Look::Nothing,
    }
}

/// A file whose name is like that of a copy.
struct Candidate {
    path: PathBuf,
    meta: Metadata,
}

impl Candidate {
    fn is_compressed(&self) -> bool {
        self.path.extension() == Some(OsStr::new("gz"))
    }

    /// The file, if it is a copy of one that begins with `head` and was at least `end` bytes long.
    fn copy(&self, head: &[u8], end: u64) -> io::Result<Option<Copy>> {
        // To be completed, too, under whatever name it has by then.
        let both = OpenOptions::new().read(true).append(true).open(&self.path);
        let mut file = both.or_else(|_| File::open(&self.path))?;
        let (own_bytes, is_compressed) = (file.metadata()?.len(), self.is_compressed());
        let length = if is_compressed { unpacked_bytes(&mut file, end)? } else { own_bytes };
        let known = head.get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or(head);
        let is_told = known.len() == head.len() && !head.is_empty();
        let age = self.meta.modified().ok().and_then(|then| then.elapsed().ok());
        let is_new = age.is_some_and(|age| age < JUST_NOW);
        let mut found = vec![0; known.len()];
        if is_compressed {
            MultiGzDecoder::new(&file).read_exact(&mut found)?;
        } else {
            (&file).read_exact(&mut found)?;
        }
        let is_copy = found == known && (is_told || is_new);
        Ok(is_copy.then_some(Copy { file, own_bytes, length, is_compressed, is_told, is_new }))
    }
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
    /// Which of several is the one, where that is not certain.
    fn rank(&self) -> (bool, u64) {
        (!self.is_compressed, self.length)
    }

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
