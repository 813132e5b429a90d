//! What becomes of files that were put aside: healed, compressed, and removed when they are too many. On a thread of its own, for as
//! long as there is something to do.

use super::aside::{self, Aside};
use super::compress::Compression;
use super::rotation::{Keep, Rotation};
use super::turn::end_in_a_line;
use crate::platform;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

/// Other processes notice within this time that a file was put aside, and let go of it.
const LET_GO: Duration = Duration::from_secs(1);

/// So often a file that somebody still has open is looked at again. After that it waits for the next one to be put aside.
const LOOKS: u32 = 5;

/// Does what is to be done, by one thread of this process at a time.
#[derive(Debug)]
pub(super) struct Afterwards {
    path: PathBuf,
    rotation: Rotation,
    /// The process whose thread is at work; 0 when there is none. A forked child has not got its parent's.
    working: Arc<AtomicU32>,
}

impl Afterwards {
    pub(super) fn new(path: &Path, rotation: Rotation) -> Self {
        Self { path: path.to_owned(), rotation, working: Arc::default() }
    }

    /// Begins, unless it is at work. Waits for nothing.
    pub(super) fn begin(&self) {
        let process_id = std::process::id();
        if self.working.swap(process_id, Ordering::AcqRel) == process_id {
            return;
        }
        let (path, rotation, working) = (self.path.clone(), self.rotation.clone(), Arc::clone(&self.working));
        let begun = thread::Builder::new().name("vigie-rotate".into()).spawn(move || {
            platform::block_signals();
            for look in 0..LOOKS {
                if look > 0 {
                    thread::sleep(LET_GO);
                }
                if tidy(&path, &rotation) {
                    break;
                }
            }
            working.store(0, Ordering::Release);
        });
        if begun.is_err() {
            self.working.store(0, Ordering::Release);
        }
    }
}

/// Heals, compresses and removes; whether nothing is left to be done.
fn tidy(path: &Path, rotation: &Rotation) -> bool {
    retain(aside::of(path), &rotation.keep);
    let plain = aside::of(path).into_iter().filter(|one| one.compression.is_none());
    let left = plain.filter(|one| !is_done(&one.path, rotation.compress)).count();
    left == 0
}

/// Whether it is healed, and compressed, now. A file that somebody has open, another process or an output of this one, may still get
/// lines.
fn is_done(plain: &Path, compression: Option<Compression>) -> bool {
    let Ok(reader) = File::open(plain) else { return true };
    if !platform::try_own_file(&reader) {
        return false;
    }
    // The last one to write to it may have been killed. One that somebody removes meanwhile is not made anew.
    if let Ok(mut file) = OpenOptions::new().append(true).open(plain) {
        let _ = end_in_a_line(&reader, &mut file);
    }
    let Some(compression) = compression else { return true };
    // A process that was killed between the two left both.
    if !compression.of(plain).exists()
        && let Err(error) = compression.compress(&reader, plain)
    {
        platform::complain(&format!("{} cannot be compressed: {error}", plain.display()));
        return true;
    }
    fs::remove_file(plain).is_ok()
}

/// Removes what is not kept.
pub(super) fn retain(files: Vec<Aside>, keep: &Keep) {
    let mut bytes: u64 = files.iter().map(|one| one.meta.len()).sum();
    let mut count = files.len() as u64;
    let too_old = |one: &Aside| {
        let age = one.meta.modified().ok().and_then(|then| SystemTime::now().duration_since(then).ok());
        keep.age.zip(age).is_some_and(|(most, age)| age > most)
    };
    for one in files {
        let too_many =
            keep.files.is_some_and(|most| count > most) || keep.bytes.is_some_and(|most| bytes > most);
        if (too_many || too_old(&one)) && fs::remove_file(&one.path).is_ok() {
            count -= 1;
            bytes = bytes.saturating_sub(one.meta.len());
        }
    }
}
