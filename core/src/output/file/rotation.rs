//! When a file is put aside, and how long what was put aside is kept: the setting `rotate`.

use super::compress::Compression;
use crate::document::report::{Found, Report};
use crate::document::setting::{Setting, Takes};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const YEARS: Duration = Duration::from_secs(10 * 366 * 86_400);
const COMPRESSIONS: [(&str, Compression); 2] = [("gzip", Compression::Gzip), ("zstd", Compression::Zstd)];

pub(super) static ROTATE: [Setting; 6] = [
    Setting::new(
        "size",
        Takes::Size(1_024, 1 << 50),
        "\"64MiB\"",
        "The file is put aside before it becomes larger than this.",
    )
    .without("any size"),
    Setting::new(
        "every",
        Takes::Duration(Duration::from_secs(1), YEARS),
        "\"1d\"",
        "It is put aside with the first line of a new period. Periods are counted from 1970-01-01T00:00:00Z, so that `1d` is a day \
         of UTC and `1h` begins with the hour.",
    )
    .without("any age"),
    Setting::new("keep", Takes::Whole(0, 1_000_000), "7", "So many of those put aside are kept, the newest ones.")
        .without("all of them"),
    Setting::new(
        "keep_for",
        Takes::Duration(Duration::ZERO, YEARS),
        "\"30d\"",
        "Those whose last line is older than this are removed.",
    )
    .without("any age"),
    Setting::new(
        "keep_bytes",
        Takes::Size(0, 1 << 60),
        "\"10GB\"",
        "The oldest of them are removed as long as all together are larger than this.",
    )
    .without("any size"),
    Setting::new(
        "compress",
        Takes::Choice { known: &COMPRESSIONS, unbuilt: &[] },
        "\"zstd\"",
        "They are compressed once nobody writes to them any more, by a thread of its own.",
    )
    .without("not at all"),
];

/// When a file is put aside, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rotation {
    /// The most bytes of a file.
    pub size: Option<u64>,
    /// The length of the periods that have a file each.
    pub every: Option<Duration>,
    pub keep: Keep,
    pub compress: Option<Compression>,
}

/// What is kept of the files that were put aside; what is not bounded is all kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Keep {
    pub files: Option<u64>,
    pub age: Option<Duration>,
    pub bytes: Option<u64>,
}

impl Rotation {
    /// Reads it; nothing where there is a mistake.
    pub(super) fn read(report: &mut Report, found: &Found<'_>) -> Option<Self> {
        let object = report.own_object(found)?;
        let mut rotation = Self::default();
        let before = report.problems.len();
        for (key, found) in object.members() {
            match key {
                "size" => rotation.size = report.number(&found),
                "every" => rotation.every = report.duration(&found),
                "keep" => rotation.keep.files = report.number(&found),
                "keep_for" => rotation.keep.age = report.duration(&found),
                "keep_bytes" => rotation.keep.bytes = report.number(&found),
                "compress" => rotation.compress = report.choice(&found, &COMPRESSIONS),
                _ => {}
            }
        }
        if object.get("size").is_none() && object.get("every").is_none() {
            report.finding(&found.path, "says not when", "a size, a period in every, or both");
        }
        (report.problems.len() == before).then_some(rotation)
    }

    /// The period that a point in time is in.
    pub(super) fn period_of(&self, time: SystemTime) -> Option<u128> {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.every.and_then(|every| since.as_nanos().checked_div(every.as_nanos()))
    }
}
