//! The content of a local root: its span fills it, and meanwhile another thread may note it.
//!
//! Not for the content of other spans, which belongs to them alone: see `tracer`.

use super::open_roots::{OpenRoot, Place};
use super::recording::Recording;
use crate::buffer::rendered::RenderedBatch;
use crate::clock::Moment;
use crate::generation;
use crate::model::context::Context;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often the thread that notes looks whether nobody says anything to a span, and how long it waits in between: a host's
/// code that takes long must not keep the others from being noted.
const TRIES: usize = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// A span whose parent, if it has one, is in another process.
#[derive(Debug)]
pub(super) struct Root {
    place: Place,
    context: Context,
    start: Moment,
    generation: u64,
    process_id: u32,
    noted: AtomicBool,
    /// Empty once it has ended.
    content: Mutex<Option<Box<Recording>>>,
}

impl Root {
    /// Keeps in mind what has begun, until it ends.
    #[inline(never)]
    pub(super) fn begun(context: &Context, recording: Box<Recording>) -> Arc<Self> {
        let pipeline = Arc::clone(recording.pipeline());
        let root = Arc::new(Self {
            place: Place::new(),
            context: context.clone(),
            start: recording.start(),
            generation: pipeline.generation,
            process_id: pipeline.process_id,
            noted: AtomicBool::new(false),
            content: Mutex::new(Some(recording)),
        });
        pipeline.open_roots.put(Arc::clone(&root) as Arc<dyn OpenRoot>);
        root
    }

    /// Takes the content, when it has not ended before.
    #[inline(never)]
    pub(super) fn end(&self) -> Option<Box<Recording>> {
        let recording = self.lock()?.take()?;
        recording.pipeline().open_roots.remove(self);
        Some(recording)
    }

    /// The content; none in a forked child, whose parent ends the span.
    #[inline]
    pub(super) fn lock(&self) -> Option<MutexGuard<'_, Option<Box<Recording>>>> {
        // A thread that does not exist in the child may hold the lock there.
        if self.generation != generation::current() && self.process_id != std::process::id() {
            return None;
        }
        Some(self.content.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl OpenRoot for Root {
    fn place(&self) -> &Place {
        &self.place
    }

    fn start_ns(&self) -> i64 {
        self.start.wall_ns
    }

    fn is_open_for(&self, least: Duration) -> bool {
        self.start.has_passed(least)
    }

    fn note(&self, batch: &mut RenderedBatch) {
        let content =
            std::iter::repeat_with(|| self.content.try_lock().ok()).take(TRIES).find_map(|content| {
                // Mostly it is held for less than a microsecond; attributes at the start may run a host's code.
                content.or_else(|| {
                    std::thread::sleep(BETWEEN_TRIES);
                    None
                })
            });
        if let Some(recording) = content.as_ref().and_then(|content| content.as_deref()) {
            self.noted.store(true, Ordering::Relaxed);
            recording.note(&self.context, batch);
        }
    }

    fn is_noted(&self) -> bool {
        self.noted.load(Ordering::Relaxed)
    }
}
