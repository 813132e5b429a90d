//! The folder of a spool: the names in it, and what may be taken over.

use super::segment::{Refused, Segment};
use crate::output::notes::NoteFile;
use crate::output::own_files::{UNFINISHED, disown, fresh_name, is_old, own, sweep};
use crate::platform;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const EXTENSION: &str = "spool";
/// What a file is called whose head cannot be read: it is kept for whoever wants to look, and never read again.
const DAMAGED: &str = "damaged";

/// The extension of a file that tries a folder.
const TRIAL: &str = "trial";

/// How much is written to try a folder.
const TRIED_BYTES: usize = 4096;

/// A folder that this process may use.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    folder: PathBuf,
}

impl Directory {
    /// Opens it, made where missing.
    ///
    /// # Errors
    /// When it cannot be made, or others may write in it.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        platform::private_folder(folder)?;
        let directory = Self { folder: folder.to_owned() };
        sweep([UNFINISHED, TRIAL].into_iter().flat_map(|extension| directory.with_extension(extension)));
        Ok(directory)
    }

    /// Tries whether segments could be made here: by a file that nobody takes for one, and that is gone again.
    ///
    /// # Errors
    /// Whatever the operating system says, or that files cannot be locked here.
    pub(super) fn try_out(&self) -> io::Result<()> {
        let path = self.folder.join(format!("{}.{TRIAL}", fresh_name()));
        let file = platform::create_private(&path)?;
        let tried = if platform::hold(&file) {
            platform::write_all_at(&file, &[0; TRIED_BYTES], 0).and_then(|()| file.sync_all())
        } else {
            Err(io::Error::other(
                "files cannot be locked there, so that processes would send each other's records",
            ))
        };
        drop(file);
        tried.and(fs::remove_file(&path))
    }

    /// A new segment.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub(super) fn create(&self, key: &str, origin: &[u8]) -> io::Result<Segment> {
        let path = self.folder.join(format!("{}.{EXTENSION}", fresh_name()));
        own(&path);
        Segment::create(path.clone(), key, origin).inspect_err(|_| disown(&path))
    }

    /// A place for notes, which is a segment once something stands in it: whoever takes over what dead processes left
    /// sends them.
    pub(super) fn note_file(&self) -> NoteFile {
        NoteFile::new(self.folder.join(format!("{}.{EXTENSION}", fresh_name())))
    }

    /// Whether there are segments, whoever owns them.
    pub(super) fn has_segments(&self) -> bool {
        !self.segments().is_empty()
    }

    /// All files that are segments by their names, the oldest first.
    fn segments(&self) -> Vec<PathBuf> {
        let mut paths = self.with_extension(EXTENSION);
        paths.sort();
        paths
    }

    fn with_extension(&self, wanted: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == wanted))
            .collect()
    }

    /// Takes over what processes that are gone left for an output with this key, the oldest first.
    pub(super) fn adopt(&self, key: &str) -> Vec<(Segment, u64)> {
        let paths = self.segments().into_iter();
        paths.filter(|path| own(path)).filter_map(|path| self.take(&path, key)).collect()
    }

    fn take(&self, path: &Path, key: &str) -> Option<(Segment, u64)> {
        match Segment::adopt(path, key) {
            Ok(taken) => Some(taken),
            Err(refused) => {
                if matches!(refused, Refused::Damaged) {
                    let _ = fs::rename(path, path.with_extension(DAMAGED));
                }
                disown(path);
                None
            }
        }
    }

    /// Removes a segment that is done with.
    pub(super) fn remove(&self, segment: &Segment) {
        // One that stays is read again by the next process, which finds everything sent.
        let _ = fs::remove_file(&segment.path);
        disown(&segment.path);
    }

    /// Gives a segment up: another output or process may take it over.
    pub(super) fn release(&self, segment: Segment) {
        let path = segment.path.clone();
        drop(segment);
        disown(&path);
    }

    /// Whether a segment is too old for its records to be sent.
    pub(super) fn is_too_old(segment: &Segment) -> bool {
        segment.file.metadata().is_ok_and(|meta| is_old(&meta))
    }
}
