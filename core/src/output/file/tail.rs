//! The end of a log file as a crash may have left it.
//!
//! Not for half lines of this process: the exporter takes those back itself.

use crate::platform;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

/// Looked at from the end in steps of this size.
const STEP_BYTES: u64 = 64 * 1024;

/// A tail that another process may be writing is looked at again until it is whole or settled.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
const SETTLED_LOOKS: u32 = 15;
const MOST_LOOKS: u32 = 50;

/// Makes the file end at a line's end if this process alone has it open; true when the tail is
/// torn and had to be left for the next write to close.
///
/// `file` is the handle that appends; it holds the shared lock afterwards.
pub(super) fn heal(path: &Path, file: &File) -> bool {
    let alone = platform::try_own_file(file);
    let torn = match whole_bytes(path) {
        Ok((whole, total)) if whole == total => false,
        Ok((whole, _)) if alone => file.set_len(whole).is_err(),
        Ok(_) => stays_torn(path),
        // Unreadable, for example write-only permission: nothing is known, nothing is cut.
        Err(_) => false,
    };
    platform::share_file(file);
    torn
}

/// Whether the half line is there to stay. A large write of another process lengthens the file bit
/// by bit: closing a line that is still being written would put an empty one behind it.
fn stays_torn(path: &Path) -> bool {
    let mut unchanged_looks = 0;
    let mut length = None;
    for _ in 0..MOST_LOOKS {
        match whole_bytes(path) {
            Ok((whole, total)) if whole == total => return false,
            Ok((_, total)) if length == Some(total) => unchanged_looks += 1,
            Ok((_, total)) => (length, unchanged_looks) = (Some(total), 0),
            Err(_) => return false,
        }
        if unchanged_looks == SETTLED_LOOKS {
            return true;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    // It grows all the time: whoever writes ends with a line's end.
    false
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
