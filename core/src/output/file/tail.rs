//! The end of a log file as a crash may have left it.
//!
//! Not for half lines of this process: the exporter takes those back itself.

use crate::platform;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

/// A file is read from its end in steps of this size.
const STEP_BYTES: u64 = 64 * 1024;

/// A tail that another process may be writing is looked at again until it is whole or settled.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
const SETTLED_LOOKS: u32 = 15;
const MOST_LOOKS: u32 = 50;

/// Makes the file end at a line's end if this process alone has it open; true when the tail is
/// torn and had to be left for the next write to close.
///
/// `file` is the handle that appends; it is not shared afterwards. `reader` leads to the same file, whatever the path has come to name.
pub(super) fn heal(reader: &File, file: &File) -> bool {
    let alone = platform::try_own_file(file);
    match whole_bytes(reader) {
        Ok((whole, total)) if whole == total => false,
        Ok((whole, _)) if alone => file.set_len(whole).is_err(),
        Ok(_) => is_torn(reader),
        // Nothing is known of it, so nothing is cut.
        Err(_) => false,
    }
}

/// Whether it ends in half a line that nobody goes on with.
pub(super) fn is_torn(reader: &File) -> bool {
    stays_torn(|looks| {
        if looks > 0 {
            std::thread::sleep(BETWEEN_LOOKS);
        }
        whole_bytes(reader)
    })
}

/// Whether the half line is there to stay. A large write of another process lengthens the file bit
/// by bit: closing a line that is still being written would put an empty one behind it. `look` is told how many looks
/// there were before, and gives what [`whole_bytes`] does after a pause.
pub(super) fn stays_torn(mut look: impl FnMut(u32) -> io::Result<(u64, u64)>) -> bool {
    let mut unchanged_looks = 0;
    let mut length = None;
    for looks in 0..MOST_LOOKS {
        match look(looks) {
            Ok((whole, total)) if whole == total => return false,
            Ok((_, total)) if length == Some(total) => unchanged_looks += 1,
            Ok((_, total)) => (length, unchanged_looks) = (Some(total), 0),
            Err(_) => return false,
        }
        if unchanged_looks == SETTLED_LOOKS {
            return true;
        }
    }
    // The file grows all the time, so another process is writing and will end with a line's end.
    false
}

/// How many bytes of the file are whole lines, and how many bytes it has.
fn whole_bytes(reader: &File) -> io::Result<(u64, u64)> {
    let total = reader.metadata()?.len();
    Ok((last_line(reader, total)?, total))
}

/// Where the last line begins of the first `total` bytes, which is their end where they end in whole lines.
pub(super) fn last_line(mut file: &File, total: u64) -> io::Result<u64> {
    let mut end = total;
    let mut step = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP_BYTES);
        file.seek(SeekFrom::Start(start))?;
        step.clear();
        file.take(end - start).read_to_end(&mut step)?;
        if let Some(newline) = memchr::memrchr(b'\n', &step) {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
