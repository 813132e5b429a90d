//! Texts that are written for one record and then forgotten.

use crate::guard::guard;
use std::cell::Cell;
use std::fmt::{Display, Write};

/// The memory of texts up to this many bytes is kept for the next one.
const KEPT_BYTES: usize = 4096;

thread_local! {
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
}

/// Lends an empty text. What is written into it may lend another one: a value may log while it is shown.
pub fn with_text<R>(use_it: impl FnOnce(&mut String) -> R) -> R {
    let mut text = TEXT.try_with(Cell::take).unwrap_or_default();
    text.clear();
    let result = use_it(&mut text);
    if text.capacity() <= KEPT_BYTES {
        let _ = TEXT.try_with(|kept| kept.set(text));
    }
    result
}

/// What a value says of itself, up to where it fails or panics.
pub fn show(value: &dyn Display, text: &mut String) {
    let _ = guard(Ok(()), || write!(text, "{value}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    /// Lends a text of its own while it is shown, and then fails in one of two ways.
    struct Hostile {
        panics: bool,
    }

    impl fmt::Display for Hostile {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            with_text(|inner| {
                inner.push_str("inner");
                f.write_str(inner)
            })?;
            assert!(!self.panics);
            Err(fmt::Error)
        }
    }

    #[test]
    fn a_value_may_lend_a_text_and_fail_while_it_is_shown() {
        for panics in [false, true] {
            let shown = with_text(|text| {
                text.push_str("outer ");
                show(&Hostile { panics }, text);
                text.clone()
            });
            assert_eq!(shown, "outer inner");
        }
    }
}
