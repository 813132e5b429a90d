//! A map from names to values that only grows, without a lock: a forked child uses what it inherited.
//!
//! Not for what is found at every record: handles keep what they found here.

use arc_swap::ArcSwapOption;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// A trie over the hashes of the names. A new name copies nothing of what is there, so that a thousand names cost a
/// thousand times what one costs.
pub(super) struct Names<V> {
    hasher: RandomState,
    root: Place<V>,
}

type Place<V> = ArcSwapOption<Entry<V>>;

struct Entry<V> {
    name: Box<str>,
    value: V,
    below: [Place<V>; 4],
}

/// Bits of the hash that choose among the places below an entry.
const BITS: u32 = 2;

impl<V> Entry<V> {
    fn place(&self, hash: u64) -> &Place<V> {
        let [first, second, third, fourth] = &self.below;
        match hash % 4 {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        }
    }
}

impl<V> Default for Names<V> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), root: Place::empty() }
    }
}

impl<V: Clone> Names<V> {
    /// The value of `name`, which `make` makes if there is none. Of two threads that make one at the same time both
    /// get that of the faster.
    pub(super) fn get_or_insert(&self, name: &str, make: impl FnOnce() -> V) -> V {
        let mut make = Some(make);
        let mut fresh = None;
        let mut hash = self.hasher.hash_one(name);
        let mut above: Option<Arc<Entry<V>>> = None;
        loop {
            let place = above.as_ref().map_or(&self.root, |entry| entry.place(hash));
            let mut found = place.load_full();
            if found.is_none() {
                fresh = fresh.or_else(|| Some(Arc::new(Entry::new(name, make.take()?()))));
                found = place.compare_and_swap(&None::<Arc<Entry<V>>>, fresh.clone()).clone();
            }
            match found.or_else(|| fresh.take()) {
                Some(entry) if *entry.name == *name => return entry.value.clone(),
                passed => {
                    hash = if above.is_some() { hash >> BITS } else { hash };
                    above = passed;
                }
            }
        }
    }

    /// Shows every name with its value, in no order.
    pub(super) fn each(&self, mut see: impl FnMut(&str, &V)) {
        walk(&self.root, &mut |entry, _| see(&entry.name, &entry.value), 0);
    }
}

impl<V> Entry<V> {
    fn new(name: &str, value: V) -> Self {
        Self { name: name.into(), value, below: Default::default() }
    }
}

/// Shows each entry with how many stand above it.
fn walk<V>(place: &Place<V>, see: &mut dyn FnMut(&Entry<V>, usize), above: usize) {
    if let Some(entry) = place.load_full() {
        see(&entry, above);
        entry.below.iter().for_each(|place| walk(place, see, above + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn each_name_has_one_value() {
        let (names, made) = (Names::default(), AtomicUsize::new(0));
        let fill = || {
            for number in 0..2_000 {
                let value = names.get_or_insert(&format!("n{number}"), || {
                    made.fetch_add(1, Ordering::Relaxed);
                    Arc::new(number)
                });
                assert_eq!(*value, number);
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(fill))));
        let mut seen = Vec::new();
        names.each(|name, value| seen.push((value.to_owned(), name.to_owned())));
        seen.sort();
        assert_eq!(seen.len(), 2_000);
        assert!(
            seen.iter().enumerate().all(|(at, (value, name))| **value == at && *name == format!("n{at}"))
        );
        fill();
        assert!(made.load(Ordering::Relaxed) < 8_000, "what is there is not made again");
    }

    #[test]
    fn a_name_costs_as_much_among_many_as_among_few() {
        // Entries that are passed on the way to a name: about the logarithm to the base four, 7 for 16 000.
        for count in [1_000_usize, 16_000] {
            let names = Names::default();
            (0..count).for_each(|number| names.get_or_insert(&format!("shop.cart.{number}"), || ()));
            let (mut entries, mut passed) = (0, 0);
            walk(&names.root, &mut |_, above| (entries, passed) = (entries + 1, passed + above), 0);
            assert_eq!(entries, count);
            assert!(passed < count * 12, "{count}: {passed}");
        }
    }
}
