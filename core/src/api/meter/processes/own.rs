//! The file of this process: made, mapped, filled up with records.

use super::layout;
use crate::mapped;
use crate::platform;
use arc_swap::ArcSwapOption;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

/// What a file of cells ends in.
pub(crate) const EXTENSION: &str = "cells";

/// How much a file grows at once. A multiple of every system's page.
const PART_BYTES: usize = 64 * 1024;

/// Mapped memory.
pub(crate) type Words = &'static [AtomicU64];

/// The files that this process has open. Lock-free: a forked child reads what it inherited.
static OPEN: ArcSwapOption<Vec<Weak<Own>>> = ArcSwapOption::const_empty();

/// A file that belongs to this process as long as it lives.
#[derive(Debug)]
pub(crate) struct Own {
    process_id: u32,
    path: PathBuf,
    file: File,
    parts: Mutex<Parts>,
}

#[derive(Debug, Default)]
struct Parts {
    mapped: Vec<Words>,
    /// Words in use of the last one.
    used: usize,
    length_bytes: u64,
}

impl Own {
    /// A new file, which nobody takes for that of an ended process.
    pub(crate) fn create(folder: &Path) -> io::Result<Arc<Self>> {
        loop {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let (nanoseconds, process_id) = (since.as_nanos() as u64, std::process::id());
            // In the order of beginning, so that series keep their order while files come and go.
            let path = folder.join(format!("{nanoseconds:020}-{process_id}.{EXTENSION}"));
            let made = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
            let file = match made {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            };
            // Another process may have taken it for left behind in the moment before.
            if !platform::hold(&file) || platform::is_unlinked(&file) {
                continue;
            }
            let own = Arc::new(Self { process_id, path, file, parts: Mutex::default() });
            own.begin(nanoseconds)?;
            OPEN.rcu(|open| {
                let known = open.iter().flat_map(|all| all.iter());
                let living = known.filter(|own| own.strong_count() > 0).cloned();
                Some(Arc::new(living.chain([Arc::downgrade(&own)]).collect::<Vec<_>>()))
            });
            return Ok(own);
        }
    }

    fn begin(&self, number: u64) -> io::Result<()> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts.grow(&self.file, PART_BYTES)?;
        for (place, word) in part.iter().zip(layout::head(number)) {
            place.store(word, Ordering::Relaxed);
        }
        parts.used = layout::HEAD_WORDS;
        Ok(())
    }

    /// Adds a record; its cells, which are zero.
    pub(crate) fn add(&self, identity: &[u8], cells: usize) -> io::Result<Words> {
        let record = layout::record(identity, cells);
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let last = parts.mapped.last().copied().unwrap_or_default();
        let mut room = last.get(parts.used..).unwrap_or_default();
        if room.len() < record.len() {
            let bytes = (record.len() * 8).next_multiple_of(PART_BYTES);
            let next = parts.grow(&self.file, bytes)?;
            if let Some(rest) = room.first() {
                rest.store(layout::filler(room.len()), Ordering::Release);
            }
            parts.used = 0;
            room = next;
        }
        let place = room.get(..record.len()).unwrap_or_default();
        for (place, word) in place.iter().zip(&record).skip(1) {
            place.store(*word, Ordering::Relaxed);
        }
        if let (Some(first), Some(size)) = (place.first(), record.first()) {
            first.store(*size, Ordering::Release);
        }
        parts.used += record.len();
        Ok(place.get(layout::cells_at(identity)..).unwrap_or_default())
    }

    /// Its words now.
    pub(crate) fn words(&self) -> Vec<u64> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.mapped.iter().flat_map(|part| part.iter()).map(|word| word.load(Ordering::Relaxed)).collect()
    }

    /// The file of this process at that path. It must not be opened a second time: closing it would tell the others
    /// that the process has ended.
    pub(crate) fn at(path: &Path) -> Option<Arc<Self>> {
        let open = OPEN.load();
        let mut own = open.iter().flat_map(|all| all.iter()).filter_map(Weak::upgrade);
        own.find(|own| own.process_id == std::process::id() && own.path == path)
    }
}

impl Parts {
    /// Makes the file longer. The bytes are written before they are mapped: where the disk has no room, this fails, and
    /// not a later store, which would end the process.
    fn grow(&mut self, mut file: &File, bytes: usize) -> io::Result<Words> {
        // Where an attempt before this one failed half way.
        file.seek(SeekFrom::Start(self.length_bytes))?;
        file.write_all(&vec![0; bytes])?;
        let part = mapped::map(file, self.length_bytes, bytes)?;
        self.mapped.push(part);
        self.length_bytes += bytes as u64;
        Ok(part)
    }
}
