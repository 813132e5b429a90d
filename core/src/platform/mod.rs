//! What differs between operating systems, each function with its counterpart.
//!
//! The only place in core with `cfg(unix)` and `cfg(windows)`.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::{
    block_signals, host_name, is_pipe, is_prompt, open_append, same_file, share_file, standard_error,
    standard_output, try_own_file, wait_writable,
};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::{
    block_signals, host_name, is_pipe, is_prompt, open_append, same_file, share_file, standard_error,
    standard_output, try_own_file, wait_writable,
};
