//! Memory that a file holds, so that what is stored there outlives the process.
//!
//! Core maps no files itself, because a mapping has no safe form: a host may lend the call that does.

use std::fs::File;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

/// Maps so many bytes of a file from an offset on, shared with all who map or read them, until the process ends.
pub type Map = fn(&File, u64, usize) -> io::Result<&'static [AtomicU64]>;

static MAP: OnceLock<Map> = OnceLock::new();

/// Lends core the call that maps files. The first one stays: one binding owns a process.
pub fn on_map(map: Map) {
    let _ = MAP.set(map);
}

/// Whether there is such a call.
#[must_use]
pub fn is_available() -> bool {
    MAP.get().is_some()
}

/// Maps a part of a file.
///
/// # Errors
/// What the system says, or that nobody lent the call.
pub fn map(file: &File, offset_bytes: u64, length_bytes: usize) -> io::Result<&'static [AtomicU64]> {
    match MAP.get() {
        Some(map) => map(file, offset_bytes, length_bytes),
        None => Err(io::ErrorKind::Unsupported.into()),
    }
}
