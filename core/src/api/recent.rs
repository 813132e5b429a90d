//! A set that forgets what was added first when it is full.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

/// The values that were added last.
#[derive(Debug)]
pub(in crate::api) struct Recent<T> {
    values: HashSet<T>,
    order: VecDeque<T>,
    most: usize,
}

impl<T: Copy + Eq + Hash> Recent<T> {
    /// Of so many at most.
    pub(in crate::api) fn new(most: usize) -> Self {
        Self { values: HashSet::new(), order: VecDeque::new(), most }
    }

    pub(in crate::api) fn has(&self, value: &T) -> bool {
        self.values.contains(value)
    }

    pub(in crate::api) fn add(&mut self, value: T) {
        if self.values.insert(value) {
            self.order.push_back(value);
        }
        if self.order.len() > self.most
            && let Some(first) = self.order.pop_front()
        {
            self.values.remove(&first);
        }
    }
}
