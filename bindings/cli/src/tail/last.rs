//! The last lines of one file, read from its end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::stamped::Stamped;
use crate::filter::Filter;
use crate::lines::MOST_LINE;

/// How much is read at once, from the end of the file towards its begin.
const STEP_BYTES: u64 = 256 * 1024;

/// The last `most` lines before `end` that pass, in their order. A line that is being written counts as long as it has no end.
pub(super) fn lines(file: &mut File, end: u64, most: usize, filter: &Filter) -> io::Result<Vec<Stamped>> {
    let (mut found, mut behind, mut end) = (Vec::new(), Vec::new(), end);
    while end > 0 && found.len() < most {
        let begin = end.saturating_sub(STEP_BYTES);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(begin))?;
        file.take(end - begin).read_to_end(&mut bytes)?;
        if behind.len() < MOST_LINE {
            bytes.append(&mut behind);
        }
        // The first line may begin further in front.
        let first = match begin {
            0 => 0,
            _ => memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |feed| feed + 1),
        };
        let (unfinished, whole) = bytes.split_at_checked(first).unwrap_or((&bytes, &[]));
        let whole = whole.strip_suffix(b"\n").unwrap_or(whole);
        let lines = whole.rsplit(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        found.extend(lines.filter(|line| filter.passes(line)).take(most - found.len()).map(<[u8]>::to_vec));
        behind = unfinished.to_vec();
        end = begin;
    }
    found.reverse();
    // Lines without a time that come first go with the one behind them.
    let mut before = found.iter().find_map(|line| Stamped::time(line)).unwrap_or(0);
    Ok(found.into_iter().map(|line| Stamped::new(line, &mut before)).collect())
}
