//! What the documentation says of each key of a file, taken from the tables that are read by.

use super::tables::ROOT;
use crate::document::setting::{Setting, Takes};

/// One key of a declarative file.
#[derive(Debug)]
pub struct DeclaredEntry {
    /// Its path; `[]` stands behind a list.
    pub path: String,
    /// What it comes to here, or what there is instead.
    pub here: String,
    /// Whether it has an equal.
    pub has_equal: bool,
}

/// All keys, in the order of the tables. What stands in several places is told at the first.
pub(in crate::config) fn listed() -> Vec<DeclaredEntry> {
    let mut listing = Listing::default();
    listing.object("", &ROOT);
    listing.entries
}

#[derive(Default)]
struct Listing {
    entries: Vec<DeclaredEntry>,
    /// The tables that were listed, each with its path.
    known: Vec<(&'static [Setting], String)>,
}

impl Listing {
    fn object(&mut self, path: &str, settings: &'static [Setting]) {
        for setting in settings {
            let path =
                if path.is_empty() { setting.key.to_owned() } else { format!("{path}.{}", setting.key) };
            if !setting.about.is_empty() {
                self.entries.push(DeclaredEntry {
                    path: path.clone(),
                    here: setting.about.to_owned(),
                    has_equal: setting.is_built(),
                });
            }
            let is_told = !setting.about.is_empty();
            match setting.takes {
                Takes::Object(inside) => self.inside(path, inside, is_told),
                Takes::List { of: Takes::Object(inside), .. } => {
                    self.inside(format!("{path}[]"), inside, is_told);
                }
                _ => {}
            }
        }
    }

    fn inside(&mut self, path: String, settings: &'static [Setting], is_told: bool) {
        if let Some((_, first)) = self.known.iter().find(|(known, _)| std::ptr::eq(*known, settings)) {
            let here = format!("as under `{first}`");
            if !is_told {
                self.entries.push(DeclaredEntry { path, here, has_equal: true });
            }
            return;
        }
        let before = self.entries.len();
        self.object(&path, settings);
        if self.entries.len() > before {
            self.known.push((settings, path));
        }
    }
}
