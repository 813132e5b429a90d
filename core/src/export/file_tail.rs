//! The end of a log file as a crash may have left it.
//!
//! Not for half lines of this process: `file` takes those back itself.

use crate::platform;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Looked at from the end in steps of this size.
const STEP_BYTES: u64 = 64 * 1024;

/// Makes the file end at a line's end if this process alone has it open; true when the tail is
/// torn and had to be left for the next write to close.
///
/// `file` is the handle that appends; it holds the shared lock afterwards.
pub(super) fn heal(path: &Path, file: &File) -> bool {
    let alone = platform::try_own_file(file);
    let torn = match whole_bytes(path) {
        Ok((whole, total)) if whole == total => false,
        Ok((whole, _)) if alone => file.set_len(whole).is_err(),
        Ok(_) => true,
        // Unreadable, for example write-only permission: nothing is known, nothing is cut.
        Err(_) => false,
    };
    platform::share_file(file);
    torn
}

/// How many bytes of the file are whole lines, and how many there are.
fn whole_bytes(path: &Path) -> io::Result<(u64, u64)> {
    let mut file = OpenOptions::new().read(true).open(path)?;
    let total = file.metadata()?.len();
    let mut end = total;
    let mut step = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP_BYTES);
        file.seek(SeekFrom::Start(start))?;
        step.clear();
        file.by_ref().take(end - start).read_to_end(&mut step)?;
        if let Some(newline) = memchr::memrchr(b'\n', &step) {
            return Ok((start + newline as u64 + 1, total));
        }
        end = start;
    }
    Ok((0, total))
}
