//! Files that were put aside: `shop.20261130T095125.123456Z.jsonl` of `shop.jsonl`, with `.gz` or `.zst` behind that once it is compressed.

use super::compress::Compression;
use crate::encode::timestamp::rfc3339_of_data;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How a point in time is written in a name: each digit at its place.
const TIME: &str = "00000000T000000.000000Z";

/// A file that was put aside.
#[derive(Debug)]
pub(super) struct Aside {
    pub path: PathBuf,
    pub meta: Metadata,
    pub compression: Option<Compression>,
    /// Its point in time, which orders them.
    time: String,
}

/// A name for the file at `path` that no file has, for now.
pub(super) fn name_for(path: &Path) -> PathBuf {
    let mut time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    loop {
        let name = path.with_file_name(named(path, &time_text(time)));
        let taken = Compression::ALL.into_iter().any(|one| one.of(&name).exists());
        if !taken && fs::symlink_metadata(&name).is_err() {
            return name;
        }
        time += Duration::from_micros(1);
    }
}

fn named(path: &Path, time: &str) -> OsString {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".");
    name.push(time);
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    name
}

/// A point in time since 1970 without the marks that a name cannot have everywhere.
fn time_text(since: Duration) -> String {
    let text = rfc3339_of_data(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
    String::from_utf8_lossy(&text).chars().filter(|letter| !"-:".contains(*letter)).collect()
}

/// Those of the file at `path`, the oldest first.
pub(super) fn of(path: &Path) -> Vec<Aside> {
    let Some(folder) = path.parent() else { return Vec::new() };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<Aside> =
        entries.filter_map(|entry| known(path, &entry.file_name(), entry.path())).collect();
    found.sort_by(|one, other| one.time.cmp(&other.time));
    found
}

/// What the name says, if it is one of ours.
fn known(path: &Path, name: &OsStr, place: PathBuf) -> Option<Aside> {
    let compression =
        Compression::ALL.into_iter().find(|one| place.extension() == Some(OsStr::new(one.extension())));
    let plain = if compression.is_some() { place.file_stem()? } else { name };
    // The beginning and the end are those of the file's own name, with a point in time between them.
    let [begin, end] = named(path, "\0")
        .as_encoded_bytes()
        .split(|byte| *byte == 0)
        .map(<[u8]>::to_vec)
        .collect::<Vec<_>>()
        .try_into()
        .ok()?;
    let time = plain.as_encoded_bytes().strip_prefix(&*begin)?.strip_suffix(&*end)?;
    let time = std::str::from_utf8(time).ok().filter(|text| is_time(text))?.to_owned();
    let meta = fs::metadata(&place).ok().filter(Metadata::is_file)?;
    Some(Aside { path: place, meta, compression, time })
}

fn is_time(text: &str) -> bool {
    let fits = |(one, model): (u8, u8)| if model == b'0' { one.is_ascii_digit() } else { one == model };
    text.len() == TIME.len() && text.bytes().zip(TIME.bytes()).all(fits)
}
