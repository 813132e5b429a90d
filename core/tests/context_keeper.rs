//! Where another library keeps the current context, it is asked and told on every thread.
// A test stops at the first thing that is not as it must be; the lints are for code inside a host.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::any::Any;
use std::sync::Mutex;
use vigie_core::Context;
use vigie_core::host::{ContextKeeper, keep_contexts};

/// Keeps one context for all threads, unlike Vigie itself.
struct Keeper(Mutex<Context>);

static KEEPER: Keeper = Keeper(Mutex::new(Context::root()));

struct Before(Context);

impl Drop for Before {
    fn drop(&mut self) {
        *KEEPER.0.lock().unwrap() = std::mem::take(&mut self.0);
    }
}

impl ContextKeeper for Keeper {
    fn current(&self) -> Context {
        self.0.lock().unwrap().clone()
    }

    fn enter(&self, context: Context) -> Box<dyn Any> {
        Box::new(Before(std::mem::replace(&mut *self.0.lock().unwrap(), context)))
    }
}

fn members() -> usize {
    Context::current().baggage().count()
}

#[test]
fn the_current_context_is_the_keepers() {
    keep_contexts(&KEEPER);
    let context = Context::root().with_baggage([("a".to_owned(), "1".to_owned())]);
    let entered = context.enter();
    assert_eq!(std::thread::spawn(members).join().unwrap(), 1);
    drop(entered);
    assert_eq!(members(), 0);
}
