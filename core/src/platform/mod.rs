//! What differs between operating systems, each function with its counterpart.
//!
//! The only place in core with `cfg(unix)` and `cfg(windows)`.

/// A standard stream of the process: whatever its descriptor leads to at the moment of a call. No handle on it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StandardStream {
    /// Where a program's result goes.
    Output,
    /// Where what it says beside that goes.
    #[default]
    Error,
}

/// An environment variable, for what belongs to a terminal and is no configuration of Vigie's.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The number and the name of the calling thread, where the system shows its threads as files.
#[must_use]
pub fn thread() -> Option<(Option<u64>, String)> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    let id = link.file_name()?.to_str()?.parse().ok();
    let name = std::fs::read_to_string("/proc/thread-self/comm").unwrap_or_default();
    Some((id, name.trim_end().to_owned()))
}

/// What a stream leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// Nowhere: it is closed.
    Nowhere,
    /// To a file or a device that never makes a writer wait.
    ToFile,
    /// To a terminal.
    ToTerminal,
    /// To a pipe or a socket, whose reader may be slow.
    ToReader,
}

/// Which file it is among all of this machine: its volume and its number there.
pub type FileId = (u64, u64);

#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_links;
#[cfg(unix)]
mod unix_private;
#[cfg(unix)]
mod unix_socket;
#[cfg(unix)]
pub use unix::{
    block_signals, close_inherited, complain, disown_file, end_turn, file_id, file_id_at, has_no_name, hold,
    host_name, inherit, is_held, is_prompt, is_unlinked, keep_from_children, open_append, read_exact_at,
    sync_folders, try_own_file, try_share_file, try_take_turn, wait_writable, write_all_at,
};
#[cfg(unix)]
pub use unix_private::{
    create_private, create_public, open_private, open_trusted, private_folder, trusted_folder,
};

#[cfg(unix)]
pub use unix_links::refuse_foreign_links;
#[cfg(unix)]
pub use unix_socket::{PathSocket, is_too_large};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::{
    PathSocket, block_signals, close_inherited, complain, create_private, create_public, disown_file,
    end_turn, file_id, file_id_at, has_no_name, hold, host_name, inherit, is_held, is_prompt, is_too_large,
    is_unlinked, keep_from_children, open_append, open_private, open_trusted, private_folder, read_exact_at,
    refuse_foreign_links, sync_folders, trusted_folder, try_own_file, try_share_file, try_take_turn,
    wait_writable, write_all_at,
};
