//! Reads lines as bytes, from plain and compressed files and from standard input, in memory that no file makes grow.
//! Not for what a line says.

mod blocks;
mod source;

pub(crate) use blocks::{Blocks, Ending, MOST_LINE};
pub(crate) use source::{is_plain, open, packed};

use std::path::Path;

use crate::outcome::{Failure, unreadable};

/// One line, without its line feed.
pub(crate) struct Line<'b> {
    /// Its number in the file, from 1.
    pub(crate) number: u64,
    pub(crate) bytes: &'b [u8],
    pub(crate) ending: Ending,
}

/// Calls `each` for every line behind `path`. What comes before a damaged end of a compressed file is read first.
pub(crate) fn each_line(
    path: &Path,
    mut each: impl FnMut(&Line<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut blocks = Blocks::new(open(path)?);
    let mut number = 0;
    while let Some(block) = blocks.next().map_err(|error| unreadable(path, &error))? {
        for (bytes, ending) in block.lines() {
            number += 1;
            each(&Line { number, bytes, ending })?;
        }
    }
    Ok(())
}
