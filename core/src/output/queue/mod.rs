//! The bounded buffer of one output and the books of what went through it.
//!
//! Not for the thread that empties it: see `worker`.

mod entering;
mod state;
mod waiting;
mod writing;

pub(super) use state::{Queue, Settings};
pub(super) use waiting::{WAIT_FOR_ROOM, Work};

#[cfg(test)]
mod tests;
