//! Which spans a thread has entered, each with what keeps its context current.
//!
//! Not for which context is current: core knows that.

use std::cell::RefCell;
use tracing::Id;
use vigie_core::{Context, Entered};

thread_local! {
    static ENTERED: RefCell<Vec<(Id, Entered)>> = const { RefCell::new(Vec::new()) };
}

/// The context of the span `id` is current from now on.
pub(crate) fn enter(id: &Id, context: Context) {
    let entered = context.enter();
    // A thread that ends has nobody left to ask for what is current.
    let _ = ENTERED.try_with(|all| all.borrow_mut().push((id.clone(), entered)));
}

/// The context of the span `id` is current no more: it was the last one mostly, and need not be.
pub(crate) fn exit(id: &Id) {
    let left = ENTERED.try_with(|all| {
        let mut all = all.borrow_mut();
        let place = all.iter().rposition(|(entered, _)| entered == id)?;
        Some(all.remove(place))
    });
    // What another library does when its context is left is done outside of the borrow.
    drop(left);
}
