//! Texts that are written for one record and then forgotten.

use std::cell::Cell;
use std::fmt::{Display, Write};
use vigie_core::host::guard;

/// The memory of texts up to this many bytes is kept for the next one.
const KEPT_BYTES: usize = 4096;

thread_local! {
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
}

/// Lends an empty text. What is written into it may lend another one: a value may log while it is shown.
pub(crate) fn with_text<R>(use_it: impl FnOnce(&mut String) -> R) -> R {
    let mut text = TEXT.try_with(Cell::take).unwrap_or_default();
    text.clear();
    let result = use_it(&mut text);
    if text.capacity() <= KEPT_BYTES {
        let _ = TEXT.try_with(|kept| kept.set(text));
    }
    result
}

/// What a value says of itself, up to where it fails or panics.
pub(crate) fn show(value: &dyn Display, text: &mut String) {
    let _ = guard(Ok(()), || write!(text, "{value}"));
}
