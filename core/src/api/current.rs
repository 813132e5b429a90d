//! Which context is current on a thread of a program in Rust, for records and spans that are not told theirs.
//!
//! Not for other languages: each has a variable of its own for it, and nothing of core reads the current context by itself.

use crate::model::context::Context;
use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::OnceLock;

/// Another library's current context, which is the same as Vigie's from [`keep_contexts`] on.
pub trait ContextKeeper: Send + Sync {
    /// What is current there, in Vigie's words.
    fn current(&self) -> Context;

    /// Makes `context` current there until what is returned is dropped.
    fn enter(&self, context: Context) -> Box<dyn Any>;
}

static KEEPER: OnceLock<&'static dyn ContextKeeper> = OnceLock::new();

/// Has `keeper` say what is current, on all threads. The first one stays, and it comes before the first context is entered.
pub fn keep_contexts(keeper: &'static dyn ContextKeeper) {
    let _ = KEEPER.set(keeper);
}

thread_local! {
    /// The contexts that were entered, the current one last. Where one was left before those above it, nothing stands.
    static ENTERED: RefCell<Vec<Option<Context>>> = const { RefCell::new(Vec::new()) };
}

/// A context that is current on this thread until this is dropped; then the one before is, whatever the order of drops.
#[derive(Debug)]
#[must_use = "the context is current until this is dropped"]
pub struct Entered {
    place: Place,
    /// It belongs to the thread.
    _not_send: PhantomData<*const ()>,
}

#[derive(Debug)]
enum Place {
    Own(usize),
    Kept { _guard: Box<dyn Any> },
}

impl Context {
    /// The context that is current on this thread; the empty one where none was entered.
    #[must_use]
    pub fn current() -> Self {
        match KEEPER.get() {
            Some(keeper) => keeper.current(),
            None => ENTERED
                .try_with(|entered| entered.borrow().last().cloned().flatten().unwrap_or_default())
                .unwrap_or_default(),
        }
    }

    /// Makes it current on this thread.
    pub fn enter(self) -> Entered {
        let place = match KEEPER.get() {
            Some(keeper) => Place::Kept { _guard: keeper.enter(self) },
            None => Place::Own(push(self)),
        };
        Entered { place, _not_send: PhantomData }
    }

    /// `future`, with this context current whenever it is polled.
    pub async fn around<F: Future>(self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|task| {
            let _entered = self.clone().enter();
            future.as_mut().poll(task)
        })
        .await
    }
}

/// The place of what is pushed; one beyond all others where the thread ends already.
fn push(context: Context) -> usize {
    let pushed = ENTERED.try_with(|entered| {
        let mut entered = entered.borrow_mut();
        entered.push(Some(context));
        entered.len() - 1
    });
    pushed.unwrap_or(usize::MAX)
}

impl Drop for Entered {
    fn drop(&mut self) {
        let Place::Own(place) = self.place else { return };
        // The thread may have ended before what it held.
        let _ = ENTERED.try_with(|entered| {
            let mut entered = entered.borrow_mut();
            if let Some(context) = entered.get_mut(place) {
                *context = None;
            }
            while let Some(None) = entered.last() {
                entered.pop();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Context {
        Context::root().with_baggage([("name".to_owned(), name.to_owned())])
    }

    fn current() -> String {
        Context::current().baggage().map(|(_, value)| value.to_owned()).collect()
    }

    #[test]
    fn contexts_are_left_in_any_order() {
        assert_eq!(current(), "");
        let [one, two, three] = ["one", "two", "three"].map(|name| named(name).enter());
        assert_eq!(current(), "three");
        drop(two);
        assert_eq!(current(), "three");
        drop(three);
        assert_eq!(current(), "one");
        let again = named("again").enter();
        drop(one);
        assert_eq!(current(), "again");
        drop(again);
        assert_eq!(current(), "");
    }

    #[test]
    fn another_thread_has_its_own() {
        let _here = named("here").enter();
        assert_eq!(std::thread::spawn(current).join().unwrap(), "");
        assert_eq!(current(), "here");
    }

    #[test]
    fn a_future_has_its_context_whenever_it_is_polled() {
        let mut polled = 0;
        let waits_once = poll_fn(|_| {
            assert_eq!(current(), "inside");
            polled += 1;
            if polled == 1 { std::task::Poll::Pending } else { std::task::Poll::Ready(polled) }
        });
        let mut future = pin!(named("inside").around(waits_once));
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut task).is_pending());
        assert_eq!(current(), "");
        assert_eq!(future.as_mut().poll(&mut task), std::task::Poll::Ready(2));
    }
}
