//! When lines that belong together came first and last.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::members::{Members, string};
use crate::time;

/// The times of some lines; written as `first_seen` and `last_seen`, which are left out where no line had a time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    /// In microseconds since 1970.
    range_us: Option<(i64, i64)>,
}

impl Times {
    /// One more line with these members.
    pub(crate) fn add(&mut self, members: &Members<'_>) {
        let text = members.get("timestamp").and_then(string);
        if let Some(us) = text.as_deref().and_then(time::parse_us) {
            let (first, last) = self.range_us.unwrap_or((us, us));
            self.range_us = Some((first.min(us), last.max(us)));
        }
    }

    /// The first and the last of them, as lines have it.
    pub(crate) fn told(self) -> Option<(String, String)> {
        self.range_us.map(|(first, last)| (time::rfc3339(first), time::rfc3339(last)))
    }
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let told = self.told();
        let mut map = serializer.serialize_map(Some(told.as_ref().map_or(0, |_| 2)))?;
        if let Some((first, last)) = &told {
            map.serialize_entry("first_seen", first)?;
            map.serialize_entry("last_seen", last)?;
        }
        map.end()
    }
}
