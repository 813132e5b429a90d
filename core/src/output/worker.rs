//! The thread that empties one output's queue.
//!
//! Not for what it writes to: see the exporters.

use super::queue::{Queue, Work};
use crate::guard::guard;
use crate::platform;
use std::sync::Arc;

/// Starts the thread; false when the system has none to give, then callers write themselves.
pub(super) fn start(queue: &Arc<Queue>, name: &str) -> bool {
    let queue = Arc::clone(queue);
    std::thread::Builder::new()
        .name(format!("vigie-{name}"))
        .spawn(move || {
            platform::block_signals();
            while queue.wait_for_work() == Work::Write {
                guard((), || queue.pump());
            }
        })
        .is_ok()
}
