//! What the bindings need of the host process: a hook after `fork`, one before exit, and mapped files.
//! Signals are left alone, and each language has its own way to catch errors that nobody caught.
//! Nothing here runs before a binding calls [`install`] at its first use.

use std::sync::Once;
use std::time::Duration;

#[cfg(feature = "prices")]
mod prices;
#[cfg(feature = "prices")]
pub use prices::{Tokens, genai_cost};

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as platform;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

/// The longest that leaving the process may wait for outputs that do not drain.
const EXIT_DEADLINE: Duration = Duration::from_secs(2);

static INSTALLED: Once = Once::new();

/// Installs the process's hooks, once; later calls cost one atomic load.
///
/// After it, a forked child starts with fresh state, `exit` and a return from `main` flush the
/// process-wide telemetry for at most two seconds, and the library stays mapped until the
/// process ends, because its worker threads and hooks would otherwise run unmapped code.
/// Hooks that the system refuses (out of memory) are left out: recording works without them.
pub fn install() {
    INSTALLED.call_once(|| {
        platform::stay_mapped();
        platform::after_fork_in_child(vigie_core::host::after_fork_in_child);
        platform::at_exit(flush_at_exit);
    });
}

/// Lends core the call that maps files, so that processes can share their metrics. Bindings do it before they configure;
/// a program in Rust does it itself.
pub fn lend_memory() {
    vigie_core::host::on_map(platform::map);
}

/// Runs among the C library's exit handlers, on the thread that called `exit`.
extern "C" fn flush_at_exit() {
    vigie_core::host::guard((), || {
        vigie_core::host::global().flush_at_exit(EXIT_DEADLINE);
    });
}
