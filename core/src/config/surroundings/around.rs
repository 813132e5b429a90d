//! Where facts are looked for, and those that were found.

use super::variables::Told;
use crate::config::environment::Environment;
use crate::model::cut::prefix;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Facts longer than this are cut: they stand in every line.
const LONGEST_FACT_BYTES: usize = 256;

/// So much of a file is read. A list of mounts may be long, and what is looked for stands early in it.
const READ_BYTES: u64 = 512 * 1024;

/// Where facts are looked for.
pub(super) struct Around<'a> {
    pub(super) environment: &'a Environment,
    /// The root of the file system.
    pub(super) root: &'a Path,
    /// The machine's name.
    pub(super) host: Option<&'a str>,
}

impl Around<'_> {
    /// The first of these variables that is set.
    pub(super) fn variable(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.environment.get(name))
    }

    /// The beginning of a file, named from the root on; nothing where it cannot be read.
    pub(super) fn file(&self, path: &str) -> Option<String> {
        let file = std::fs::File::open(self.root.join(path)).ok()?;
        let mut bytes = Vec::new();
        file.take(READ_BYTES).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What was found, by name.
#[derive(Default)]
pub(super) struct Facts(BTreeMap<&'static str, String>);

impl Facts {
    /// Keeps a fact, unless it is blank or known already.
    pub(super) fn tell(&mut self, key: &'static str, text: &str) {
        let text = prefix(text.trim(), LONGEST_FACT_BYTES);
        if !text.is_empty() {
            self.0.entry(key).or_insert_with(|| text.to_owned());
        }
    }

    /// Keeps what variables tell.
    pub(super) fn tell_all(&mut self, told: &[Told], around: &Around<'_>) {
        for fact in told {
            self.tell(fact.key, around.variable(fact.variables).unwrap_or_default());
        }
    }

    /// Takes a fact out.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }
}
