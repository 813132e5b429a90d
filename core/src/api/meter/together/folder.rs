//! The folder that processes share: who lives, what the ended ones left, and all of it at one moment.
//!
//! Values are read without a lock. A file goes only after its values came into the archive, and that is replaced as a
//! whole: what was read is right if the archive is still the same one afterwards.

use super::archive::{self, Archive};
use super::merge::Merge;
use crate::api::meter::across::Rulebook;
use crate::api::meter::processes::layout;
use crate::api::meter::processes::own::{EXTENSION, Own};
use crate::encode::attributes::key::Rules;
use crate::generation::Gate;
use crate::platform;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";

/// How often it is read anew when ended processes are archived meanwhile.
const TRIES: usize = 20;

/// One thread of the process after the other: closing a file would end the hold that another thread has on it.
static TURN: Gate = Gate::new();

/// The values of one process.
struct Found {
    words: Vec<u64>,
    is_alive: bool,
}

/// Fills `merge` with the series of all processes and shows it, before another thread fills it.
pub(super) fn with_all<T>(
    folder: &Path,
    rules: &Rules,
    rulebook: &Rulebook,
    merge: &mut Merge,
    show: impl FnOnce(&Merge) -> T,
) -> io::Result<T> {
    TURN.pass(|| {
        archive_in_turn(folder, rulebook, rules)?;
        let (archive, found) = snapshot(folder)?;
        merge.reset();
        fill(merge, &archive, &found);
        Ok(show(merge))
    })
}

/// Moves what ended processes left behind into the archive, unless another process is doing that.
pub(super) fn archive_ended(folder: &Path, rulebook: &Rulebook, rules: &Rules) -> io::Result<()> {
    TURN.pass(|| archive_in_turn(folder, rulebook, rules))
}

/// The archive, and the files that are not in it.
fn snapshot(folder: &Path) -> io::Result<(Archive, Vec<Found>)> {
    let mut tries = TRIES;
    loop {
        let archive = archive::read(folder)?;
        let found = files(folder, &archive)?.iter().map(|path| find(path)).collect::<io::Result<Vec<_>>>();
        tries -= 1;
        let is_whole = found.is_ok() && archive::read(folder)?.number == archive.number;
        match found {
            Ok(found) if is_whole || tries == 0 => {
                return Ok((archive, found.into_iter().flatten().collect()));
            }
            Err(error) if tries == 0 => return Err(error),
            _ => {}
        }
    }
}

/// The files of processes whose values are not in the archive, in the order of their beginning.
fn files(folder: &Path, archive: &Archive) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_ours = path.extension().is_some_and(|extension| extension == EXTENSION);
        if is_ours && name(&path).is_some_and(|name| !archive.taken.contains(&name)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn name(path: &Path) -> Option<String> {
    path.file_name()?.to_str().map(str::to_owned)
}

/// The values of a file; an error when it went meanwhile, none when it cannot be read.
fn find(path: &Path) -> io::Result<Option<Found>> {
    if let Some(own) = Own::at(path) {
        return Ok(Some(Found { words: own.words(), is_alive: true }));
    }
    match File::open(path) {
        Ok(mut file) => {
            let is_alive = platform::is_held(&file);
            Ok(read(&mut file).map(|words| Found { words, is_alive }))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(error),
        Err(_) => Ok(None),
    }
}

fn read(file: &mut File) -> Option<Vec<u64>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(layout::words(&bytes))
}

fn fill(merge: &mut Merge, archive: &Archive, found: &[Found]) {
    // Where instruments contradict each other, the newest process is right.
    found.iter().rev().for_each(|found| merge.meet(&found.words));
    merge.meet(&archive.words);
    // The oldest series come first, so that they are the ones that keep a place where there is a limit.
    merge.add(&archive.words, false);
    found.iter().for_each(|found| merge.add(&found.words, found.is_alive));
}

fn archive_in_turn(folder: &Path, rulebook: &Rulebook, rules: &Rules) -> io::Result<()> {
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK))?;
    if !platform::hold(&lock) {
        return Ok(());
    }
    let archive = archive::read(folder)?;
    // Whoever archived them was killed before they were gone.
    archive.taken.iter().for_each(|name| remove(&folder.join(name)));
    let mut ended = Vec::new();
    for path in files(folder, &archive)? {
        if Own::at(&path).is_some() {
            continue;
        }
        let Ok(mut file) = OpenOptions::new().read(true).write(true).open(&path) else { continue };
        if !platform::hold(&file) {
            continue;
        }
        let Some(words) = read(&mut file) else { continue };
        if words.iter().all(|word| *word == 0) {
            // Its process was killed before it had a series.
            remove(&path);
        } else if layout::number(&words).is_some() {
            ended.push((path, file, Found { words, is_alive: false }));
        }
    }
    if ended.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = ended.iter().filter_map(|(path, ..)| name(path)).collect();
    let (paths, (_held, found)): (Vec<_>, (Vec<_>, Vec<_>)) =
        ended.into_iter().map(|(path, file, found)| (path, (file, found))).unzip();
    let mut merge = Merge::new(rulebook, rules);
    fill(&mut merge, &archive, &found);
    archive::replace(folder, archive.number + 1, &names, merge.registry())?;
    paths.iter().for_each(|path| remove(path));
    Ok(())
}

fn remove(path: &Path) {
    // Where it stays, the archive says that its values are known.
    let _ = std::fs::remove_file(path);
}
