//! The thread that empties one output's queue.
//!
//! Not for what it writes to: see the sinks.

use crate::buffer::queue::Queue;
use crate::guard::guard;
use crate::platform;
use std::sync::Arc;

/// Starts the thread; false when the system has none to give, then callers write themselves.
pub(super) fn start(queue: Arc<Queue>, name: &str) -> bool {
    std::thread::Builder::new()
        .name(format!("vigie-{name}"))
        .spawn(move || {
            platform::block_signals();
            while queue.wait_for_work() {
                guard((), || queue.pump());
            }
        })
        .is_ok()
}
