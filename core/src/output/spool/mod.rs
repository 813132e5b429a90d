//! Records on the disk until the far side has them: an outage, an end or a kill of the process loses none.
//!
//! Not for a file as the far side itself: see `file`.

mod appender;
mod directory;
mod frame;
mod id;
mod notes;
mod relay;
mod segment;
mod sender;
mod shared;

use super::exporter::Exporter;
use super::kind::Around;
use crate::document::report::{Object, Report};
use crate::document::setting::{Setting, Takes};
use appender::Appender;
use directory::Directory;
use std::io;
use std::path::{Path, PathBuf};

pub(super) use relay::{Identity, Relay};

/// The setting.
pub(super) const SPOOL: Setting = Setting::new(
    "spool",
    Takes::Text("the path of a folder such as \"var/spool\""),
    "\"var/spool\"",
    "A folder in which records are kept until the far side has them, at most 64 MiB and 24 hours. What a process leaves \
     there, the next one with the same output sends. A record may arrive twice then: at most 512 of them for each \
     process that was killed. Both times it has the same id where the protocol has a place for one: the attribute \
     `log.record.uid` of OTLP's logs, the `_id` of the format `bulk`, whose server refuses the second one.",
);

/// Reads it.
pub(super) fn read(report: &mut Report, object: &Object<'_>) -> Option<PathBuf> {
    let path = object.get(SPOOL.key).and_then(|found| report.text(&found))?;
    Some(std::path::absolute(&path).unwrap_or_else(|_| PathBuf::from(path)))
}

/// The far side behind a spool in `folder`, where there is to be one. A trial gets the far side itself, and the folder is
/// tried by a file of its own.
///
/// # Errors
/// When the folder cannot be used.
pub(super) fn behind<R: Relay + 'static>(
    folder: Option<&Path>,
    around: &Around<'_>,
    identity: Identity,
    relay: R,
) -> io::Result<Box<dyn Exporter>> {
    let Some(folder) = folder else { return Ok(Box::new(relay)) };
    let opened = Directory::open(folder).and_then(|directory| {
        if around.is_trial {
            directory.try_out()?;
            return Ok(Box::new(relay) as Box<dyn Exporter>);
        }
        Ok(Box::new(Appender::open(directory, identity, Box::new(relay))))
    });
    opened.map_err(|error| {
        io::Error::new(error.kind(), format!("the spool {} cannot be used: {error}", folder.display()))
    })
}
