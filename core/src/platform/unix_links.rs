//! Links that somebody else may have put on the way to a file, on Unix.

use nix::unistd::Uid;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// As many links as the system follows.
const MOST_LINKS: u32 = 40;

/// A folder that everybody may write to, and where nobody may remove what belongs to others.
const SHARED: u32 = 0o1002;

/// Sees to it that no link leads to `path` that somebody else has put into a folder for everybody, such as `/tmp`: who follows it
/// writes where that one wants. Linux refuses such links itself where `fs.protected_symlinks` is set.
///
/// # Errors
/// That there is one.
pub fn refuse_foreign_links(path: &Path) -> io::Result<()> {
    let mut rest: Vec<OsString> = parts(path);
    let (mut place, mut links) = (PathBuf::new(), 0);
    while let Some(part) = rest.pop() {
        let next = place.join(part);
        // What is not there yet is no link.
        let Ok(meta) = fs::symlink_metadata(&next) else { return Ok(()) };
        if !meta.is_symlink() {
            place = next;
            continue;
        }
        let folder = if place.as_os_str().is_empty() { Path::new(".") } else { &place };
        let around = fs::metadata(folder)?;
        let is_own = [Uid::effective().as_raw(), around.uid()].contains(&meta.uid());
        if around.mode() & SHARED == SHARED && !is_own {
            return Err(io::Error::other(format!(
                "the link {} belongs to another user, in a folder that everybody may write to",
                next.display()
            )));
        }
        links += 1;
        let target = fs::read_link(&next)?;
        if links > MOST_LINKS {
            // Opening it says so.
            return Ok(());
        }
        rest.extend(parts(&target));
        if target.is_absolute() {
            place = PathBuf::new();
        }
    }
    Ok(())
}

/// The parts of a path, the last one first.
fn parts(path: &Path) -> Vec<OsString> {
    let part = |part: Component<'_>| part.as_os_str().to_owned();
    path.components().rev().map(part).collect()
}
