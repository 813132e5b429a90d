//! The files that are followed: which there are, which come, which go. They are asked again and again, because not every
//! file system tells of changes.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::last;
use super::stamped::Stamped;
use super::watched::Watched;
use crate::filter::Filter;
use crate::outcome::{Failure, unreadable};
use crate::platform::identity_at;
use crate::{files, lines};

/// How often it is looked for new lines.
pub(super) const EVERY: Duration = Duration::from_millis(100);

/// How often it is looked for new files.
const FILES_EVERY: Duration = Duration::from_millis(200);

/// How long a file that has no name any more is read on: a writer may not have noticed yet that it was put aside.
const GRACE: Duration = Duration::from_secs(5);

/// Follows files.
pub(super) struct Follower {
    paths: Vec<PathBuf>,
    watched: Vec<Watched>,
    /// Files that are under none of the paths any more, since then.
    leaving: Vec<(Watched, Instant)>,
    looked: Instant,
}

impl Follower {
    /// Finds out whether they are all there and can be read.
    pub(super) fn ask_for(paths: &[PathBuf]) -> Result<(), Failure> {
        for path in files::collect(paths)? {
            File::open(&path).map_err(|error| unreadable(&path, &error))?;
        }
        Ok(())
    }

    /// Begins with those that are there; others may come later.
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        let mut follower =
            Self { paths: paths.to_vec(), watched: Vec::new(), leaving: Vec::new(), looked: Instant::now() };
        follower.look();
        follower
    }

    /// The last `most` lines of all files that pass, in order of time. New ones are those behind them; a line without an end
    /// is one of these where there will be new ones (`goes_on`).
    pub(super) fn last(
        &mut self,
        most: usize,
        filter: &Filter,
        goes_on: bool,
    ) -> Result<Vec<Stamped>, Failure> {
        let mut found = Vec::new();
        for watched in &mut self.watched {
            let (whole, length) = watched.skip()?;
            let end = if goes_on { whole } else { length };
            found.extend(last::lines(watched.file(), end, most, filter)?);
            found.sort_by(Stamped::in_order);
            found.drain(..found.len().saturating_sub(most));
        }
        Ok(found)
    }

    /// The lines that have come since, file by file; whether there are more at once.
    pub(super) fn new_lines(&mut self) -> (Vec<Stamped>, bool) {
        if self.looked.elapsed() >= FILES_EVERY {
            self.look();
        }
        let (mut lines, mut has_more) = (Vec::new(), false);
        for watched in self.leaving.iter_mut().map(|(watched, _)| watched).chain(&mut self.watched) {
            // A file that cannot be read now may be read later.
            has_more |= watched.read(&mut lines).unwrap_or(false);
        }
        let is_over = |(_, since): &mut (Watched, Instant)| since.elapsed() > GRACE;
        for (mut watched, _) in self.leaving.extract_if(.., is_over) {
            watched.finish(&mut lines);
        }
        (lines, has_more)
    }

    /// Looks which files there are. They are told apart by what they are and not by name: one that was put aside inside of
    /// a folder is the same one.
    fn look(&mut self) {
        self.looked = Instant::now();
        let mut known = std::mem::take(&mut self.leaving);
        known.extend(self.watched.drain(..).map(|watched| (watched, self.looked)));
        for path in
            self.paths.iter().flat_map(|path| files::collect(std::slice::from_ref(path)).unwrap_or_default())
        {
            let Ok(found) = identity_at(&path) else { continue };
            if let Some(at) = known.iter().position(|(one, _)| one.identity == found) {
                self.watched.push(known.swap_remove(at).0);
            } else if self.watched.iter().all(|one| one.identity != found) && lines::is_plain(&path) {
                self.watched.extend(File::open(&path).and_then(Watched::new));
            }
        }
        self.leaving = known;
    }
}
