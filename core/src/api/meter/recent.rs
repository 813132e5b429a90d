//! The series that a thread met last, found again without touching what threads share.
//!
//! Not the series' home: that is `table`, where every thread finds all of them.

use foldhash::fast::FixedState;
use std::any::Any;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// Places; two series that fall into one replace each other now and then.
const PLACES: usize = 128;

/// Of so many misses one replaces what it met, so that threads with more series than places do not copy
/// attributes all the time.
const REPLACE_EVERY: u32 = 8;

/// Series by the spelling of their attributes, each in the one place that its hash names.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    places: Vec<Option<Met>>,
    misses: u32,
}

#[derive(Debug)]
struct Met {
    /// Number of the table, which no other table of the process ever has.
    table: u64,
    epoch: u64,
    spelling: Box<[u8]>,
    series: Arc<dyn Any + Send + Sync>,
}

/// Where a spelling belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(usize);

impl Recent {
    #[inline]
    pub(crate) fn place(table: u64, spelling: &[u8]) -> Place {
        let mut hasher = FixedState::with_seed(0).build_hasher();
        hasher.write(spelling);
        hasher.write_u64(table);
        Place(hasher.finish() as usize % PLACES)
    }

    /// The series of this spelling, if it was met here under these rules.
    #[inline]
    pub(crate) fn find<T: Any>(&self, place: Place, table: u64, epoch: u64, spelling: &[u8]) -> Option<&T> {
        let met = self.places.get(place.0)?.as_ref()?;
        if met.table != table || met.epoch != epoch || met.spelling.len() != spelling.len() {
            return None;
        }
        // Nothing is not compared: an empty slice may point nowhere, and the vector load that compares it, although
        // it reads no byte, then costs five times as much as the whole measurement.
        if !spelling.is_empty() && *met.spelling != *spelling {
            return None;
        }
        met.series.downcast_ref()
    }

    /// Remembers a series that was not found, if its place is free or has been in the way for long enough.
    #[cold]
    pub(crate) fn keep<T: Any + Send + Sync>(
        &mut self,
        place: Place,
        table: u64,
        epoch: u64,
        spelling: &[u8],
        series: &Arc<T>,
    ) {
        if self.places.is_empty() {
            self.places = std::iter::repeat_with(|| None).take(PLACES).collect();
        }
        self.misses = self.misses.wrapping_add(1);
        let Some(slot) = self.places.get_mut(place.0) else { return };
        if slot.is_none() || self.misses.is_multiple_of(REPLACE_EVERY) {
            *slot = Some(Met { table, epoch, spelling: spelling.into(), series: series.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_same_is_found() {
        let mut recent = Recent::default();
        let place = Recent::place(7, b"attributes");
        assert_eq!(recent.find::<u32>(place, 7, 1, b"attributes"), None);
        recent.keep(place, 7, 1, b"attributes", &Arc::new(5_u32));
        assert_eq!(recent.find::<u32>(place, 7, 1, b"attributes"), Some(&5));
        assert_eq!(recent.find::<u32>(place, 8, 1, b"attributes"), None, "another table");
        assert_eq!(recent.find::<u32>(place, 7, 2, b"attributes"), None, "other rules");
        assert_eq!(recent.find::<u32>(place, 7, 1, b"others"), None, "another spelling");
        assert_eq!(recent.find::<u64>(place, 7, 1, b"attributes"), None, "another kind");
    }

    #[test]
    fn what_is_in_the_way_goes_in_the_end() {
        let mut recent = Recent::default();
        let place = Recent::place(1, b"a");
        recent.keep(place, 1, 1, b"a", &Arc::new(1_u32));
        let tries = (0..).find(|_| {
            recent.keep(place, 1, 1, b"b", &Arc::new(2_u32));
            recent.find::<u32>(place, 1, 1, b"b").is_some()
        });
        assert!(tries < Some(REPLACE_EVERY as usize));
    }
}
