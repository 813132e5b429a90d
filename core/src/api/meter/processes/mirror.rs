//! The place in a file that shows what one cell holds.

use super::own::Words;
use crate::api::meter::cell::Cell;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// Where the words of one cell are shown.
#[derive(Debug)]
pub(crate) struct Mirror {
    words: Words,
    /// One update after the other, so that an older value never replaces a newer one.
    turn: Mutex<()>,
}

impl Mirror {
    pub(super) fn new(words: Words) -> Self {
        Self { words, turn: Mutex::new(()) }
    }

    /// Changes the cell and shows it. When this returns, the change outlives the process.
    pub(crate) fn update<C: Cell>(&self, cell: &C, change: impl FnOnce(&C)) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        change(cell);
        cell.touch();
        self.store(cell);
    }

    /// Shows the cell as it is.
    pub(crate) fn show<C: Cell>(&self, cell: &C) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.store(cell);
    }

    fn store<C: Cell>(&self, cell: &C) {
        let mut places = self.words.iter();
        cell.each_word(&mut |word| {
            if let Some(place) = places.next() {
                place.store(word, Ordering::Relaxed);
            }
        });
    }
}
