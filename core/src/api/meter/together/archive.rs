//! What processes that have ended left behind: one file, replaced as a whole.

use crate::api::meter::processes::{identity, layout};
use crate::api::meter::registry::Registry;
use std::io::{self, ErrorKind};
use std::path::Path;

const NAME: &str = "archive";
const NEXT: &str = "archive.next";

/// The archive as it is.
#[derive(Debug, Default)]
pub(super) struct Archive {
    /// Another one each time it is replaced.
    pub(super) number: u64,
    /// The names of files whose values are in it, and which may still be there.
    pub(super) taken: Vec<String>,
    pub(super) words: Vec<u64>,
}

/// Reads the archive; an empty one where there is none, or none that can be read.
pub(super) fn read(folder: &Path) -> io::Result<Archive> {
    let words = match std::fs::read(folder.join(NAME)) {
        Ok(bytes) => layout::words(&bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let number = layout::number(&words).unwrap_or_default();
    // The first record has no cells: it is the list of names.
    let first = layout::records(&words).next();
    let taken = first.and_then(|record| serde_json::from_slice(&record.identity()?).ok()).unwrap_or_default();
    Ok(Archive { number, taken, words })
}

/// Replaces the archive by the series of `registry`, which hold what was in the files `taken`.
pub(super) fn replace(folder: &Path, number: u64, taken: &[String], registry: &Registry) -> io::Result<()> {
    let mut words = layout::head(number).to_vec();
    // Texts always have a JSON form.
    words.extend(layout::record(&serde_json::to_vec(taken).unwrap_or_default(), 0));
    for stored in registry.instruments() {
        stored.words(|definition, attributes, cells| {
            let mut record = layout::record(&identity::of(definition, attributes), 0);
            if let Some(size) = record.first_mut() {
                *size += cells.len() as u64;
            }
            words.extend(record);
            words.extend(cells);
        });
    }
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    std::fs::write(folder.join(NEXT), bytes)?;
    std::fs::rename(folder.join(NEXT), folder.join(NAME))
}
