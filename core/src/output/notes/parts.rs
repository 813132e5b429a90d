//! The notes of several sources, such as the threads of a host that each know their own spans.

use std::collections::BTreeMap;

/// What each source noted at last.
#[derive(Debug, Default)]
pub(in crate::output) struct Parts(BTreeMap<u64, Vec<u8>>);

impl Parts {
    /// The notes of all sources, after those of one were replaced; nothing where no source has any.
    pub(in crate::output) fn with(&mut self, source: u64, notes: Vec<u8>) -> Option<Vec<u8>> {
        if notes.is_empty() {
            self.0.remove(&source);
        } else {
            self.0.insert(source, notes);
        }
        if self.0.is_empty() { None } else { Some(self.0.values().flatten().copied().collect()) }
    }
}
